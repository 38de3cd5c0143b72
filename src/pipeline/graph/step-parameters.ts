import type { Location } from '../../base/failure.js';
import { FailureError } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import type { WrittenNames } from '../../kinds/kind.js';
import type { StepSpec } from '../spec/step-spec.js';
import {
  failureAt,
  findWritten,
  hasUnknown,
  type LocatedValue,
  type ReportFailure,
  toJsonObject,
} from '../text/located-value.js';
import { type Combination, withCombination } from './expand-matrix.js';
import { type ParameterError, type ParameterValidators, parameterErrors } from './parameter-errors.js';

export interface StepParameters {
  /** As written. */
  readonly given: JsonObject;
  /** With the defaults of the kind's schema. */
  readonly full: JsonObject;
}

export interface ParameterReader {
  /** Undefined where they are not valid, which has been reported. */
  read(combination: Combination): StepParameters | undefined;
}

/**
 * Reads a step's parameters for each combination of its matrix, and checks them by the kind's schema.
 *
 * @param isSetting Whether a parameter may come from the step's settings, so that it need not be written.
 */
export function createParameterReader(
  step: StepSpec,
  validators: ParameterValidators,
  isSetting: (name: string) => boolean,
  report: ReportFailure,
): ParameterReader {
  const { kind } = step;
  const validator = own(validators, kind.name);
  if (validator === undefined) {
    throw new FailureError({
      reason: 'bug',
      message: `the build holds no schema of ${kind.name}`,
      hint: 'run npm run build',
    });
  }
  const fixed = toJsonObject(step.with);
  const fixedUnknown = hasUnknown(step.with);
  return {
    read: (combination) => {
      const given = withCombination(fixed, combination);
      const errors = parameterErrors(kind, validator, given).filter(
        ({ path, type, name }) => !(type === 'missing' && path.length === 0 && isSetting(name ?? '')),
      );
      for (const error of errors) reportError(step, combination, error, report);
      const isUnknown = fixedUnknown || combination.values.some(({ located }) => hasUnknown(located));
      if (errors.length > 0 || isUnknown) return undefined;
      return { given, full: kind.parameters.complete(given) };
    },
  };
}

function reportError(
  step: StepSpec,
  combination: Combination,
  error: ParameterError,
  report: ReportFailure,
): void {
  const { place, name } = findParameter(step, combination, error.path);
  if ('type' in place && hasUnknown(place)) return;
  const reason =
    error.type === 'unknown'
      ? 'unknown-parameter'
      : error.type === 'missing'
        ? 'missing-key'
        : 'invalid-value';
  const isName = error.type === 'unknown' && name !== undefined;
  const replaced =
    error.path.length === 1 ? own(step.kind.replacedParameters ?? {}, error.name ?? '') : undefined;
  const hint = replaced ?? error.hint;
  report(failureAt(isName ? { location: name } : place, reason, error.message, { hint }));
}

/** Which parameters are written, and which of these vary. */
export function writtenNames({ given }: StepParameters, combination: Combination): WrittenNames {
  return { names: Object.keys(given), varied: combination.values.map(({ path: [name = ''] }) => name) };
}

/** Where a parameter stands. */
export interface FoundParameter {
  /** The value in the matrix or under `with`, or the nearest around it that is written; else the step. */
  readonly place: LocatedValue | StepSpec;
  /** The name before the value, where there is one. */
  readonly name?: Location | undefined;
}

/** Finds a parameter by the names and indices that lead to it. */
export function findParameter(
  step: StepSpec,
  combination: Combination,
  path: readonly string[],
): FoundParameter {
  const axis = combination.values.find(({ path: to }) => to.every((name, index) => name === path[index]));
  const { place, name } = findWritten(axis?.located ?? step.with, path.slice(axis?.path.length ?? 0));
  return { place: place ?? axis?.located ?? step, name };
}
