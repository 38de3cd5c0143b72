import type { Failure, Location } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import type { Kind } from '../kinds/kind.js';
import {
  failureAt,
  type LocatedMap,
  type LocatedValue,
  type Report,
  textOf,
  valueAt,
} from './located-value.js';
import { suggestion } from './nearest-name.js';
import { own, parameterNamesOf } from './parameter-schema.js';
import { parseYaml } from './parse-yaml.js';

const fileName = '--set';

/**
 * Puts the values of `--set PATH=YAML` arguments in place, later ones over earlier ones. PATH is `params.NAME...`, which
 * must be there, or `steps.NAME.with.PARAMETER...`, which must be there or be known to the step's kind.
 */
export function applySets(
  pipeline: LocatedMap,
  sets: readonly string[],
  kinds: { readonly [name: string]: Kind },
  report: Report,
): LocatedMap {
  let current = pipeline;
  for (const argument of sets) {
    const applied = applySet(current, argument, kinds);
    if (applied.ok) current = applied.value;
    else applied.failure.forEach(report);
  }
  return current;
}

function applySet(
  pipeline: LocatedMap,
  argument: string,
  kinds: { readonly [name: string]: Kind },
): Result<LocatedMap, Failure[]> {
  const equals = argument.indexOf('=');
  const path = equals === -1 ? argument : argument.slice(0, equals);
  const location: Location = {
    file: fileName,
    line: 1,
    column: 1,
    length: Math.max(1, path.length),
    lineText: argument,
  };
  const fail = (reason: Failure['reason'], message: string, hint?: string) =>
    failed([failureAt({ location }, reason, message, { hint })]);

  if (equals === -1) return fail('usage', '--set wants PATH=YAML', `write ${path}=VALUE`);
  const names = path.split('.');
  const isParameter = names[0] === 'params' && names.length >= 2;
  const isWith = names[0] === 'steps' && names[2] === 'with' && names.length >= 4;
  if (!isParameter && !isWith) {
    return fail(
      'unknown-path',
      `${path} cannot be set`,
      'what can be set begins with params. or steps.NAME.with.',
    );
  }
  const value = parseYaml(argument.slice(equals + 1), { file: fileName, prefix: `${path}=` });
  if (!value.ok) return value;

  for (const [index, name] of names.entries()) {
    const start = names.slice(0, index);
    const known = namesBelow(pipeline, start, kinds);
    if (known === undefined || known.includes(name)) continue;
    const rest = names.slice(index + 1);
    const hint = suggestion(name, known, (one) => [...start, one, ...rest].join('.'));
    return fail('unknown-path', `there is no ${[...start, name].join('.')}`, hint);
  }
  return success(put(pipeline, names, value.value, location));
}

/** The names that may follow a path; undefined where any may. */
function namesBelow(
  pipeline: LocatedMap,
  path: readonly string[],
  kinds: { readonly [name: string]: Kind },
): readonly string[] | undefined {
  const value = valueAt(pipeline, path);
  const there = value?.type === 'map' ? [...value.entries.keys()] : [];
  if (path[0] === 'params' || path.length === 1) return there;
  if (path.length !== 3) return undefined;
  const kind = textOf(valueAt(pipeline, [...path.slice(0, 2), 'kind']));
  const found = kind === undefined ? undefined : own(kinds, kind);
  const known = found === undefined ? undefined : parameterNamesOf(found);
  return known === undefined ? undefined : [...new Set([...there, ...known])];
}

function put(map: LocatedMap, names: readonly string[], value: LocatedValue, location: Location): LocatedMap {
  const [name = '', ...rest] = names;
  const below = map.entries.get(name);
  const entries = new Map(map.entries);
  if (rest.length === 0) {
    entries.set(name, { location: below?.location ?? location, value });
  } else {
    const inner: LocatedMap =
      below?.value.type === 'map' ? below.value : { type: 'map', entries: new Map(), location };
    entries.set(name, { location: below?.location ?? location, value: put(inner, rest, value, location) });
  }
  return { ...map, entries };
}
