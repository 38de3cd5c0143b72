import { CST, Lexer } from 'yaml';
import type { Failure, Location } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import { isName, noName, own } from '../../base/own-properties.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Kind } from '../../kinds/kind.js';
import { declarationNames, parameterNamesOf } from '../spec/parameter-schema.js';
import {
  failureAt,
  type LocatedMap,
  type LocatedValue,
  type ReportFailure,
  textOf,
  valueAt,
} from './located-value.js';
import { parseYaml } from './parse-yaml.js';

const fileName = '--set';

/**
 * Puts the values of `--set PATH=YAML` arguments in place, later ones over earlier ones. PATH is `params.NAME...`, which
 * must be there; `steps.NAME.with.PARAMETER...`, which must be there or be known to the step's kind; or
 * `steps.NAME.matrix.PARAMETER`, a sweep in the place of the parameter's one value.
 */
export function applySets(
  pipeline: LocatedMap,
  sets: readonly string[],
  kinds: { readonly [name: string]: Kind },
  report: ReportFailure,
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
  const names = namesOf(path);
  if (!canBeSet(names)) {
    const whole = wholePaths(pipeline, names, kinds).map((one) => `--set ${one}=…`);
    return fail(
      'unknown-path',
      `${path} cannot be set`,
      whole.length > 0
        ? `write ${whole.slice(0, 4).join(' or ')}`
        : 'what can be set begins with params., steps.NAME.with. or steps.NAME.matrix.',
    );
  }
  if (names.includes('')) {
    const without = names.filter((name) => name !== '');
    const isThere = canBeSet(without) && firstUnknown(pipeline, without, kinds) === undefined;
    const hint = isThere ? `write ${without.join('.')}` : undefined;
    return fail('unknown-path', `${path} has an empty name in it`, hint);
  }
  const text = argument.slice(equals + 1);
  // The shell takes one pair of quotes off, YAML the other.
  const asText = `as text: --set ${quotedForShell(`${path}=${JSON.stringify(text)}`)}`;
  const lost = syntaxWithoutValue(text);
  if (lost !== undefined) {
    const place = { ...location, column: equals + 2 + lost.start, length: lost.length };
    const message = `YAML takes this for ${lost.meaning}, not for a part of the value`;
    return failed([failureAt({ location: place }, 'yaml-syntax', message, { hint: asText })]);
  }
  const value = parseYaml(text, { file: fileName, prefix: `${path}=` });
  if (!value.ok) {
    return failed(
      value.failure.map(({ hint, ...failure }) => ({
        ...failure,
        hint: hint === undefined ? asText : `${hint}\n${asText}`,
      })),
    );
  }

  const unknown = firstUnknown(pipeline, names, kinds);
  if (unknown === undefined) {
    const refusal = refusedPath(pipeline, path, text, kinds);
    if (refusal === undefined) return success(putInPlace(pipeline, names, value.value, location));
    return fail(refusal.reason, refusal.message, refusal.hint);
  }
  const { index, known } = unknown;
  const start = names.slice(0, index);
  const hint = suggestion(names[index] ?? '', known, (one) => {
    const whole = [...start, one, ...names.slice(index + 1)];
    const isThere = firstUnknown(pipeline, whole, kinds) === undefined;
    return (isThere ? whole : [...start, one]).join('.');
  });
  return fail('unknown-path', `there is no ${names.slice(0, index + 1).join('.')}`, hint);
}

/** What is wrong with setting a value that there is; undefined where nothing is. */
function refusedPath(
  pipeline: LocatedMap,
  path: string,
  text: string,
  kinds: { readonly [name: string]: Kind },
): { readonly reason: Failure['reason']; readonly message: string; readonly hint: string } | undefined {
  const names = namesOf(path);
  if (!path.split('.').every(isName)) {
    return {
      reason: 'unknown-path',
      message: `${path} cannot be set: __proto__ ${noName.message}`,
      hint: noName.hint,
    };
  }
  const swept = sweptName(pipeline, names, kinds);
  if (swept === undefined) return undefined;
  const [, step = ''] = names;
  return {
    reason: 'setting-twice',
    message: `${swept} is in the matrix of ${step}, whose values take the place of this one`,
    hint: `write --set steps.${step}.matrix.${swept}=[${text}]`,
  };
}

/** The paths of values of that name: what a name alone may be meant for. */
function wholePaths(
  pipeline: LocatedMap,
  names: readonly string[],
  kinds: { readonly [name: string]: Kind },
): readonly string[] {
  const steps = valueAt(pipeline, ['steps']);
  const stepNames = steps?.type === 'map' ? [...steps.entries.keys()] : [];
  const paths = [
    ['params', ...names],
    ...stepNames.flatMap((step) => {
      const declared = kindOf(pipeline, step, kinds)?.declarations;
      const inStep = ['steps', step, 'with'];
      const places = declared === undefined ? [inStep] : [inStep, [...inStep, declared]];
      return places.map((place) => [...place, ...names]);
    }),
  ];
  return paths.filter((path) => valueAt(pipeline, path) !== undefined).map((path) => path.join('.'));
}

/** What YAML reads and drops: where somebody gives a single value, it was meant as a part of it. */
function syntaxWithoutValue(
  text: string,
): { readonly start: number; readonly length: number; readonly meaning: string } | undefined {
  let start = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const meaning = meanings[CST.tokenType(lexeme) ?? ''];
    if (meaning !== undefined) return { start, length: Math.max(1, lexeme.trimEnd().length), meaning };
    // Of these two the lexer's own marks, which stand for no text.
    if (lexeme !== CST.DOCUMENT && lexeme !== CST.SCALAR) start += lexeme.length;
  }
  return undefined;
}

const meanings: { readonly [token: string]: string } = {
  comment: 'a comment',
  'directive-line': 'a directive',
  anchor: 'a name for what follows it',
  'doc-start': 'the beginning of a document',
  'doc-end': 'the end of a document',
};

function quotedForShell(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The names of a path, of which one below a matrix may have dots in it. */
function namesOf(path: string): readonly string[] {
  const names = path.split('.');
  return names[0] === 'steps' && names[2] === 'matrix' && names.length > 4
    ? [...names.slice(0, 3), names.slice(3).join('.')]
    : names;
}

function canBeSet(names: readonly string[]): boolean {
  const isParameter = names[0] === 'params' && names.length >= 2;
  const isOfStep = names[0] === 'steps' && (names[2] === 'with' || names[2] === 'matrix');
  return isParameter || (isOfStep && names.length >= 4);
}

/** The name of a declaration, or of what it is part of, that a matrix would override; undefined where none does. */
function sweptName(
  pipeline: LocatedMap,
  [, step = '', part, ...rest]: readonly string[],
  kinds: { readonly [name: string]: Kind },
): string | undefined {
  const { declarations } = kindOf(pipeline, step, kinds) ?? {};
  if (part !== 'with' || declarations === undefined || rest[0] !== declarations) return undefined;
  const name = rest.slice(1).join('.');
  const matrix = valueAt(pipeline, ['steps', step, 'matrix']);
  const axes = matrix?.type === 'map' ? [...matrix.entries.keys()] : [];
  return axes.find((axis) => name === axis || name.startsWith(`${axis}.`));
}

/** A sweep takes the place of the one value that the parameter has; of a declaration that is its default. */
function putInPlace(
  pipeline: LocatedMap,
  names: readonly string[],
  value: LocatedValue,
  location: Location,
): LocatedMap {
  const changed = put(pipeline, names, value, location);
  const [, step = '', part, name = ''] = names;
  return part === 'matrix' ? without(changed, ['steps', step, 'with', name]) : changed;
}

function without(map: LocatedMap, names: readonly string[]): LocatedMap {
  const [name = '', ...rest] = names;
  const below = map.entries.get(name);
  if (below === undefined) return map;
  const entries = new Map(map.entries);
  if (rest.length === 0) entries.delete(name);
  else if (below.value.type === 'map') entries.set(name, { ...below, value: without(below.value, rest) });
  return { ...map, entries };
}

function kindOf(
  pipeline: LocatedMap,
  step: string,
  kinds: { readonly [name: string]: Kind },
): Kind | undefined {
  const kind = textOf(valueAt(pipeline, ['steps', step, 'kind']));
  return kind === undefined ? undefined : own(kinds, kind);
}

/** The first name of a path that cannot stand there, and those that can; undefined for a path that can be set. */
function firstUnknown(
  pipeline: LocatedMap,
  names: readonly string[],
  kinds: { readonly [name: string]: Kind },
): { readonly index: number; readonly known: readonly string[] } | undefined {
  for (const [index, name] of names.entries()) {
    const known = namesBelow(pipeline, names.slice(0, index), kinds);
    if (known !== undefined && !known.includes(name)) return { index, known };
  }
  return undefined;
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
  const [, step = '', part, name] = path;
  const kind = part === undefined ? undefined : kindOf(pipeline, step, kinds);
  if (kind === undefined) return undefined;
  const declared = kind.declarations;
  if (path.length > 3)
    return part === 'with' && name === declared && value?.type === 'map' ? there : undefined;
  const isDeclaring = part === 'matrix' && declared !== undefined;
  const known = isDeclaring ? namesDeclared(pipeline, step, kind) : parameterNamesOf(kind);
  return known === undefined ? undefined : [...new Set([...there, ...known])];
}

/** What a step declares; undefined where a template stands in the place of it. */
function namesDeclared(pipeline: LocatedMap, step: string, kind: Kind): readonly string[] | undefined {
  const withValue = valueAt(pipeline, ['steps', step, 'with']);
  const values = withValue && valueAt(withValue, [kind.declarations ?? '']);
  return values?.type === 'scalar' ? undefined : declarationNames(kind, withValue);
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
