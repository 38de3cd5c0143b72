import { isAbsolute, normalize } from 'node:path';
import type { JsonObject } from '../../base/json.js';
import { numberText } from '../../base/number-text.js';
import type { ExternalFile, PlannedLists, PlannedStep, StepPlan, StepShape } from '../kind.js';
import { inNoKey } from '../parameters.js';
import type { InputPort } from '../port.js';
import { fileOf } from '../shapes.js';
import { segmentProgram } from './lasting/program-segments.js';
import type { LaunchParameters } from './launch.js';
import { type ListLabels, labelsOf } from './list-labels.js';
import {
  makesModel,
  modelIsMadeFrom,
  outputPaths,
  outputPorts,
  outputsParameter,
  typedOutputs,
} from './program-outputs.js';
import { nameOfPath } from './reads/file-entries.js';
import type { TableForm } from './table-form.js';

export const scalar = { type: ['string', 'number', 'boolean'] } as const;
type ScalarParameter = string | number | boolean;

/** What every program may be given, however it is started. */
export const programProperties = {
  params: {
    description:
      'Parameters with their defaults, any JSON: what `matrix`, `settings` and `--set` may change. The program finds them in the JSON file that KSHOT_PARAMS names, and in words with `{NAME}` in them.',
    type: 'object',
    propertyNames: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_-]*$', examples: ['name-1'] },
    additionalProperties: true,
    default: {},
  },
  files: {
    description:
      'Files that the program reads, by content in the key: paths, folders (`conf/`) and patterns (`data/*.csv`, `**`) of the root, copied to the same path; absolute paths outside of it, read where they are.',
    type: 'array',
    items: { type: 'string', minLength: 1 },
    uniqueItems: true,
    default: [],
  },
  outputs: outputsParameter,
  tables: {
    description:
      'What tables among the inputs (pairs, episodes, ranks, metrics) are for the program: `parquet` as kshot keeps them, or a line of JSON for each row, or CSV with lists as JSON, which need no library to be read.',
    enum: ['parquet', 'jsonl', 'csv'],
    default: 'parquet',
  },
  env: {
    description: 'Environment beside PATH, HOME and LANG; part of the key.',
    type: 'object',
    additionalProperties: scalar,
    default: {},
  },
  pass_env: {
    description:
      'Variables of your own environment that are passed on, such as a token; in no key, and recorded nowhere.',
    type: 'array',
    items: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', examples: ['HF_HOME'] },
    uniqueItems: true,
    default: [],
  },
  chooses: {
    description: 'Whether the program chooses something by its inputs, so that test data is refused.',
    type: 'boolean',
    default: false,
  },
  learns: {
    description:
      'Whether the program learns from its inputs, so that test data is refused; one with an output `as: model` always does.',
    type: 'boolean',
    default: false,
  },
  deterministic: {
    description: 'Whether equal inputs give equal bytes; a recomputation that differs then fails.',
    type: 'boolean',
    default: false,
  },
} as const;

/** The same with their defaults. */
export interface ProgramGiven {
  /** Of a command. */
  readonly argv?: string | readonly ScalarParameter[];
  /** Of a script. */
  readonly args?: readonly ScalarParameter[];
  readonly params: JsonObject;
  readonly files: readonly string[];
  readonly outputs: Parameters<typeof outputPaths>[0];
  readonly tables: TableForm;
  readonly env: { readonly [name: string]: ScalarParameter };
  readonly pass_env: readonly string[];
  readonly chooses: boolean;
  readonly learns: boolean;
  readonly deterministic: boolean;
}

/** What reaches the body of a program, and stands in its key. */
export type ProgramParameters = LaunchParameters & {
  /** Paths by port. */
  readonly outputs: { readonly [port: string]: string };
  /** What tables among its inputs are rewritten as. */
  readonly tables?: Exclude<TableForm, 'parquet'>;
  /** How the elements of lists are called, by port; those of the others are numbered. */
  readonly labels?: ListLabels;
  /** It goes on from the state at port `state`, and gives its own there. */
  readonly segment?: boolean;
};

/** Their forms in the key. */
export const programForms = {
  // Steps that declare none have the keys that they would have if there were none to declare.
  params: (params: JsonObject) => (Object.keys(params).length === 0 ? undefined : params),
  files: inNoKey,
  outputs: outputPaths,
  // As they are kept, which needs no saying.
  tables: (form: TableForm) => (form === 'parquet' ? undefined : form),
  env: textOfEach,
  pass_env: inNoKey,
  // Which inputs it may have, and what a recomputation is held to.
  chooses: inNoKey,
  learns: inNoKey,
  deterministic: inNoKey,
};

/** What planning needs of every program beside its parameters. */
export const programKind = {
  declarations: 'params',
  replacedParameters: { timeout_seconds: 'write on the step itself: resources: { time: 90 s }' },
  takesInnermost: true as const,
  inputs: ({ parameters, inputNames }: StepShape<ProgramGiven>): { readonly [port: string]: InputPort } =>
    Object.fromEntries(
      inputNames.map((name) => [name, name === 'settings' ? settingsPort : inputPort(name, parameters)]),
    ),
  outputs: ({ outputs }: ProgramGiven) => outputPorts(outputs),
  usesFilesTo: ({ chooses, learns, outputs }: ProgramGiven): 'learn' | 'choose' | undefined =>
    learns || makesModel(outputs) ? 'learn' : chooses ? 'choose' : undefined,
  derived: ({ outputs }: ProgramGiven) => typedOutputs(outputs),
  segmentsOf: segmentProgram,
  plan: (
    { parameters, files = [] }: Pick<PlannedStep<ProgramGiven>, 'parameters' | 'files'>,
    lists: PlannedLists,
  ): StepPlan => ({
    parameters: { ...labelsOf(lists), ...wordsWithNames(parameters, files) },
    shapes: {},
    objections: [],
    notes: [],
  }),
  deterministic: ({ deterministic }: ProgramGiven) => deterministic,
  passedEnvironment: ({ pass_env }: ProgramGiven) => pass_env,
  codeStart: new URL('./launch.js', import.meta.url),
} as const;

/** Parameters in whose words a program, file or folder outside of the root is written by its name in the key. */
function wordsWithNames(given: ProgramGiven, files: readonly ExternalFile[]): JsonObject {
  if (!files.some(({ name }) => name.startsWith('/'))) return {};
  const named = (text: string) =>
    text.replace(/(^|[=\s:;,"'<>|&()])(\/[^=\s:;,"'<>|&()]+)/g, (whole, before: string, path: string) => {
      const name = nameOfPath(normalize(path), files);
      return name === undefined ? whole : `${before}{${name}}`;
    });
  const { argv, args, env } = given;
  return {
    ...(argv === undefined
      ? {}
      : { argv: typeof argv === 'string' ? named(argv) : argv.map(scalarText).map(named) }),
    ...(args === undefined ? {} : { args: args.map(scalarText).map(named) }),
    env: Object.fromEntries(Object.entries(textOfEach(env)).map(([name, text]) => [name, named(text)])),
  };
}

const settingsPort: InputPort = {
  shape: fileOf('settings'),
  description: 'Values chosen before, such as those of `select`: they override `params`.',
};

function inputPort(name: string, { chooses, learns, outputs }: ProgramGiven): InputPort {
  return {
    shape: { type: 'any', lone: 'file' },
    description:
      'A read-only file of that name; several ports as a folder, and a list as one whose elements are called by what tells them apart, `lr=0.01,seed=1`, with an `index.json`.',
    chooses,
    learns: learns || modelIsMadeFrom(name, outputs),
  };
}

function textOfEach(env: { readonly [name: string]: ScalarParameter }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(env).map(([name, given]) => [name, scalarText(given)]));
}

export function scalarText(value: ScalarParameter): string {
  return typeof value === 'number' ? numberText(value) : String(value);
}

/** Whether a normalised path is absolute, goes up, or names the folder itself. */
export function leaves(path: string): boolean {
  return isAbsolute(path) || path === '.' || path.endsWith('/') || path.split('/')[0] === '..';
}

/** `files`, without `../` and the like: the names under which they are found again. */
export function filesOf({ files }: Pick<ProgramGiven, 'files'>): readonly string[] {
  return files.map((path) => normalize(path));
}
