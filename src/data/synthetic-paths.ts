import type { RandomStream } from '../base/random.js';
import type { Catalogue } from './synthetic-catalogue.js';

/** What a learner takes, item by item; undefined where nothing is left. */
export interface Path {
  /** Where it starts, once all that is the learner's for good is drawn. */
  begin(): void;
  /** The first item of a session. */
  first(): number | undefined;
  next(last: number): number | undefined;
  /** Between two sessions. */
  pause(): void;
}

// What follows an item depends on who acts: tracks order the same popular items differently, and each learner goes
// round a short stretch of one track. So the population alone predicts poorly, a learner's last few steps predict
// well, and adaptation to a few pairs pays, by memory.
const followProbability = 0.75;
const jumpProbability = 0.12;
const advanceProbability = 0.15;
const shortestStretch = 4;
const stretchLengths = 4;

/** Round a short stretch of one track, which moves on now and then. */
export function circularPath(random: RandomStream, catalogue: Catalogue): Path {
  const { cumulativePopularity } = catalogue;
  const track = catalogue.track(random.integer(catalogue.trackCount));
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

// With 0.85 the next subject's course, else anything, by popularity: so the most that can be told is somewhat above 0.7.
const turnProbability = 0.85;
/** The mean level that a learner begins at, of all levels, and the highest. */
const meanStart = 0.15;
const highestStart = 0.5;

/**
 * Through the subjects in turn, each item once, in each subject along the track that the learner prefers there. What
 * comes next, of which subject and level, everybody's last items tell; of which track, the learner's own taste alone,
 * and that is shown by what the learner took in this subject before. The tastes of a learner in different subjects have
 * nothing to do with one another, so a prefix tells those of the subjects that it holds, and no others.
 */
export function curriculumPath(random: RandomStream, catalogue: Catalogue): Path {
  const { names, subjects, cumulativePopularity } = catalogue;
  /** For each subject its tracks, the most preferred first. */
  const own = subjects.map((tracks) =>
    preferenceOf(random, tracks.length).map((track) => tracks[track] ?? []),
  );
  const levels = subjects[0]?.[0]?.length ?? 1;
  const start = -meanStart * Math.log(1 - random.float64());
  let level = Math.floor(levels * Math.min(highestStart, start));
  let turn = random.integer(own.length);
  const taken = new Set<number>();
  const take = (item: number) => {
    taken.add(item);
    return item;
  };
  const popular = () => {
    if (taken.size === names.length) return undefined;
    let item = drawByPopularity(random, cumulativePopularity);
    while (taken.has(item)) item = drawByPopularity(random, cumulativePopularity);
    return take(item);
  };
  const next = () => {
    if (random.float64() >= turnProbability) return popular();
    turn += 1;
    if (turn === own.length) {
      turn = 0;
      level = (level + 1) % levels;
    }
    for (const track of own[turn] ?? []) {
      const item = track[level];
      if (item !== undefined && !taken.has(item)) return take(item);
    }
    return popular();
  };
  return { begin() {}, first: next, next, pause() {} };
}

/** All tracks of a subject in an order drawn by their popularity, which falls with their number. */
function preferenceOf(random: RandomStream, tracks: number): readonly number[] {
  // The largest of log(weight) + Gumbel noise are a weighted draw without replacement.
  const keyed = Array.from({ length: tracks }, (_, track) => ({
    track,
    key: -0.5 * Math.log(track + 1) - Math.log(-Math.log(1 - random.float64())),
  }));
  return keyed
    .sort((left, right) => right.key - left.key || left.track - right.track)
    .map(({ track }) => track);
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
