import { FailureError } from '../../base/failure.js';
import type { Unit } from '../../statistics/compare.js';
import type { MeasuredValue, Repetition } from './measured-settings.js';
import { wholeGrid } from './repetition-grid.js';
import { isReplicate, type Replicate, type Replicates, replicateUnits } from './replicates.js';

/** A unit of a model: the mean of what was measured within it. */
export interface UnitOfRepetition extends Repetition {
  /** What was measured within it, by the other of seed and fold: its mean over repeats. */
  readonly points: ReadonlyMap<string, Repetition>;
}

/** A model's repetitions by what its intervals are over. */
export interface UnitsOfRepetition {
  readonly unit: Unit;
  /** One for each seed, or whatever the unit is. */
  readonly repetitions: readonly UnitOfRepetition[];
  /** What was averaged within each of them. */
  readonly within: readonly Replicate[];
  /** Measurements that it lacks, as `seed 3, fold 3`: of other units it has them. */
  readonly lacking: readonly string[];
}

/** What tells files apart: one name, by their places in a list, or seed and fold of each. */
export type ElementNames = Replicate | readonly Replicates[];

type Named = { readonly repetition: Repetition; readonly by: Replicates };

/**
 * Puts measurements together that are of one unit: an interval is over seeds, or over folds, and never over both, which
 * do not vary as one. What else repeats within a unit (a `repeat` always does) is averaged there first; a unit that
 * lacks a seed or fold that others have is no number, as it would be were that no number.
 *
 * @param elements the repetitions of each file
 * @param elementNames what tells files apart
 * @param asked what the interval is to be over, where several could be
 * @throws FailureError `bad-data` where seeds and folds vary and nobody says which is the unit
 */
export function unitsOfRepetition(
  input: string,
  elements: readonly (readonly Repetition[])[],
  elementNames: ElementNames,
  asked: Replicate | undefined,
): UnitsOfRepetition {
  const all = elements.flatMap((repetitions, index) =>
    repetitions.map((repetition) => namedBy(repetition, elements.length, index, elementNames)),
  );
  const varying = (Object.keys(replicateUnits) as Replicate[]).filter(
    (name) => new Set(all.map(({ by }) => by[name])).size > 1,
  );
  const outer = varying.filter((name) => name !== 'repeat');
  if (outer.length > 1 && asked === undefined) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${input} was measured for several seeds and for several folds, and an interval is over one of them`,
      hint: 'write with: { unit: seed } or with: { unit: fold }; what is measured within one is averaged there',
    });
  }
  const unit = asked ?? outer[0] ?? varying[0] ?? (typeof elementNames === 'string' ? elementNames : 'seed');
  const inner = outer.find((name) => name !== unit);
  const points = new Set(all.map(({ by }) => pointOf(by[unit], inner && by[inner])));
  const lacking = [
    ...wholeGrid(all.map(({ by }) => ({ row: by[unit] ?? '', column: (inner && by[inner]) ?? '' }))),
  ].filter(({ row, column }) => !points.has(pointOf(row, column)));
  const short = new Set(lacking.map(({ row }) => row));
  const repetitions = [...grouped(all, ({ by }) => by[unit] ?? '')].map(([value, group]) =>
    unitOf(group, { unit, inner, isShort: short.has(value) }),
  );
  return {
    unit: replicateUnits[unit],
    repetitions,
    within: varying.filter((name) => name !== unit),
    lacking: lacking.map(({ row, column }) => `${unit} ${row}, ${inner} ${column}`),
  };
}

function namedBy(repetition: Repetition, files: number, index: number, names: ElementNames): Named {
  const { replicates } = repetition;
  if (files < 2) return { repetition, by: replicates };
  if (typeof names === 'string') return { repetition, by: { ...replicates, [names]: `no. ${index + 1}` } };
  const by = { ...replicates, ...names[index] };
  return { repetition: { ...repetition, replicates: by }, by };
}

function pointOf(unit: string | undefined, inner: string | undefined): string {
  return JSON.stringify([unit ?? '', inner ?? '']);
}

function grouped<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value)) ?? [];
    groups.set(keyOf(value), group);
    group.push(value);
  }
  return groups;
}

/** The unit of another model that stands beside one: of its name, where all have names, else of its place. */
export function unitBeside(
  one: readonly UnitOfRepetition[],
  other: readonly UnitOfRepetition[],
  index: number,
): UnitOfRepetition | undefined {
  if (other.length === 1) return other[0];
  const name = one[index]?.name;
  return (name === undefined ? undefined : other.find((unit) => unit.name === name)) ?? other[index];
}

function unitOf(
  group: readonly Named[],
  {
    unit,
    inner,
    isShort,
  }: { readonly unit: Replicate; readonly inner: Replicate | undefined; readonly isShort: boolean },
): UnitOfRepetition {
  const points = new Map(
    [...grouped(group, ({ by }) => (inner && by[inner]) ?? '')].map(([value, measured]) => [
      value,
      averaged(measured.map(({ repetition }) => repetition)),
    ]),
  );
  const whole = averaged([...points.values()]);
  // A group has the measurement that it was made for.
  const value = group[0]!.repetition.replicates[unit];
  const none = { value: Number.NaN, users: 0 };
  const values = isShort ? new Map([...whole.values.keys()].map((metric) => [metric, none])) : whole.values;
  return { ...whole, values, ...(value === undefined ? {} : { name: `${unit} ${value}` }), points };
}

function averaged(group: readonly Repetition[]): Repetition {
  const [first] = group;
  // There is a measurement of each point.
  const { pairs: _, ...one } = first!;
  if (group.length === 1) return first!;
  const metrics = new Set(group.flatMap(({ values }) => [...values.keys()]));
  return {
    ...one,
    values: new Map([...metrics].map((metric) => [metric, meanOf(group, metric)])),
    n: group.every(({ n }) => n === one.n) ? one.n : null,
  };
}

/** No number where one of them is none: the mean of the others would be of something else. */
function meanOf(group: readonly Repetition[], metric: string): MeasuredValue {
  const values = group.map((one) => one.values.get(metric)?.value ?? Number.NaN);
  return { value: values.reduce((sum, value) => sum + value, 0) / values.length, users: 0 };
}

/** The name by which all elements of a list are told apart, where it is that of repetitions. */
export function elementNameOf(names: readonly string[]): Replicate {
  return names.find(isReplicate) ?? 'seed';
}
