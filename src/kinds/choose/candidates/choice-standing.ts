import { canonicalText } from '../../../base/canonical.js';
import type { JsonObject } from '../../../base/json.js';
import { own } from '../../../base/own-properties.js';
import { isReplicate } from '../replicates.js';

/** How the winner of a choice stands among what it was chosen from, as its document tells. */
export interface ChoiceStanding extends JsonObject {
  /** How many settings there were to choose from, with those that failed. */
  readonly among: number;
  /** Numbers of the winner that are the smallest or largest tried; not there where none is. */
  readonly edges?: readonly GridEdge[];
  /** The names of others with the same value, the first of them, and how many there are; not there where none is. */
  readonly ties?: { readonly count: number; readonly others: readonly JsonObject[] };
  /** Where its training ended before it could be seen that it no longer gains. */
  readonly last?: LastCheckpoint;
}

export interface GridEdge extends JsonObject {
  readonly name: string;
  readonly value: number;
  readonly end: 'smallest' | 'largest';
  /** Ascending. */
  readonly tried: readonly number[];
}

export interface LastCheckpoint extends JsonObject {
  /** `iterations`, `epochs`: what tells checkpoints of a training apart. */
  readonly name: string;
  readonly value: number;
  /** Checkpoints after it. */
  readonly later: number;
  /** How many of them without a gain would have ended it; not there without patience. */
  readonly patience?: number;
}

/** Of so many others with the same value the names are kept. */
const mostTies = 3;

/**
 * Says of a choice what a reader would ask: whether its numbers lie at the edge of their grid, whether others are as
 * good, and whether its training had ended.
 *
 * @param choice.winner its names
 * @param choice.equals the names of all with the winner's value, itself among them
 * @param choice.tried the names of all that there were to choose from
 * @param choice.failed those of what was to be chosen from and has no value; some may not be known
 * @param choice.average names that are averaged over
 * @param choice.progress names that say how far a training has come
 */
export function choiceStanding({
  winner,
  equals,
  tried,
  failed,
  average,
  progress,
  patience,
}: {
  readonly winner: JsonObject;
  readonly equals: readonly JsonObject[];
  readonly tried: readonly JsonObject[];
  readonly failed: readonly JsonObject[];
  readonly average: readonly string[];
  readonly progress: readonly string[];
  readonly patience: number | undefined;
}): ChoiceStanding {
  const all = [...tried, ...failed];
  const settings = distinct(all.map((names) => without(names, average)));
  // Of what failed, a name that it is not known by may have been beyond the edge.
  const unsure = Object.keys(winner).filter((name) => failed.some((names) => !Object.hasOwn(names, name)));
  const edges = edgesOf(winner, all, [...average, ...progress, ...unsure]);
  const others = distinct(equals).filter((names) => canonicalText(names) !== canonicalText(winner));
  const last = lastOf(winner, all, average, progress, patience);
  return {
    among: settings.length,
    ...(edges.length === 0 ? {} : { edges }),
    ...(others.length === 0 ? {} : { ties: { count: others.length, others: others.slice(0, mostTies) } }),
    ...(last === undefined ? {} : { last }),
  };
}

function edgesOf(
  winner: JsonObject,
  tried: readonly JsonObject[],
  others: readonly string[],
): readonly GridEdge[] {
  return Object.entries(winner).flatMap(([name, value]): readonly GridEdge[] => {
    if (typeof value !== 'number' || isReplicate(name) || others.includes(name)) return [];
    const values = numbersOf(tried, name);
    if (values.length < 2) return [];
    // Counts, rates and weights end at 0: there is nothing below to try.
    if (value === values[0] && value !== 0) return [{ name, value, end: 'smallest', tried: values }];
    return value === values.at(-1) ? [{ name, value, end: 'largest', tried: values }] : [];
  });
}

function lastOf(
  winner: JsonObject,
  tried: readonly JsonObject[],
  average: readonly string[],
  progress: readonly string[],
  patience: number | undefined,
): LastCheckpoint | undefined {
  for (const name of progress) {
    const value = own(winner, name);
    if (typeof value !== 'number' || average.includes(name)) continue;
    const training = (names: JsonObject) => canonicalText(without(names, [name, ...average]));
    const ofTraining = tried.filter((names) => training(names) === training(winner));
    const reached = numbersOf(ofTraining, name);
    const later = reached.filter((one) => one > value).length;
    if (reached.length < 2 || later >= (patience ?? 1)) continue;
    return { name, value, later, ...(patience === undefined ? {} : { patience }) };
  }
  return undefined;
}

function numbersOf(all: readonly JsonObject[], name: string): readonly number[] {
  const numbers = all.flatMap((names) => {
    const value = own(names, name);
    return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
  });
  return [...new Set(numbers)].sort((one, other) => one - other);
}

function without(names: JsonObject, left: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(names).filter(([name]) => !left.includes(name)));
}

function distinct(all: readonly JsonObject[]): readonly JsonObject[] {
  return [...new Map(all.map((names) => [canonicalText(names), names])).values()];
}
