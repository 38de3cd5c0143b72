import { type RandomStream, randomStream } from '../base/random.js';

export interface SyntheticOptions {
  readonly users: number;
  readonly items: number;
  /** Courses of study, each a sequence of items of its own order; popular items stand in several. */
  readonly tracks: number;
  /**
   * Whether learners go round a short stretch of one track and so take the same items again, or take each once and
   * follow two tracks that their history alone tells.
   */
  readonly repeats: boolean;
  readonly seed: number;
}

/** One event of a learner, as a log would hold it. */
export interface SyntheticEvent {
  readonly user_id: string;
  readonly item_id: string;
  /** Epoch seconds, whole. */
  readonly timestamp: number;
}

// With repeats, what follows an item depends on who acts: tracks order the same popular items differently, and each learner goes
// round a short stretch of one track. So the population alone predicts poorly, a learner's last few steps predict
// well, and adaptation to a few pairs pays.
const followProbability = 0.75;
const jumpProbability = 0.12;
const advanceProbability = 0.15;
const shortestStretch = 4;
const stretchLengths = 4;

// Without repeats, a learner goes on along a main and a side track, skipping what was taken. Any item stands in several
// tracks, so what follows it is told by which tracks are the learner's, and no label is ever in the support.
const mainProbability = 0.62;
const sideProbability = 0.2;

// Prefixes of l items become about as frequent as l^-1.15, less what a learner’s end cuts off: median 2, 90th percentile about 14.
const sessionTail = 1.15;
const longestPrefix = 45;

// Against 0.23 of the most popular item: enough for every item to turn up among some hundreds of learners.
const rareItemWeight = 0.005;

// Fifteen pairs make an episode of K = 5 and Q = 10; a few learners stay below, as in real logs.
const pairsOfMost = 15;
const lightLearners = 0.06;

const firstSecond = Date.UTC(2019, 0, 1) / 1000;
const daySeconds = 86_400;

/**
 * Learners with latent tracks who take course sequences in sessions, with popularity skew. Made up: it stands for no
 * real data set.
 *
 * @returns the events in order of time; the same for equal options, and a learner's own for any number of learners
 */
export function syntheticInteractions(options: SyntheticOptions): readonly SyntheticEvent[] {
  const catalogue = makeCatalogue(options);
  const events: SyntheticEvent[] = [];
  const width = Math.max(4, String(options.users - 1).length);
  for (let user = 0; user < options.users; user++) {
    const userId = `learner-${String(user).padStart(width, '0')}`;
    const random = randomStream(options.seed, 'data.synthetic learner', user);
    for (const { item, timestamp } of learnerEvents(random, catalogue, options.repeats)) {
      events.push({ user_id: userId, item_id: catalogue.names[item] ?? '', timestamp });
    }
  }
  // Stable, and learners were made in order of name.
  return events.sort((left, right) => left.timestamp - right.timestamp);
}

interface Catalogue {
  /** Item 0 is the most popular. */
  readonly names: readonly string[];
  readonly cumulativePopularity: Float64Array;
  readonly tracks: readonly (readonly number[])[];
}

function makeCatalogue({ items, tracks, seed }: SyntheticOptions): Catalogue {
  const random = randomStream(seed, 'data.synthetic catalogue', 0);
  const popularity = Float64Array.from({ length: items }, (_, item) => (item + 5) ** -0.9 + rareItemWeight);
  const cumulativePopularity = new Float64Array(items);
  let total = 0;
  for (const [item, weight] of popularity.entries()) {
    total += weight;
    cumulativePopularity[item] = total;
  }
  const width = Math.max(3, String(items - 1).length);
  const numbers = random.shuffle(Array.from({ length: items }, (_, item) => item));
  const trackLength = Math.min(items, Math.max(shortestStretch + stretchLengths, Math.round(items / 8)));
  return {
    names: numbers.map((number) => `course-${String(number).padStart(width, '0')}`),
    cumulativePopularity,
    tracks: Array.from({ length: tracks }, (_, track) =>
      drawTrack(randomStream(seed, 'data.synthetic track', track), popularity, trackLength),
    ),
  };
}

/** Distinct items, drawn by popularity, in an order drawn uniformly. */
function drawTrack(random: RandomStream, popularity: Float64Array, length: number): readonly number[] {
  // The largest of log(weight) + Gumbel noise are a weighted draw without replacement.
  const keyed = Array.from(popularity, (weight, item) => ({
    item,
    key: Math.log(weight) - Math.log(-Math.log(1 - random.float64())),
  }));
  const drawn = keyed.sort((left, right) => right.key - left.key || left.item - right.item).slice(0, length);
  return random.shuffle(drawn.map(({ item }) => item));
}

function* learnerEvents(
  random: RandomStream,
  catalogue: Catalogue,
  repeats: boolean,
): Generator<{ item: number; timestamp: number }> {
  const path = repeats ? circularPath(random, catalogue) : onwardPath(random, catalogue);
  const isLight = random.float64() < lightLearners;
  const wanted = isLight
    ? 3 + random.integer(12)
    : pairsOfMost + Math.floor(Math.exp(2.6 + 0.7 * random.normal()));
  path.begin();
  let time = firstSecond + random.integer(90 * daySeconds);
  for (let pairs = 0; pairs < wanted; ) {
    const length = Math.min(
      longestPrefix,
      wanted - pairs,
      Math.floor((1 - random.float64()) ** (-1 / sessionTail)),
    );
    pairs += length;
    let item = path.first();
    if (item === undefined) return;
    yield { item, timestamp: time };
    for (let step = 0; step < length; step++) {
      item = path.next(item);
      if (item === undefined) return;
      time += 20 + Math.floor(Math.min(1600, -180 * Math.log(1 - random.float64())));
      yield { item, timestamp: time };
    }
    path.pause();
    time += 7200 - Math.floor(2 * daySeconds * Math.log(1 - random.float64()));
  }
}

/** What a learner takes, item by item; undefined where nothing is left. */
interface Path {
  /** Where it starts, once all that is the learner's for good is drawn. */
  begin(): void;
  /** The first item of a session. */
  first(): number | undefined;
  next(last: number): number | undefined;
  /** Between two sessions. */
  pause(): void;
}

/** Round a short stretch of one track, which moves on now and then. */
function circularPath(random: RandomStream, { tracks, cumulativePopularity }: Catalogue): Path {
  const track = tracks[random.integer(tracks.length)] ?? [];
  const stretch = shortestStretch + random.integer(stretchLengths);
  let start = 0;
  let place = 0;
  const current = () => track[(start + place) % track.length] ?? 0;
  return {
    begin() {
      start = random.integer(track.length);
    },
    first() {
      place = random.integer(stretch);
      return current();
    },
    next(last) {
      const draw = random.float64();
      let item: number;
      if (draw < followProbability) {
        place = (place + 1) % stretch;
        item = current();
      } else if (draw < followProbability + jumpProbability) {
        place = (place + 1 + random.integer(stretch - 1)) % stretch;
        item = current();
      } else {
        item = drawByPopularity(random, cumulativePopularity);
      }
      // An immediate repeat would be dropped from the session.
      while (item === last) item = drawByPopularity(random, cumulativePopularity);
      return item;
    },
    pause() {
      if (random.float64() < advanceProbability) start = (start + 1) % track.length;
    },
  };
}

/** Onwards along two tracks, each item once. */
function onwardPath(random: RandomStream, { names, tracks, cumulativePopularity }: Catalogue): Path {
  const main = random.integer(tracks.length);
  const own = [main, (main + 1 + random.integer(Math.max(1, tracks.length - 1))) % tracks.length].map(
    (index) => ({
      track: tracks[index] ?? [],
      place: 0,
    }),
  );
  const taken = new Set<number>();
  const take = (item: number) => {
    taken.add(item);
    return item;
  };
  /** The next of a track that was not taken; a popular one where that track is done. */
  const onward = (index: number) => {
    const along = own[index];
    for (let ahead = 1; along !== undefined && ahead <= along.track.length; ahead++) {
      const place = (along.place + ahead) % along.track.length;
      const item = along.track[place] ?? 0;
      if (taken.has(item)) continue;
      along.place = place;
      return take(item);
    }
    return popular();
  };
  const popular = () => {
    if (taken.size === names.length) return undefined;
    let item = drawByPopularity(random, cumulativePopularity);
    while (taken.has(item)) item = drawByPopularity(random, cumulativePopularity);
    return take(item);
  };
  const next = () => {
    const draw = random.float64();
    if (draw < mainProbability) return onward(0);
    return draw < mainProbability + sideProbability ? onward(1) : popular();
  };
  return {
    begin() {
      for (const along of own) along.place = random.integer(Math.max(1, along.track.length));
    },
    first: next,
    next,
    pause() {},
  };
}

function drawByPopularity(random: RandomStream, cumulative: Float64Array): number {
  const draw = random.float64() * (cumulative.at(-1) ?? 0);
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 0) <= draw) low = middle + 1;
    else high = middle;
  }
  return low;
}
