import { dirname, isAbsolute, normalize, relative, resolve } from 'node:path';
import { isFileAt, shortPath, unfitForNewFile } from '../../base/files/user-path.js';
import type { Json } from '../../base/json.js';
import { numberText } from '../../base/number-text.js';
import {
  defineKind,
  type Objection,
  type PlannedStep,
  type StepShape,
  type UndeclaredFile,
} from '../kind.js';
import { type Canonical, type Complete, declareParameters, inNoKey } from '../parameters.js';
import { missingScript } from './missing-script.js';
import { checkOutputs, outputPaths, outputPorts, outputsParameter, typedOutputs } from './program-outputs.js';

const scalar = { type: ['string', 'number', 'boolean'] } as const;

const parameters = declareParameters(
  {
    required: ['argv'],
    properties: {
      argv: {
        description: 'The program and its arguments as a list; one string for a shell where `shell: true`.',
        anyOf: [
          { type: 'array', items: scalar, minItems: 1 },
          { type: 'string', minLength: 1 },
        ],
      },
      shell: {
        description: 'Whether `argv` is a line for `/bin/sh`.',
        type: 'boolean',
        default: false,
      },
      files: {
        description:
          'Files of the root that the program reads, its script included; copied to the same path.',
        type: 'array',
        items: { type: 'string', minLength: 1 },
        uniqueItems: true,
        default: [],
      },
      outputs: outputsParameter,
      env: {
        description: 'Environment beside PATH, HOME and LANG; part of the key.',
        type: 'object',
        additionalProperties: scalar,
        default: {},
      },
      timeout_seconds: {
        description: 'After how long the program and all that it started are ended; default: never.',
        type: 'number',
        exclusiveMinimum: 0,
      },
      chooses: {
        description: 'Whether the program chooses something by its inputs, so that test data is refused.',
        type: 'boolean',
        default: false,
      },
      deterministic: {
        description: 'Whether equal inputs give equal bytes; a recomputation that differs then fails.',
        type: 'boolean',
        default: false,
      },
    },
  },
  {
    canonical: {
      argv: (argv) => (typeof argv === 'string' ? argv : argv.map(scalarText)),
      // The form of argv says it.
      shell: inNoKey,
      files: inNoKey,
      outputs: outputPaths,
      env: textOfEach,
      timeout_seconds: inNoKey,
      // Which inputs it may have, and what a recomputation is held to.
      chooses: inNoKey,
      deterministic: inNoKey,
    },
  },
);

type Given = Complete<typeof parameters>;
type Scalar = string | number | boolean;

/** What reaches the body: `argv` as strings (one where a shell reads it), output paths by port. */
export type CommandParameters = Canonical<typeof parameters>;

/** Any program, in a folder of its own. */
export const command = defineKind({
  name: 'command',
  summary:
    'Runs a program in a fresh folder that holds the inputs and the declared files, and collects its outputs.',
  parameters,
  declarations: 'params',
  inputs: ({ parameters, inputNames }) =>
    Object.fromEntries(
      inputNames.map((name) => [
        name,
        {
          shape: { type: 'any', lone: 'file' } as const,
          description: 'A read-only file of that name; several ports or a list as a folder.',
          chooses: parameters.chooses,
        },
      ]),
    ),
  outputs: ({ outputs }) => outputPorts(outputs),
  derived: ({ outputs }) => typedOutputs(outputs),
  check: checkCommand,
  files: (parameters) => ({ files: filesOf(parameters).map((path) => ({ name: path, path })) }),
  undeclaredFiles,
  missingFiles,
  deterministic: ({ deterministic }) => deterministic,
  timeoutSeconds: ({ timeout_seconds }) => timeout_seconds,
  load: () => import('./command-body.js'),
});

/** `files`, without `../` and the like: the names under which they are found again. */
function filesOf({ files }: Given): readonly string[] {
  return files.map((path) => normalize(path));
}

function textOfEach(env: { readonly [name: string]: Scalar }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(env).map(([name, given]) => [name, scalarText(given)]));
}

function scalarText(value: Scalar): string {
  return typeof value === 'number' ? numberText(value) : String(value);
}

function checkCommand({ parameters, inputNames }: PlannedStep<Given>): readonly Objection[] {
  const { argv, shell } = parameters;
  const objections: Objection[] = [];
  const object = (message: string, ...path: readonly string[]) => objections.push({ message, path });
  if (typeof argv === 'string' && !shell) {
    object('argv is one string, which needs a shell: write a list, or add `shell: true`', 'argv');
  }
  if (typeof argv !== 'string' && shell) {
    object('`shell: true` wants argv as one string, the line that the shell reads', 'argv');
  }
  for (const [index, path] of filesOf(parameters).entries()) {
    if (leaves(path)) {
      object(`files: ${path} is not a path inside the root, relative to it`, 'files', String(index));
    }
  }
  for (const [port, path] of Object.entries(outputPaths(parameters.outputs))) {
    if (leaves(path.replace(/\/$/, '')))
      object(`outputs.${port}: ${path} leaves the step's folder`, 'outputs', port);
  }
  const places = placesOf(parameters, inputNames);
  return [
    ...objections,
    ...checkOutputs(parameters.outputs, inputNames),
    ...unfitTexts(parameters),
    ...unfitPlaces(places),
    ...clashes(places),
  ];
}

/** A place in the step's folder and what it is for. */
interface Place {
  readonly owner: string;
  readonly path: string;
  /** Of the parameter that says so; of an input none does. */
  readonly parameter?: readonly string[];
}

function placesOf(parameters: Given, inputNames: readonly string[]): readonly Place[] {
  return [
    ...inputNames.map((name): Place => ({ owner: `in.${name}`, path: name })),
    ...[...new Set(filesOf(parameters))].map(
      (path): Place => ({ owner: 'files', path, parameter: ['files'] }),
    ),
    ...Object.entries(outputPaths(parameters.outputs)).map(
      ([port, path]): Place => ({
        owner: `outputs.${port}`,
        path: path.replace(/\/$/, ''),
        parameter: ['outputs', port],
      }),
    ),
  ];
}

/** Words and values that the system can give to no program. */
function unfitTexts(given: Given): readonly Objection[] {
  const { argv, env } = parameters.canonical(given);
  const words =
    typeof argv === 'string'
      ? [{ text: argv, path: ['argv'] }]
      : argv.map((text, index) => ({ text, path: ['argv', String(index)] }));
  const values = Object.entries(env).map(([name, text]) => ({ text: name + text, path: ['env', name] }));
  return [...words, ...values]
    .filter(({ text }) => text.includes('\0'))
    .map(({ path }) => ({
      message: `${path[0]} has a NUL character in it, which no program can be given`,
      path,
    }));
}

/** Inputs and outputs that no file can be made for; files of the root are looked at where a plan is made. */
function unfitPlaces(places: readonly Place[]): readonly Objection[] {
  return places.flatMap(({ owner, path, parameter }) => {
    const why = owner === 'files' ? undefined : unfitForNewFile(path);
    if (why === undefined) return [];
    const message = `${shortPath(owner)}: ${shortPath(path)} ${why}`;
    return [{ message, ...(parameter === undefined ? {} : { path: parameter }) }];
  });
}

/** Paths that would have two owners, or be a file and a folder at once. */
function clashes(places: readonly Place[]): readonly Objection[] {
  const owners = new Map<string, Place>();
  const objections: Objection[] = [];
  const object = (place: Place, other: Place, message: string) => {
    const path = place.parameter ?? other.parameter;
    objections.push({
      message: `${place.owner}: ${place.path} ${message} ${other.owner}; rename one of them`,
      ...(path === undefined ? {} : { path }),
    });
  };
  for (const place of places) {
    const other = owners.get(place.path);
    if (other === undefined) owners.set(place.path, place);
    else object(place, other, "is in the step's folder the same file as");
  }
  for (const place of places) {
    for (let above = dirname(place.path); above !== '.' && above !== '/'; above = dirname(above)) {
      const other = owners.get(above);
      if (other !== undefined) object(place, other, `is inside of ${above}, which is the place of`);
    }
  }
  return objections;
}

/** Whether a normalised path is absolute, goes up, or names the folder itself. */
function leaves(path: string): boolean {
  return isAbsolute(path) || path === '.' || path.endsWith('/') || path.split('/')[0] === '..';
}

/**
 * Files inside the root that a word of `argv` names, itself or after `=`, and that are neither declared under
 * `files` nor an input or output of the step.
 */
function undeclaredFiles(step: StepShape<Given>, root: string): readonly UndeclaredFile[] {
  const files = filesOf(step.parameters);
  const known = new Set([...files, ...Object.values(outputPaths(step.parameters.outputs))]);
  const found = new Set<string>();
  for (const word of wordsOf(step.parameters.argv)) {
    const path = relative(root, resolve(root, word));
    if (path === '' || leaves(path) || known.has(path)) continue;
    if (step.inputNames.some((name) => path === name || path.startsWith(`${name}/`))) continue;
    if (isFileAt(resolve(root, path))) found.add(path);
  }
  // One that is nowhere is told of by itself, and not to be written again.
  const sound = files.filter((path) => isFileAt(resolve(root, path)));
  return [...found].map((path) => ({
    path,
    hint: `add to the step's \`with\`: files: ${flowSequence([...sound, path])}`,
  }));
}

/** The script that an interpreter in `argv` is to run, where it is neither in the root nor an input nor declared. */
function missingFiles({ parameters: given, inputNames }: StepShape<Given>, root: string): readonly string[] {
  const { argv, env, outputs } = parameters.canonical(given);
  if (typeof argv === 'string') return [];
  const known = [...inputNames, ...filesOf(given), ...Object.values(outputs)];
  const searched = env['PATH'] ?? process.env['PATH'] ?? '';
  const script = missingScript(argv, { root, searched, known });
  return script === undefined ? [] : [script];
}

function wordsOf(argv: Given['argv']): readonly string[] {
  const words = typeof argv === 'string' ? argv.split(/[\s;|&<>()"'`]+/) : argv.map(String);
  return words.flatMap((word) => {
    const equals = word.indexOf('=');
    return equals < 0 ? [word] : [word, word.slice(equals + 1)];
  });
}

function flowSequence(paths: readonly string[]): string {
  const text = (path: Json) => (/^[\w./-]+$/.test(String(path)) ? path : JSON.stringify(path));
  return `[${paths.map(text).join(', ')}]`;
}
