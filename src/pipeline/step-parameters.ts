import type { Location } from '../base/failure.js';
import { FailureError } from '../base/failure.js';
import type { Json, JsonObject } from '../base/json.js';
import type { Combination } from './expand-matrix.js';
import { failureAt, hasUnknown, type LocatedValue, type Report, toJsonObject } from './located-value.js';
import { type ParameterError, type ParameterValidators, parameterErrors } from './parameter-errors.js';
import { own, withDefaults } from './parameter-schema.js';
import type { StepSpec } from './step-spec.js';

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
  report: Report,
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
      const given: JsonObject =
        combination.values.length === 0
          ? fixed
          : Object.fromEntries([
              ...Object.entries(fixed),
              ...combination.values.map(({ name, value }): [string, Json] => [name, value]),
            ]);
      const errors = parameterErrors(kind, validator, given).filter(
        ({ path, type, name }) => !(type === 'missing' && path.length === 0 && isSetting(name ?? '')),
      );
      for (const error of errors) reportError(step, combination, error, report);
      const isUnknown = fixedUnknown || combination.values.some(({ located }) => hasUnknown(located));
      if (errors.length > 0 || isUnknown) return undefined;
      return { given, full: withDefaults(kind.parameters as JsonObject, given) };
    },
  };
}

function reportError(step: StepSpec, combination: Combination, error: ParameterError, report: Report): void {
  const [first, ...rest] = error.path;
  const axis = combination.values.find(({ name }) => name === first);
  let place: { readonly location: Location; readonly origin?: Location } = step;
  let value: LocatedValue | undefined = step.with;
  let path = error.path;
  if (axis !== undefined) {
    value = axis.located;
    place = value;
    path = rest;
  }
  for (const [index, name] of path.entries()) {
    if (value?.type === 'map') {
      const entry = value.entries.get(name);
      if (entry === undefined) break;
      const isName = error.type === 'unknown' && index === path.length - 1;
      place = isName ? { location: entry.location } : entry.value;
      value = entry.value;
    } else if (value?.type === 'list') {
      value = value.elements[Number(name)];
      if (value === undefined) break;
      place = value;
    }
  }
  if (value !== undefined && value !== step.with && hasUnknown(value)) return;
  const reason =
    error.type === 'unknown'
      ? 'unknown-parameter'
      : error.type === 'missing'
        ? 'missing-key'
        : 'invalid-value';
  report(failureAt(place, reason, error.message, { hint: error.hint }));
}
