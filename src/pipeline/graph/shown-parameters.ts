import { isJsonObject, type JsonObject } from '../../base/json.js';
import { joined } from '../../base/own-properties.js';
import { flatDeclared } from '../../kinds/declared-values.js';
import type { Kind } from '../../kinds/kind.js';
import type { StepParameters } from './step-parameters.js';

/** A node's parameters as people see them. */
export interface ShownParameters {
  /** For tables: what the user gave, and what a step declares under its own names. */
  readonly all: JsonObject;
  /** Those that tell a candidate of a choice from others. */
  readonly names: JsonObject;
}

/**
 * @param set names of settings that come from another step, in whose place a declared default says nothing
 */
export function shownParameters(
  { declarations }: Kind,
  { given, full }: StepParameters,
  set: readonly string[],
): ShownParameters {
  if (declarations === undefined) return { all: given, names: given };
  const declared = full[declarations];
  const written = isJsonObject(declared) ? declared : {};
  const values = Object.values(written).some(isJsonObject) ? flatDeclared(written) : written;
  const isSet = (name: string) => set.some((one) => name === one || name.startsWith(`${one}.`));
  const names =
    set.length === 0 ? values : Object.fromEntries(Object.entries(values).filter(([name]) => !isSet(name)));
  const { [declarations]: _, ...rest } = given;
  return { all: joined(rest, names), names };
}
