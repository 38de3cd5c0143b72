import { type RandomStream, randomStream } from '../base/random.js';

/** What there is to be taken, the same for all learners. */
export interface Catalogue {
  /** Item 0 is the most popular. */
  readonly names: readonly string[];
  readonly cumulativePopularity: Float64Array;
  /** How many courses of study there are. */
  readonly trackCount: number;
  /**
   * A course of study: a sequence of items in an order of its own; popular items stand in several. It is drawn when it is
   * first asked for, since each draw goes over all items, and there may be a thousand courses that nobody takes.
   */
  track(track: number): readonly number[];
  /**
   * Each item once: for each subject, in the order in which all learners take them in turn, the tracks it can be taken
   * in, for each of these its items from the first level to the last.
   */
  readonly subjects: readonly (readonly (readonly number[])[])[];
}

/** An item is of one place in the curriculum. */
export interface CurriculumPlace {
  readonly subject: number;
  readonly track: number;
  readonly level: number;
}

const shortestTrack = 8;

// Against 0.23 of the most popular item: enough for every item to turn up among some hundreds of learners.
const rareItemWeight = 0.005;

const subjectCount = 4;
/** A subject is taught in no more tracks than leave so many levels. */
const fewestLevels = 5;

/** @param tracks how many courses of study, and in how many tracks each subject can be taken */
export function makeCatalogue({
  items,
  tracks,
  seed,
}: {
  readonly items: number;
  readonly tracks: number;
  readonly seed: number;
}): Catalogue {
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
  const trackLength = Math.min(items, Math.max(shortestTrack, Math.round(items / 8)));
  const logPopularity = popularity.map(Math.log);
  const drawn = new Map<number, readonly number[]>();
  return {
    names: numbers.map((number) => `course-${String(number).padStart(width, '0')}`),
    cumulativePopularity,
    trackCount: tracks,
    track(track) {
      const known = drawn.get(track);
      if (known !== undefined) return known;
      const random = randomStream(seed, 'data.synthetic track', track);
      const made = drawTrack(random, logPopularity, trackLength);
      drawn.set(track, made);
      return made;
    },
    subjects: dealSubjects(randomStream(seed, 'data.synthetic subjects', 0), items, tracks),
  };
}

/** In how many tracks each subject can be taken at most. */
export function mostTracks(items: number): number {
  return Math.max(1, Math.floor(items / (subjectCount * fewestLevels)));
}

/** Where each item stands in the curriculum. */
export function placesOf({
  names,
  subjects,
}: Pick<Catalogue, 'names' | 'subjects'>): readonly CurriculumPlace[] {
  const places: CurriculumPlace[] = Array.from(names, () => ({ subject: 0, track: 0, level: 0 }));
  for (const [subject, tracks] of subjects.entries()) {
    for (const [track, items] of tracks.entries()) {
      for (const [level, item] of items.entries()) places[item] = { subject, track, level };
    }
  }
  return places;
}

/** Items in an order drawn uniformly, dealt to the tracks of all subjects one after another, level by level. */
function dealSubjects(
  random: RandomStream,
  items: number,
  tracks: number,
): readonly (readonly (readonly number[])[])[] {
  const dealt = random.shuffle(Array.from({ length: items }, (_, item) => item));
  const trackCount = Math.min(tracks, mostTracks(items));
  const hands = subjectCount * trackCount;
  const hand = (first: number) =>
    Array.from(
      { length: Math.ceil((items - first) / hands) },
      (_, level) => dealt[first + level * hands] ?? 0,
    );
  return Array.from({ length: subjectCount }, (_, subject) =>
    Array.from({ length: trackCount }, (_, track) => hand(subject * trackCount + track)),
  );
}

/** Distinct items, drawn by popularity, in an order drawn uniformly. */
function drawTrack(random: RandomStream, logPopularity: Float64Array, length: number): readonly number[] {
  // The largest of log(weight) + Gumbel noise are a weighted draw without replacement.
  const keys = logPopularity.map((weight) => weight - Math.log(-Math.log(1 - random.float64())));
  const keyOf = (item: number) => keys[item] ?? 0;
  const least = keys.toSorted()[keys.length - length] ?? 0;
  const largest: number[] = [];
  for (const [item, key] of keys.entries()) if (key >= least) largest.push(item);
  const drawn = largest.sort((left, right) => keyOf(right) - keyOf(left) || left - right).slice(0, length);
  return random.shuffle(drawn);
}
