import { FailureError } from '../../base/failure.js';
import type { Unit } from '../../statistics/compare.js';
import type { MeasuredValue, Repetition } from './measured-settings.js';
import { isReplicate, type Replicate, type Replicates, replicateUnits } from './replicates.js';

/** A model's repetitions by what its intervals are over. */
export interface UnitsOfRepetition {
  readonly unit: Unit;
  /** One for each seed, or whatever the unit is. */
  readonly repetitions: readonly Repetition[];
  /** What was averaged within each of them. */
  readonly within: readonly Replicate[];
}

/**
 * Puts measurements together that are of one unit: an interval is over seeds, or over folds, and never over both, which
 * do not vary as one. What else repeats within a unit (a `repeat` always does) is averaged there first.
 *
 * @param elements the repetitions of each file
 * @param elementName what tells files apart
 * @param asked what the interval is to be over, where several could be
 * @throws FailureError `bad-data` where seeds and folds vary and nobody says which is the unit
 */
export function unitsOfRepetition(
  input: string,
  elements: readonly (readonly Repetition[])[],
  elementName: Replicate,
  asked: Replicate | undefined,
): UnitsOfRepetition {
  const several = elements.length > 1;
  const all = elements.flatMap((repetitions, index) =>
    repetitions.map((repetition) => ({
      repetition,
      by: { ...repetition.replicates, ...(several ? { [elementName]: `${index}` } : {}) } as Replicates,
    })),
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
  const unit = asked ?? outer[0] ?? varying[0] ?? elementName;
  const groups = new Map<string | undefined, Repetition[]>();
  for (const { repetition, by } of all) {
    const group = groups.get(by[unit]) ?? [];
    groups.set(by[unit], group);
    group.push(repetition);
  }
  return {
    unit: replicateUnits[unit],
    repetitions: [...groups.values()].map((group) => averaged(group, unit)),
    within: varying.filter((name) => name !== unit),
  };
}

function averaged(group: readonly Repetition[], unit: Replicate): Repetition {
  const [first] = group;
  // A group has the measurement that it was made for.
  const { replicates, ...one } = first!;
  const value = replicates[unit];
  const own = { replicates, ...(value === undefined ? {} : { name: `${unit} ${value}` }) };
  if (group.length === 1) return { ...one, ...own };
  const metrics = new Set(group.flatMap(({ values }) => [...values.keys()]));
  return {
    ...one,
    ...own,
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
