import type { Location } from '../base/failure.js';
import type { Json } from '../base/json.js';
import { failureAt, type LocatedValue, type Report, toJson } from './located-value.js';
import { labelOf } from './reference.js';
import type { StepSpec } from './step-spec.js';

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
  readonly located: LocatedValue;
}

/** How many nodes a pipeline may become; more are a slip of the pen, and would not fit into memory. */
export const nodesLimit = 100_000;

/** All combinations of a step's matrix: names in written order, the last varying fastest. */
export function expandMatrix(step: StepSpec, report: Report): readonly Combination[] {
  const axes = step.matrix.map(({ name, location, values }) => {
    const seen = new Set<string>();
    return values.flatMap((located): MatrixValue[] => {
      const value = toJson(located);
      const label = labelOf([{ name, value }]);
      if (seen.has(label)) {
        report(failureAt(located, 'invalid-value', `${label} stands in the matrix twice`));
        return [];
      }
      seen.add(label);
      return [{ name, location, value, located }];
    });
  });
  const count = axes.reduce((product, axis) => product * axis.length, 1);
  if (count > nodesLimit) {
    report(failureAt(step, 'invalid-value', `the matrix has ${count} combinations, more than ${nodesLimit}`));
    return [];
  }
  let combinations: readonly (readonly MatrixValue[])[] = [[]];
  for (const axis of axes)
    combinations = combinations.flatMap((start) => axis.map((value) => [...start, value]));
  return combinations.map((values) => ({ label: labelOf(values), values }));
}
