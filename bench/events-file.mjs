// A file of interactions of any size, the same for the same options: what `npm run bench:data` reads. Shaped like
// XuetangX: sessions of which most are short and some long, several actions in one course before the next, a few items
// that nearly everybody takes, the events of all users interleaved in order of time.
import { closeSync, openSync, writeSync } from 'node:fs';

/** A user or an item more popular the lower its number, by a power law. */
const userSkew = 1.6;
const itemSkew = 2;
/** Two years from 2016 on. */
const firstSecond = 1_451_606_400;
const seconds = 63_072_000;
/** One session in so many is a long one; together they give prefixes with a median of 2 and a ninth decile of 14. */
const longSessions = 0.05;
const meanExtra = { short: 1.15, long: 13.5 };
const eventsInOrder = 2 ** 26;
const chunkBytes = 1 << 22;
const longestLine = 96;

/**
 * Writes `user_id,item_id,timestamp` lines.
 *
 * @param {{ path: string, events: number, users: number, items: number, actions: number, seed: number }} options
 *   `actions`: how many events in a row are on one item, in the mean
 */
export function writeEvents({ path, ...options }) {
  const { items } = options;
  const { user, item, order } = drawEvents(options);
  const names = Array.from({ length: items }, (_, id) => `course-v1:KshotX+${30_240_000 + id * 37}`);
  const descriptor = openSync(path, 'w');
  const buffer = Buffer.alloc(chunkBytes);
  let at = buffer.write('user_id,item_id,timestamp\n');
  for (const place of order) {
    const index = place % eventsInOrder;
    const time = firstSecond + (place - index) / eventsInOrder;
    at += buffer.latin1Write(`${1_000_003 + user[index] * 17},${names[item[index]]},${time}\n`, at);
    if (at > chunkBytes - longestLine) {
      writeSync(descriptor, buffer, 0, at);
      at = 0;
    }
  }
  writeSync(descriptor, buffer, 0, at);
  closeSync(descriptor);
}

/** Users and items of events, and their order: time * eventsInOrder + event, ascending. */
function drawEvents({ events, users, items, actions, seed }) {
  const draw = mulberry32(seed);
  const user = new Uint32Array(events);
  const item = new Uint16Array(events);
  const order = new Float64Array(events);
  for (let event = 0; event < events; ) {
    const who = Math.floor(users * draw() ** userSkew);
    const extra = draw() < longSessions ? meanExtra.long : meanExtra.short;
    const visits = Math.min(2 + Math.floor(-extra * Math.log(1 - draw())), 500);
    let time = Math.floor(draw() * seconds);
    for (let visit = 0; visit < visits; visit++) {
      const what = Math.floor(items * draw() ** itemSkew);
      do {
        if (event === events) break;
        user[event] = who;
        item[event] = what;
        order[event] = time * eventsInOrder + event++;
        time += 1 + Math.floor(-120 * Math.log(1 - draw()));
      } while (draw() > 1 / actions);
    }
  }
  return { user, item, order: order.sort() };
}

/** Numbers in [0, 1), the same for the same seed (Tommy Ettinger's generator). */
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
