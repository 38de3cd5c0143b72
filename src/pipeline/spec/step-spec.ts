import type { Location } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import { own } from '../../base/own-properties.js';
import type { DeclaredSegments, Kind } from '../../kinds/kind.js';
import { replacedKinds } from '../../kinds/registry.js';
import {
  type BatchOptions,
  type ExecutorName,
  readBatchOptions,
  readExecutor,
} from '../text/batch-options.js';
import {
  expectMap,
  expectText,
  mapEntries,
  namePattern,
  readEngine,
  refuseUnknownKeys,
} from '../text/fields.js';
import {
  failureAt,
  type LocatedEntry,
  type LocatedMap,
  type LocatedValue,
  type ReportFailure,
  textOf,
} from '../text/located-value.js';
import { parameterNamesOf, pathOfDeclaration, undeclaredHint } from './parameter-schema.js';
import { parseReference, type Reference } from './reference.js';
import { type ResourcesSpec, readCount, readResources } from './resources-spec.js';
import { readSegments } from './segments-spec.js';

export interface StepSpec {
  readonly name: string;
  /** Where the name stands. */
  readonly location: Location;
  readonly kind: Kind;
  readonly with: LocatedMap;
  readonly inputs: readonly InputSpec[];
  readonly over: readonly InputSpec[];
  readonly matrix: readonly MatrixSpec[];
  /** What the step says of its segments. */
  readonly segments?: DeclaredSegments;
  readonly resources: ResourcesSpec;
  /** How often a failed node is tried again. */
  readonly retries: number;
  /** Where it runs, and what it asks of the batch system there. */
  readonly executor?: ExecutorName;
  readonly slurm?: BatchOptions;
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
  /** Where its values go: names that lead to a parameter, or into one. */
  readonly path: readonly string[];
  readonly values: readonly LocatedValue[];
}

const stepKeys = [
  'kind',
  'in',
  'over',
  'with',
  'matrix',
  'segments',
  'resources',
  'retries',
  'engine',
  'executor',
  'slurm',
];

export function readStep(
  name: string,
  entry: LocatedEntry,
  {
    kinds,
    resources: defaults,
  }: { readonly kinds: { readonly [name: string]: Kind }; readonly resources?: ResourcesSpec | undefined },
  report: ReportFailure,
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
  const kind = readKind(kindValue, kinds, report);
  if (kind === undefined) return undefined;
  const engine = readEngine(field('engine'), report);
  if (engine !== undefined && kind.usesEngine !== true) {
    // The field is there, or there would be no engine.
    report(failureAt(field('engine')!.value, 'invalid-value', `${kind.name} computes without an engine`));
  }
  const withValue = field('with')?.value;
  const inputs = readInputs('in', field('in'), report);
  const over = readInputs('over', field('over'), report);
  if (inputs === undefined || over === undefined) return undefined;
  for (const { port, portLocation } of over) {
    if (inputs.some((input) => input.port === port)) {
      report(failureAt({ location: portLocation }, 'setting-twice', `port ${port} is in both in and over`));
    }
  }
  const segments = readSegments(field('segments'), kind, withValue, report);
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
    ...(segments === undefined ? {} : { segments }),
    resources: withDefaults(kind, defaults, readResources(field('resources')?.value, report)),
    retries: readRetries(field('retries'), report),
    ...readPlace(field, report),
    ...(engine === undefined ? {} : { engine }),
  };
}

/** What only reads and chooses needs next to nothing. */
function withDefaults(kind: Kind, defaults: ResourcesSpec | undefined, own: ResourcesSpec): ResourcesSpec {
  return kind.small === true ? own : { ...defaults, ...own };
}

/** Where it is to run. */
function readPlace(
  field: (key: string) => LocatedEntry | undefined,
  report: ReportFailure,
): Pick<StepSpec, 'executor' | 'slurm'> {
  const executor = readExecutor(field('executor'), report);
  const slurm = readBatchOptions(field('slurm')?.value, report);
  return { ...(executor === undefined ? {} : { executor }), ...(slurm === undefined ? {} : { slurm }) };
}

function readKind(
  value: LocatedValue,
  kinds: { readonly [name: string]: Kind },
  report: ReportFailure,
): Kind | undefined {
  const name = expectText(value, 'kind', report);
  if (name === undefined) return undefined;
  const kind = own(kinds, name);
  if (kind === undefined) {
    const hint = own(replacedKinds, name) ?? suggestion(name, Object.keys(kinds));
    report(failureAt(value, 'unknown-kind', `there is no kind ${name}`, { hint }));
  }
  return kind;
}

/** What an input may be called; of a `command` it becomes the name of a file. */
const portPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** Undefined where a name or a reference is not known. */
function readInputs(
  key: string,
  field: LocatedEntry | undefined,
  report: ReportFailure,
): readonly InputSpec[] | undefined {
  const inputs: InputSpec[] = [];
  let isKnown = true;
  for (const [port, { location, value }] of mapEntries(field, key, report)) {
    if (!portPattern.test(port)) {
      isKnown = false;
      const hint = 'use letters, digits, _, - and dots, a letter, digit or _ first';
      const message = `${JSON.stringify(port)} is no name of an input`;
      report(failureAt({ location }, 'invalid-value', message, { hint }));
    }
    const values = value.type === 'list' ? value.elements : [value];
    const references = values.flatMap((one) => readReference(port, one, report) ?? []);
    if (references.length < values.length) isKnown = false;
    const isList = value.type === 'list';
    inputs.push({ port, portLocation: location, location: value.location, isList, references });
  }
  return isKnown ? inputs : undefined;
}

function readReference(
  port: string,
  value: LocatedValue,
  report: ReportFailure,
): InputSpec['references'][number] | undefined {
  const text = textOf(value);
  const reference = text === undefined ? undefined : parseReference(text);
  if (reference !== undefined) return { reference, location: value.location };
  if (value.type !== 'scalar' || !value.unknown) {
    report(
      failureAt(value, 'invalid-value', `port ${port} wants the name of a step or of one of its ports`, {
        hint: `write ${port}: STEP or ${port}: STEP.PORT${fileHint(text)}`,
      }),
    );
  }
  return undefined;
}

/** Where somebody has written a path: what a program reads of the project is no input. */
const fileHint = (text: string | undefined) =>
  text?.includes('/') === true ? `; files of the project go under \`with\`, files: [${text}]` : '';

function readMatrix(
  field: LocatedEntry | undefined,
  kind: Kind,
  withValue: LocatedValue | undefined,
  report: ReportFailure,
): readonly MatrixSpec[] {
  const matrix: MatrixSpec[] = [];
  for (const [name, entry] of mapEntries(field, 'matrix', report)) {
    const { location, value } = entry;
    const path = pathInParameters(name, entry, kind, withValue, report);
    if (path === undefined) continue;
    const around = matrix.find((other) => isOneInside(other.path, path));
    if (around !== undefined) {
      report(
        failureAt(
          entry,
          'setting-twice',
          `${name} and ${around.name} are both in the matrix, and one is a part of the other`,
        ),
      );
      continue;
    }
    if (value.type === 'list' && value.elements.length > 0)
      matrix.push({ name, location, path, values: value.elements });
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

/** Where the values of a name of the matrix go; undefined where it may not stand there, which is reported. */
function pathInParameters(
  name: string,
  entry: LocatedEntry,
  kind: Kind,
  withValue: LocatedValue | undefined,
  report: ReportFailure,
): readonly string[] | undefined {
  if (kind.declarations !== undefined) {
    // Others could not be told from the rest of a label.
    if (!/^[\w.-]+$/.test(name)) {
      report(failureAt(entry, 'invalid-value', `${JSON.stringify(name)} is no name for a matrix`));
      return undefined;
    }
    const path = pathOfDeclaration(kind, withValue, name);
    if (path !== undefined) return path;
    report(
      failureAt(
        entry,
        'unknown-parameter',
        `${kind.declarations} declares no ${name}, and a matrix names these`,
        {
          hint: undeclaredHint(kind, withValue, name),
        },
      ),
    );
    return undefined;
  }
  const known = parameterNamesOf(kind);
  if (known !== undefined && !known.includes(name)) {
    report(
      failureAt(entry, 'unknown-parameter', `${kind.name} has no parameter ${name}`, {
        hint: suggestion(name, known),
      }),
    );
    return undefined;
  }
  if (withValue?.type === 'map' && withValue.entries.has(name)) {
    report(failureAt(entry, 'setting-twice', `${name} is in both with and matrix`));
    return undefined;
  }
  return [name];
}

function isOneInside(one: readonly string[], other: readonly string[]): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(0, length).every((name, index) => name === other[index]);
}

function readRetries(field: LocatedEntry | undefined, report: ReportFailure): number {
  return field === undefined ? 0 : (readCount(field.value, 'retries', report) ?? 0);
}
