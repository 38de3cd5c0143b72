import { type RandomStream, randomStream } from '../base/random.js';
import { type Catalogue, makeCatalogue } from './synthetic-catalogue.js';
import { circularPath, curriculumPath } from './synthetic-paths.js';

export interface SyntheticOptions {
  readonly users: number;
  readonly items: number;
  /** With repeats, courses of study; without, the tracks that each subject can be taken in. */
  readonly tracks: number;
  /**
   * Whether learners go round a short stretch of one track and so take the same items again, or take each once, of each
   * subject in the track that is to their taste.
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

// Prefixes of l items become about as frequent as l^-1.15, less what a learner’s end cuts off: median 2, 90th percentile about 14.
const sessionTail = 1.15;
const longestPrefix = 45;

// Fifteen pairs make an episode of K = 5 and Q = 10; a few learners stay below, as in real logs.
const pairsOfMost = 15;
const lightLearners = 0.06;

const firstSecond = Date.UTC(2019, 0, 1) / 1000;
const daySeconds = 86_400;

/**
 * Learners with latent tastes who take course sequences in sessions, with popularity skew. Made up: it stands for no
 * real data set.
 *
 * Without repeats it asks whether a taste is inferred, by these principles: no item is taken twice, so that remembering
 * labels is worth nothing; a taste is a few independent choices that many train learners share, so that what it leads to
 * can be learned; what is asked for next follows from the last items and the taste, and prefixes are short, so that most
 * show only a part of the taste, where five pairs show nearly all; and a share of noise is left that nobody can tell.
 * Its constants were set by what a rule that knows the curriculum can tell with and without the support, not by how any
 * model does. With repeats it asks whether the support is remembered.
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

function* learnerEvents(
  random: RandomStream,
  catalogue: Catalogue,
  repeats: boolean,
): Generator<{ item: number; timestamp: number }> {
  const path = repeats ? circularPath(random, catalogue) : curriculumPath(random, catalogue);
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
