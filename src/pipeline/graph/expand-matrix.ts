import type { Location } from '../../base/failure.js';
import type { Json, JsonObject } from '../../base/json.js';
import { withValueAt } from '../../kinds/declared-values.js';
import { labelOf } from '../spec/reference.js';
import type { StepSpec } from '../spec/step-spec.js';
import { failureAt, type LocatedValue, type ReportFailure, toJson } from '../text/located-value.js';

/** One choice of a value for every name of a matrix. */
export interface Combination {
  /** `inner_lr=0.02,steps=[5]`; empty where there is no matrix. */
  readonly label: string;
  readonly values: readonly MatrixValue[];
}

export interface MatrixValue {
  readonly name: string;
  /** Where the name stands. */
  readonly location: Location;
  readonly value: Json;
  /** `inner_lr=0.02`. */
  readonly label: string;
  readonly located: LocatedValue;
  /** The names that lead to where it goes among the parameters. */
  readonly path: readonly string[];
}

/** A name of a matrix with its values, each once. */
export interface Axis {
  readonly name: string;
  readonly values: readonly MatrixValue[];
}

/** The names of a step's matrix in written order; a value that stands there twice is reported. */
export function axesOf(step: StepSpec, report: ReportFailure): readonly Axis[] {
  return step.matrix.map(({ name, location, path, values }) => {
    const seen = new Set<string>();
    const distinct = values.flatMap((located): MatrixValue[] => {
      const value = toJson(located);
      const label = labelOf([{ name, value }]);
      if (seen.has(label)) {
        report(failureAt(located, 'invalid-value', `${label} stands in the matrix twice`));
        return [];
      }
      seen.add(label);
      return [{ name, location, value, label, located, path }];
    });
    return { name, values: distinct };
  });
}

/** How many combinations there are. */
export function countCombinations(axes: readonly Axis[]): number {
  return axes.reduce((product, { values }) => product * values.length, 1);
}

/** Parameters with the values of a combination in their places. */
export function withCombination(parameters: JsonObject, { values }: Combination): JsonObject {
  return values.reduce((given, { path, value }) => withValueAt(given, path, value), parameters);
}

/** All combinations: names in the order given, the last varying fastest. */
export function combinationsOf(axes: readonly Axis[]): readonly Combination[] {
  let combinations: readonly (readonly MatrixValue[])[] = [[]];
  for (const { values } of axes)
    combinations = combinations.flatMap((start) => values.map((value) => [...start, value]));
  return combinations.map((values) => ({ label: values.map(({ label }) => label).join(','), values }));
}
