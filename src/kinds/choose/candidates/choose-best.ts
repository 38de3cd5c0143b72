import { canonicalText } from '../../../base/canonical.js';
import type { JsonObject } from '../../../base/json.js';
import { own } from '../../../base/own-properties.js';
import type { ChoicePlan } from '../choice-plan.js';
import { wholeGrid } from '../repetition-grid.js';

export type Mode = 'max' | 'min';

/** One value of the metric that is chosen by. */
export interface ScoredRow {
  /** Which of the tables it stands in, from 0. */
  readonly index: number;
  /** The table's further columns. */
  readonly columns: JsonObject;
  /** May be no number, as after a training that diverged. */
  readonly value: number;
  /** Query pairs and users that the value is over, where the table tells. */
  readonly n?: number;
  readonly users?: number;
}

/** What is chosen between: rows that differ in averaged names alone. */
export interface Candidate {
  readonly group: number;
  /** Without the averaged ones. */
  readonly columns: JsonObject;
  /** Those that count; none where no value is a number. */
  readonly rows: readonly ScoredRow[];
  /** How many rows there would be if each had a number. */
  readonly of: number;
  /** The mean of those that count. */
  readonly value: number;
}

export interface ChoiceOptions extends Pick<ChoicePlan, 'elements' | 'groups'> {
  readonly mode: Mode;
  readonly average: readonly string[];
  readonly patience?: number;
  /** Tables that are missing, by their place. */
  readonly missing?: readonly number[];
}

/** Whether a value can be chosen by. */
export function counts({ value, n }: ScoredRow): boolean {
  return Number.isFinite(value) && n !== 0;
}

/**
 * The best candidates, all of one value, in the order of the plan, of which the first wins; none where no row counts.
 *
 * @param rows table by table, in each in an order of its own
 */
export function bestCandidates(rows: readonly ScoredRow[], options: ChoiceOptions): readonly Candidate[] {
  const { mode, patience } = options;
  const candidates = candidatesOf(rows, options);
  const reached = patience === undefined ? candidates : reachedWith(patience, candidates, options);
  const sound = reached.filter(({ value }) => Number.isFinite(value));
  const best = sound.reduce<number | undefined>(
    (than, { value }) => (than === undefined || isBetter(value, than, mode) ? value : than),
    undefined,
  );
  return sound.filter(({ value }) => value === best);
}

function isBetter(value: number, than: number, mode: Mode): boolean {
  return mode === 'max' ? value > than : value < than;
}

/** In order of first appearance. */
function candidatesOf(
  rows: readonly ScoredRow[],
  { elements = [], average, missing = [] }: ChoiceOptions,
): readonly Candidate[] {
  const found = new Map<
    string,
    { group: number; columns: JsonObject; rows: ScoredRow[]; all: ScoredRow[] }
  >();
  const groupOf = (index: number) => elements[index]?.group ?? index;
  for (const row of rows) {
    const group = groupOf(row.index);
    const columns = Object.fromEntries(
      Object.entries(row.columns).filter(([name]) => !average.includes(name)),
    );
    const key = canonicalText([group, columns]);
    const candidate = found.get(key) ?? { group, columns, rows: [], all: [] };
    found.set(key, candidate);
    candidate.all.push(row);
    if (counts(row)) candidate.rows.push(row);
  }
  const expected = measurementsOf(rows, elements, average);
  return [...found.values()].map(({ all, ...one }) => {
    // A table that is missing would have had as many rows as the others have.
    const perTable = all.length / Math.max(1, new Set(all.map(({ index }) => index)).size);
    const lacking = missing.filter((index) => groupOf(index) === one.group).length;
    const of = Math.max(Math.round(all.length + lacking * perTable), expected);
    return { ...one, of, value: meanOf(one.rows.map(({ value }) => value)) };
  });
}

/** How many measurements each candidate should have: those that any has, and where seeds and folds are crossed all. */
function measurementsOf(
  rows: readonly ScoredRow[],
  elements: NonNullable<ChoicePlan['elements']>,
  average: readonly string[],
): number {
  const text = (names: JsonObject, averaged: readonly string[]) =>
    canonicalText(averaged.map((name) => own(names, name) ?? null));
  const points = rows.map(({ index, columns }) => {
    const names = { ...elements[index]?.names, ...columns };
    return {
      row: text(
        names,
        average.filter((name) => name !== 'fold'),
      ),
      column: text(
        names,
        average.filter((name) => name === 'fold'),
      ),
    };
  });
  const isGrid = average.every((name) => name === 'seed' || name === 'fold');
  const all = isGrid ? wholeGrid(points) : points;
  return new Set(all.map(({ row, column }) => JSON.stringify([row, column]))).size;
}

/** Summed in order of size, so that the same values have the same mean whatever their order. */
function meanOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
}

/** The candidates up to where so many of their chain, one after another, brought no gain. */
function reachedWith(
  patience: number,
  candidates: readonly Candidate[],
  { groups = [], mode }: ChoiceOptions,
): readonly Candidate[] {
  const byPlace = new Map(candidates.map((one) => [canonicalText([one.group, one.columns]), one]));
  const reached = new Set<Candidate>();
  const seen = new Set<string>();
  for (const { group, columns } of candidates) {
    const chain = groups[group]?.chain;
    const key = canonicalText([chain ?? null, columns]);
    if (seen.has(key)) continue;
    seen.add(key);
    const inChain = groups.flatMap((one, index) =>
      one.chain === chain ? [byPlace.get(canonicalText([index, columns]))] : [],
    );
    for (const one of upToPatience(inChain, patience, mode)) reached.add(one);
  }
  return candidates.filter((one) => reached.has(one));
}

/** @param chain in order; what failed brought no gain either */
function upToPatience(
  chain: readonly (Candidate | undefined)[],
  patience: number,
  mode: Mode,
): readonly Candidate[] {
  const reached: Candidate[] = [];
  let best: number | undefined;
  let withoutGain = 0;
  for (const candidate of chain) {
    if (withoutGain >= patience) break;
    if (candidate !== undefined) reached.push(candidate);
    const value = candidate?.value ?? Number.NaN;
    const gains = Number.isFinite(value) && (best === undefined || isBetter(value, best, mode));
    if (gains) best = value;
    withoutGain = gains ? 0 : withoutGain + 1;
  }
  return reached;
}
