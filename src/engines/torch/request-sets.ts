import { greatest } from '../../base/extremes.js';
import type { JsonObject } from '../../base/json.js';
import type { PairSet, Task } from '../../data/pair-set.js';
import { assignSlots, type ItemSlots } from '../item-slots.js';
import type { Arrays } from './frames.js';
import { packLevels } from './pack-levels.js';

/** What a model takes: prefix forests, level by level; or prefixes, padded on the right with an id that no item has. */
export type PrefixForm = { readonly type: 'levels' } | { readonly type: 'padded'; readonly padding: number };

/** What a request says of sets of pairs. */
export interface RequestSets {
  readonly header: JsonObject;
  readonly arrays: Arrays;
}

/**
 * Sets of pairs by name, each with one for each weight vector.
 *
 * @param slotsName under which the rows of the embedding go that each vector has of its own
 */
export function requestSets(
  form: PrefixForm,
  slotsName: string,
  sets: { readonly [name: string]: readonly PairSet[] },
): RequestSets {
  const named = Object.entries(sets);
  const vectors = greatest(
    named.map(([, own]) => own.length),
    0,
  );
  const slots = assignSlots(
    Array.from({ length: vectors }, (_, vector) => named.flatMap(([, own]) => own[vector] ?? [])),
  );
  const packed = named.map(([name, own]) =>
    form.type === 'levels' ? levelSet(name, own, slots) : paddedSet(name, own, form.padding),
  );
  return {
    header: Object.assign({}, ...packed.map(({ header }) => header)) as JsonObject,
    arrays: Object.assign(slotArrays(slotsName, slots), ...packed.map(({ arrays }) => arrays)) as Arrays,
  };
}

/** The query sets of all tasks as one, which has the weights that they share; `tasks` says whose each pair is. */
export function sharedQuerySet(form: PrefixForm, tasks: readonly Task[]): RequestSets {
  const pairs = joinPairs(tasks.map(({ query }) => query));
  const { header, arrays } = requestSets(form, 'shared_slots', { shared: [pairs] });
  const taskOfPair = new Int32Array(pairs.labels.length);
  const shares = new Float64Array(pairs.labels.length);
  let at = 0;
  for (const [task, { query }] of tasks.entries()) {
    const end = at + query.labels.length;
    taskOfPair.fill(task, at, end);
    shares.fill(1 / query.labels.length, at, end);
    at = end;
  }
  const shape = [1, taskOfPair.length];
  return {
    header,
    arrays: {
      ...arrays,
      'shared.shares': { values: shares, shape },
      'shared.tasks': { values: taskOfPair, shape },
    },
  };
}

function joinPairs(sets: readonly PairSet[]): PairSet {
  const offsets = [0];
  for (const set of sets) {
    const start = offsets.at(-1) ?? 0;
    for (const end of set.offsets.subarray(1)) offsets.push(start + end);
  }
  return {
    items: Int32Array.from(sets.flatMap(({ items }) => [...items])),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(sets.flatMap(({ labels }) => [...labels])),
  };
}

function slotArrays(name: string, { vectors, slots, counts, items }: ItemSlots): Arrays {
  const used = new Float32Array(vectors * slots);
  for (const [vector, count] of counts.entries()) used.fill(1, vector * slots, vector * slots + count);
  const shape = [vectors, slots];
  return { [`${name}.slots`]: { values: items, shape }, [`${name}.used`]: { values: used, shape } };
}

function levelSet(name: string, sets: readonly PairSet[], slots: ItemSlots): RequestSets {
  const { widths, items, parents, nodes, labels, shares, pairs } = packLevels(sets, slots);
  const byRow = [sets.length, items.length / sets.length];
  const byPair = [sets.length, pairs];
  return {
    header: { [name]: widths },
    arrays: {
      [`${name}.items`]: { values: items, shape: byRow },
      [`${name}.parents`]: { values: parents, shape: byRow },
      [`${name}.nodes`]: { values: nodes, shape: byPair },
      [`${name}.labels`]: { values: labels, shape: byPair },
      [`${name}.shares`]: { values: shares, shape: byPair },
    },
  };
}

/** Where a set has fewer pairs than another, its first pair fills up, and counts nothing. */
function paddedSet(name: string, sets: readonly PairSet[], padding: number): RequestSets {
  const pairs = greatest(
    sets.map(({ labels }) => labels.length),
    0,
  );
  const longest = greatest(sets.map(longestPrefix), 0);
  const prefixes = new Int32Array(sets.length * pairs * longest).fill(padding);
  const lengths = new Int32Array(sets.length * pairs);
  const labels = new Int32Array(sets.length * pairs);
  const shares = new Float64Array(sets.length * pairs);
  for (const [vector, set] of sets.entries()) {
    const count = set.labels.length;
    for (let place = 0; place < pairs; place++) {
      const pair = place < count ? place : 0;
      const at = vector * pairs + place;
      const prefix = set.items.subarray(set.offsets[pair], set.offsets[pair + 1]);
      prefixes.set(prefix, at * longest);
      lengths[at] = prefix.length;
      labels[at] = set.labels[pair] ?? 0;
      shares[at] = place < count ? 1 / count : 0;
    }
  }
  const byPair = [sets.length, pairs];
  return {
    header: { [name]: null },
    arrays: {
      [`${name}.prefixes`]: { values: prefixes, shape: [...byPair, longest] },
      [`${name}.lengths`]: { values: lengths, shape: byPair },
      [`${name}.labels`]: { values: labels, shape: byPair },
      [`${name}.shares`]: { values: shares, shape: byPair },
    },
  };
}

function longestPrefix({ offsets }: PairSet): number {
  let longest = 0;
  for (let pair = 0; pair + 1 < offsets.length; pair++) {
    longest = Math.max(longest, (offsets[pair + 1] ?? 0) - (offsets[pair] ?? 0));
  }
  return longest;
}
