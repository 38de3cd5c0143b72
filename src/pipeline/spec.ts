import type { Location } from '../base/failure.js';
import type { JsonObject } from '../base/json.js';
import { engines } from '../engines/registry.js';
import type { Kind } from '../kinds/kind.js';
import {
  failureAt,
  type LocatedEntry,
  type LocatedMap,
  type LocatedValue,
  type Report,
  textOf,
  toJsonObject,
} from './located-value.js';
import { suggestion } from './nearest-name.js';
import { own, parameterNamesOf } from './parameter-schema.js';
import { parseReference, type Reference } from './reference.js';

/** A pipeline whose every step has a known kind, only known keys, and well-formed references. */
export interface Spec {
  readonly name: string;
  readonly engine: string;
  readonly params: JsonObject;
  readonly configuration: JsonObject;
  readonly steps: ReadonlyMap<string, StepSpec>;
  /** Steps that are written but not in `steps`, because of failures already reported. */
  readonly broken: ReadonlySet<string>;
  readonly waivers: readonly WaiverSpec[];
}

export interface StepSpec {
  readonly name: string;
  /** Where the name stands. */
  readonly location: Location;
  readonly kind: Kind;
  readonly with: LocatedMap;
  readonly inputs: readonly InputSpec[];
  readonly over: readonly InputSpec[];
  readonly matrix: readonly MatrixSpec[];
  readonly gpus: number;
  /** Named on the step itself; may be `auto`. */
  readonly engine?: string;
}

export interface InputSpec {
  readonly port: string;
  /** Where the port's name stands. */
  readonly portLocation: Location;
  readonly location: Location;
  /** A list of references stands for a list of what they name. */
  readonly isList: boolean;
  readonly references: readonly { readonly reference: Reference; readonly location: Location }[];
}

export interface MatrixSpec {
  readonly name: string;
  readonly location: Location;
  readonly values: readonly LocatedValue[];
}

export interface WaiverSpec {
  readonly step: string;
  readonly reason: string;
  readonly location: Location;
}

export interface SpecOptions {
  readonly kinds: { readonly [name: string]: Kind };
  /** Takes the place of the pipeline's `engine:` (`--engine`). */
  readonly engine?: string | undefined;
  /** Name of a pipeline that has none. */
  readonly fallbackName: string;
}

export const topLevelKeys = ['version', 'name', 'default', 'extends', 'engine', 'params', 'waive', 'steps'];
export const stepKeys = ['kind', 'in', 'over', 'with', 'matrix', 'resources', 'engine'];
const namePattern = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Checks everything about a pipeline that needs no knowledge of how its steps are connected. */
export function readSpec(pipeline: LocatedMap, options: SpecOptions, report: Report): Spec {
  const entries = pipeline.entries;
  refuseUnknownKeys(pipeline, topLevelKeys, report);
  checkVersion(pipeline, report);

  const steps = new Map<string, StepSpec>();
  const broken = new Set<string>();
  const written = entries.get('steps');
  if (written === undefined) {
    report(failureAt(pipeline, 'missing-key', 'the pipeline has no steps', { hint: 'add steps:' }));
  }
  for (const [name, entry] of mapEntries(written, 'steps', report)) {
    const step = readStep(name, entry, options.kinds, report);
    if (step === undefined) broken.add(name);
    else steps.set(name, step);
  }
  const params = entries.get('params')?.value;
  const asked = options.engine ?? 'auto';
  if (options.engine !== undefined && !isEngine(options.engine)) {
    report({
      reason: 'unknown-engine',
      message: `there is no engine ${options.engine}`,
      ...hintOf(suggestion(options.engine, engineNames())),
    });
  }
  return {
    name: readName(pipeline, options.fallbackName, report),
    engine: options.engine === undefined ? (readEngine(entries.get('engine'), report) ?? 'auto') : asked,
    params: params !== undefined && expectMap(params, 'params', report) ? toJsonObject(params) : {},
    configuration: toJsonObject(pipeline),
    steps,
    broken,
    waivers: readWaivers(entries.get('waive')?.value, written?.value, report),
  };
}

function readStep(
  name: string,
  entry: LocatedEntry,
  kinds: { readonly [name: string]: Kind },
  report: Report,
): StepSpec | undefined {
  if (!namePattern.test(name)) {
    report(
      failureAt(entry, 'invalid-value', `${JSON.stringify(name)} is no name of a step`, {
        hint: 'use letters, digits, _ and -, a letter first',
      }),
    );
  }
  const step = entry.value;
  if (!expectMap(step, `step ${name}`, report)) return undefined;
  refuseUnknownKeys(step, stepKeys, report);

  const field = (key: string) => step.entries.get(key);
  const kindValue = field('kind')?.value;
  if (kindValue === undefined) {
    report(failureAt(entry, 'missing-key', `step ${name} has no kind`, { hint: 'add kind: KIND' }));
    return undefined;
  }
  const kindName = expectText(kindValue, 'kind', report);
  if (kindName === undefined) return undefined;
  const kind = own(kinds, kindName);
  if (kind === undefined) {
    report(
      failureAt(kindValue, 'unknown-kind', `there is no kind ${kindName}`, {
        hint: suggestion(kindName, Object.keys(kinds)),
      }),
    );
    return undefined;
  }
  const engine = readEngine(field('engine'), report);
  if (engine !== undefined && kind.usesEngine !== true) {
    // The field is there, or there would be no engine.
    report(failureAt(field('engine')!.value, 'invalid-value', `${kind.name} computes without an engine`));
  }
  const withValue = field('with')?.value;
  const inputs = readInputs(field('in'), report);
  const over = readInputs(field('over'), report);
  if (inputs === undefined || over === undefined) return undefined;
  for (const { port, portLocation } of over) {
    if (inputs.some((input) => input.port === port)) {
      report(failureAt({ location: portLocation }, 'setting-twice', `port ${port} is in both in and over`));
    }
  }
  return {
    name,
    location: entry.location,
    kind,
    with:
      withValue !== undefined && expectMap(withValue, 'with', report)
        ? withValue
        : { type: 'map', entries: new Map(), location: entry.location },
    inputs,
    over,
    matrix: readMatrix(field('matrix'), kind, withValue, report),
    gpus: readGpus(field('resources'), report),
    ...(engine === undefined ? {} : { engine }),
  };
}

/** Undefined where a reference is not known. */
function readInputs(field: LocatedEntry | undefined, report: Report): readonly InputSpec[] | undefined {
  const inputs: InputSpec[] = [];
  let known = true;
  for (const [port, entry] of mapEntries(field, 'a map of ports', report)) {
    const isList = entry.value.type === 'list';
    const values = entry.value.type === 'list' ? entry.value.elements : [entry.value];
    const references: InputSpec['references'][number][] = [];
    for (const value of values) {
      const text = textOf(value);
      const reference = text === undefined ? undefined : parseReference(text);
      if (reference !== undefined) {
        references.push({ reference, location: value.location });
        continue;
      }
      known = false;
      if (value.type === 'scalar' && value.unknown) continue;
      report(
        failureAt(value, 'invalid-value', `port ${port} wants the name of a step or of one of its ports`, {
          hint: `write ${port}: STEP or ${port}: STEP.PORT`,
        }),
      );
    }
    inputs.push({ port, portLocation: entry.location, location: entry.value.location, isList, references });
  }
  return known ? inputs : undefined;
}

function readMatrix(
  field: LocatedEntry | undefined,
  kind: Kind,
  withValue: LocatedValue | undefined,
  report: Report,
): readonly MatrixSpec[] {
  const matrix: MatrixSpec[] = [];
  const known = parameterNamesOf(kind);
  for (const [name, entry] of mapEntries(field, 'a map of parameters', report)) {
    const { location, value } = entry;
    if (known !== undefined && !known.includes(name)) {
      report(
        failureAt(entry, 'unknown-parameter', `${kind.name} has no parameter ${name}`, {
          hint: suggestion(name, known),
        }),
      );
      continue;
    }
    if (withValue?.type === 'map' && withValue.entries.has(name)) {
      report(failureAt(entry, 'setting-twice', `${name} is in both with and matrix`));
      continue;
    }
    if (value.type === 'list' && value.elements.length > 0)
      matrix.push({ name, location, values: value.elements });
    else if (value.type !== 'scalar' || !value.unknown) {
      report(
        failureAt(value, 'invalid-value', `matrix.${name} must be a list of at least one value`, {
          hint: `write ${name}: [A, B]`,
        }),
      );
    }
  }
  return matrix;
}

function readGpus(field: LocatedEntry | undefined, report: Report): number {
  if (field === undefined || !expectMap(field.value, 'resources', report)) return 0;
  refuseUnknownKeys(field.value, ['gpu'], report);
  const gpu = field.value.entries.get('gpu')?.value;
  if (gpu === undefined || (gpu.type === 'scalar' && gpu.unknown)) return 0;
  const count = gpu.type === 'scalar' ? gpu.value : undefined;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count;
  report(failureAt(gpu, 'invalid-value', 'resources.gpu must be a whole number, at least 0'));
  return 0;
}

function readEngine(field: LocatedEntry | undefined, report: Report): string | undefined {
  if (field === undefined) return undefined;
  const engine = expectText(field.value, 'engine', report);
  if (engine === undefined || isEngine(engine)) return engine;
  report(
    failureAt(field.value, 'unknown-engine', `there is no engine ${engine}`, {
      hint: suggestion(engine, engineNames()),
    }),
  );
  return undefined;
}

function readWaivers(
  value: LocatedValue | undefined,
  steps: LocatedValue | undefined,
  report: Report,
): readonly WaiverSpec[] {
  if (value === undefined) return [];
  if (value.type !== 'list') {
    report(
      failureAt(value, 'invalid-value', 'waive must be a list', {
        hint: 'waive: [{ step: NAME, reason: TEXT }]',
      }),
    );
    return [];
  }
  const names = steps?.type === 'map' ? [...steps.entries.keys()] : [];
  return value.elements.flatMap((element) => {
    if (!expectMap(element, 'a waiver', report)) return [];
    refuseUnknownKeys(element, ['step', 'reason'], report);
    const [step, reason] = ['step', 'reason'].map((key) => {
      const field = element.entries.get(key)?.value;
      if (field === undefined) report(failureAt(element, 'missing-key', `a waiver has no ${key}`));
      return field === undefined ? undefined : expectText(field, key, report);
    });
    if (step === undefined || reason === undefined) return [];
    if (names.includes(step)) return [{ step, reason, location: element.location }];
    report(
      failureAt(element.entries.get('step')?.value ?? element, 'unknown-step', `there is no step ${step}`, {
        hint: suggestion(step, names),
      }),
    );
    return [];
  });
}

function checkVersion(pipeline: LocatedMap, report: Report): void {
  const version = pipeline.entries.get('version')?.value;
  if (version === undefined) {
    report(
      failureAt(pipeline, 'missing-key', 'the pipeline has no version', { hint: 'begin with version: 1' }),
    );
  } else if (version.type !== 'scalar' || version.value !== 1) {
    report(failureAt(version, 'invalid-value', 'this kshot reads version 1', { hint: 'write version: 1' }));
  }
}

function readName(pipeline: LocatedMap, fallback: string, report: Report): string {
  const value = pipeline.entries.get('name')?.value;
  const byDefault = pipeline.entries.get('default')?.value;
  if (byDefault !== undefined && (byDefault.type !== 'scalar' || typeof byDefault.value !== 'boolean')) {
    report(failureAt(byDefault, 'invalid-value', 'default must be true or false'));
  }
  if (value === undefined) return fallback;
  const name = expectText(value, 'name', report);
  if (name === undefined || namePattern.test(name)) return name ?? fallback;
  report(
    failureAt(value, 'invalid-value', `${JSON.stringify(name)} is no name of a pipeline`, {
      hint: 'use letters, digits, _ and -, a letter first',
    }),
  );
  return fallback;
}

function refuseUnknownKeys(map: LocatedMap, known: readonly string[], report: Report): void {
  for (const [key, entry] of map.entries) {
    if (known.includes(key)) continue;
    report(failureAt(entry, 'unknown-key', `unknown key ${key}`, { hint: suggestion(key, known) }));
  }
}

function mapEntries(
  field: LocatedEntry | undefined,
  what: string,
  report: Report,
): Iterable<[string, LocatedEntry]> {
  return field !== undefined && expectMap(field.value, what, report) ? field.value.entries : [];
}

function expectMap(value: LocatedValue, what: string, report: Report): value is LocatedMap {
  if (value.type === 'map') return true;
  if (value.type === 'list' || !value.unknown) {
    report(failureAt(value, 'invalid-value', `${what} must be a map`));
  }
  return false;
}

function expectText(value: LocatedValue, what: string, report: Report): string | undefined {
  const text = textOf(value);
  if (text !== undefined && text !== '') return text;
  if (value.type !== 'scalar' || !value.unknown)
    report(failureAt(value, 'invalid-value', `${what} must be text`));
  return undefined;
}

function isEngine(name: string): boolean {
  return name === 'auto' || Object.hasOwn(engines, name);
}

function engineNames(): readonly string[] {
  return ['auto', ...Object.keys(engines)];
}

function hintOf(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}
