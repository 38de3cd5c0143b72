import type { Location } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import type { Kind } from '../../kinds/kind.js';
import { replacedKinds } from '../../kinds/registry.js';
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
import { own, parameterNamesOf } from './parameter-schema.js';
import { parseReference, type Reference } from './reference.js';

export interface StepSpec {
  readonly name: string;
  /** Where the name stands. */
  readonly location: Location;
  readonly kind: Kind;
  readonly with: LocatedMap;
  readonly inputs: readonly InputSpec[];
  readonly over: readonly InputSpec[];
  readonly matrix: readonly MatrixSpec[];
  /** Absent where the step does not say. */
  readonly gpus?: number;
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

const stepKeys = ['kind', 'in', 'over', 'with', 'matrix', 'resources', 'engine'];

export function readStep(
  name: string,
  entry: LocatedEntry,
  kinds: { readonly [name: string]: Kind },
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
  const kindName = expectText(kindValue, 'kind', report);
  if (kindName === undefined) return undefined;
  const kind = own(kinds, kindName);
  if (kind === undefined) {
    report(
      failureAt(kindValue, 'unknown-kind', `there is no kind ${kindName}`, {
        hint: own(replacedKinds, kindName) ?? suggestion(kindName, Object.keys(kinds)),
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
  const inputs = readInputs('in', field('in'), report);
  const over = readInputs('over', field('over'), report);
  if (inputs === undefined || over === undefined) return undefined;
  for (const { port, portLocation } of over) {
    if (inputs.some((input) => input.port === port)) {
      report(failureAt({ location: portLocation }, 'setting-twice', `port ${port} is in both in and over`));
    }
  }
  const gpus = readGpus(field('resources'), report);
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
    ...(gpus === undefined ? {} : { gpus }),
    ...(engine === undefined ? {} : { engine }),
  };
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
  let known = true;
  for (const [port, entry] of mapEntries(field, key, report)) {
    if (!portPattern.test(port)) {
      known = false;
      report(
        failureAt(
          { location: entry.location },
          'invalid-value',
          `${JSON.stringify(port)} is no name of an input`,
          {
            hint: 'use letters, digits, _, - and dots, a letter, digit or _ first',
          },
        ),
      );
    }
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
  report: ReportFailure,
): readonly MatrixSpec[] {
  const matrix: MatrixSpec[] = [];
  const known = parameterNamesOf(kind);
  for (const [name, entry] of mapEntries(field, 'matrix', report)) {
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

function readGpus(field: LocatedEntry | undefined, report: ReportFailure): number | undefined {
  if (field === undefined || !expectMap(field.value, 'resources', report)) return undefined;
  refuseUnknownKeys(field.value, ['gpu'], report);
  const gpu = field.value.entries.get('gpu')?.value;
  if (gpu === undefined || (gpu.type === 'scalar' && gpu.unknown)) return undefined;
  const count = gpu.type === 'scalar' ? gpu.value : undefined;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count;
  report(failureAt(gpu, 'invalid-value', 'resources.gpu must be a whole number, at least 0'));
  return undefined;
}
