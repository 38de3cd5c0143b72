import { FailureError } from '../../base/failure.js';
import { type Comparison, compare } from '../../statistics/compare.js';
import type { MeasuredValue, Repetition } from './measured-settings.js';
import { type UnitOfRepetition, type UnitsOfRepetition, unitBeside } from './units-of-repetition.js';

/** One row of the notebook's table: a model, at one setting where its evaluation has several. */
export interface SummarisedModel extends UnitsOfRepetition {
  /** Of the input. */
  readonly input: string;
  readonly name: string;
}

/** What keeps two models from being compared; undefined where nothing does. */
export function whyIncomparable(model: SummarisedModel, other: SummarisedModel): FailureError | undefined {
  const unlike = whyOtherRepetitions(model, other);
  if (unlike !== undefined) return unlike;
  for (const [index, repetition] of model.repetitions.entries()) {
    const paired = unitBeside(model.repetitions, other.repetitions, index);
    for (const one of model.repetitions.length === 1 ? other.repetitions : [paired]) {
      const obstacle = one === undefined ? undefined : whyUnpaired({ model, other }, repetition, one);
      if (obstacle !== undefined) return obstacle;
    }
  }
  return undefined;
}

function whyOtherRepetitions(model: SummarisedModel, other: SummarisedModel): FailureError | undefined {
  const [count, otherCount] = [model.repetitions.length, other.repetitions.length];
  if (count === 1 || otherCount === 1) return undefined;
  const hint = 'measure both on the same seeds or folds';
  if (model.unit !== other.unit) {
    return new FailureError({
      reason: 'bad-data',
      message: `${model.name} was measured over ${model.unit} and ${other.name} over ${other.unit}: they are compared one by one`,
      hint,
    });
  }
  if (count === otherCount) return undefined;
  return new FailureError({
    reason: 'bad-data',
    message: `${model.name} has ${count} ${model.unit} and ${other.name} ${otherCount}: they are compared one by one`,
    hint,
  });
}

function whyUnpaired(
  { model, other }: { readonly model: SummarisedModel; readonly other: SummarisedModel },
  one: UnitOfRepetition,
  two: UnitOfRepetition,
): FailureError | undefined {
  if (one.name !== undefined && two.name !== undefined && one.name !== two.name) {
    return new FailureError({
      reason: 'bad-data',
      message: `${model.name} and ${other.name} were not measured on the same ${model.unit}: ${one.name} stands beside ${two.name}`,
      hint: 'measure both on the same seeds or folds',
    });
  }
  for (const [point, measured] of one.points) {
    const obstacle = whyOtherPairs({ model, other }, measured.pairs, two.points.get(point)?.pairs);
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

function whyOtherPairs(
  { model, other }: { readonly model: SummarisedModel; readonly other: SummarisedModel },
  pairs: Repetition['pairs'],
  others: Repetition['pairs'],
): FailureError | undefined {
  if (pairs === undefined || others === undefined || sameLists(pairs, others)) return undefined;
  const there = new Set(others);
  const here = new Set(pairs);
  const missing = pairs.find((pair) => !there.has(pair)) ?? others.find((pair) => !here.has(pair));
  return new FailureError({
    reason: 'bad-data',
    message: `${model.name} and ${other.name} were not evaluated on the same query pairs: ${pairs.length} and ${others.length}, ${missing} only in one of them`,
    hint: 'evaluate both on the same episodes, with the same max_episodes',
  });
}

function sameLists(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** The metric in every repetition; no number where one of them lacks it. */
export function valuesOf({ repetitions }: SummarisedModel, metric: string): readonly MeasuredValue[] {
  return repetitions.map((one) => valueIn(one, metric));
}

function valueIn({ values }: Repetition, metric: string): MeasuredValue {
  return values.get(metric) ?? { value: Number.NaN, users: 0 };
}

export function isMeasured({ value }: MeasuredValue): boolean {
  return Number.isFinite(value);
}

/** A comparison, and over how many of its units it is. */
export interface CountedComparison extends Comparison {
  readonly units: number;
}

/**
 * Compares two models where both have a number, unit by unit, in each over the measurements that both have: what one of
 * them lacks is no difference. Undefined where that is nowhere.
 */
export function compareModels(
  model: SummarisedModel,
  other: SummarisedModel,
  metric: string,
): CountedComparison | undefined {
  const [own, theirs] = [model.repetitions, other.repetitions];
  const length = Math.max(own.length, theirs.length);
  const units = Array.from({ length }, (_, index) => ({
    one: own[own.length === 1 ? 0 : index],
    two: own.length === 1 ? theirs[index] : unitBeside(own, theirs, index),
  })).flatMap(({ one, two }) => (one === undefined || two === undefined ? [] : [{ one, two }]));
  const areCommon = units.some(({ one, two }) =>
    [...one.points.keys()].some((point) => two.points.has(point)),
  );
  const pairs = units.flatMap(({ one, two }) => {
    const both = areCommon
      ? commonValues(one, two, metric)
      : [[valueIn(one, metric), valueIn(two, metric)] as const];
    const measured = both.filter((pair) => pair.every(isMeasured));
    return measured.length === 0
      ? []
      : [
          {
            one: meanValue(measured.map(([value]) => value)),
            two: meanValue(measured.map(([, value]) => value)),
          },
        ];
  });
  if (pairs.length === 0) return undefined;
  const comparison = compare(
    pairs.map(({ one }) => one),
    pairs.map(({ two }) => two),
  );
  // Without ranks nothing is compared over users.
  const isOverUsers = comparison.unit === 'users' && model.repetitions[0]?.pairs !== undefined;
  return isOverUsers
    ? { ...comparison, units: pairs[0]?.one.users ?? 0 }
    : { ...comparison, unit: model.unit, units: pairs.length };
}

function commonValues(
  one: UnitOfRepetition,
  two: UnitOfRepetition,
  metric: string,
): readonly (readonly [MeasuredValue, MeasuredValue])[] {
  return [...one.points].flatMap(([point, measured]) => {
    const beside = two.points.get(point);
    return beside === undefined ? [] : [[valueIn(measured, metric), valueIn(beside, metric)] as const];
  });
}

function meanValue(values: readonly MeasuredValue[]): MeasuredValue {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return only;
  return { value: values.reduce((sum, { value }) => sum + value, 0) / values.length, users: 0 };
}
