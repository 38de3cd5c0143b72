import { suggestion } from '../../base/nearest-name.js';
import { declaredNames, pathOfDeclared } from '../../kinds/declared-values.js';
import type { Kind } from '../../kinds/kind.js';
import { type LocatedMap, type LocatedValue, toJsonObject } from '../text/located-value.js';

/** The names of the parameters that a kind knows; undefined where it takes any name. */
export function parameterNamesOf(kind: Kind): readonly string[] | undefined {
  const { additionalProperties, properties = {} } = kind.parameters.schema;
  return additionalProperties === false ? Object.keys(properties as object) : undefined;
}

/** Where a name that a step declares leads to from its `with`; undefined where it declares none of that name. */
export function pathOfDeclaration(
  { declarations }: Kind,
  withValue: LocatedValue | undefined,
  name: string,
): readonly string[] | undefined {
  const values = declarationsIn(declarations, withValue);
  const path = values && pathOfDeclared(toJsonObject(values), name);
  return path && [declarations ?? '', ...path];
}

/** All names that a step declares. */
export function declarationNames(
  { declarations }: Kind,
  withValue: LocatedValue | undefined,
): readonly string[] {
  const values = declarationsIn(declarations, withValue);
  return values === undefined ? [] : declaredNames(toJsonObject(values));
}

/** What to write where a name is none that the step declares. */
export function undeclaredHint(kind: Kind, withValue: LocatedValue | undefined, name: string): string {
  const known = declarationNames(kind, withValue);
  return known.length === 0 || parameterNamesOf(kind)?.includes(name) === true
    ? `declare what varies, with a default: with: { ${kind.declarations}: { NAME: VALUE } }`
    : (suggestion(name, known) ?? '');
}

function declarationsIn(
  declarations: string | undefined,
  withValue: LocatedValue | undefined,
): LocatedMap | undefined {
  if (declarations === undefined || withValue?.type !== 'map') return undefined;
  const value = withValue.entries.get(declarations)?.value;
  return value?.type === 'map' ? value : undefined;
}
