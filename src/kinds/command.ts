import { statSync } from 'node:fs';
import { isAbsolute, normalize, relative, resolve } from 'node:path';
import type { Json, JsonObject } from '../base/json.js';
import type { CanonicalCommand } from './command-body.js';
import type { Kind, PlannedStep, StepShape, UndeclaredFile } from './kind.js';
import { fileOf } from './shapes.js';

type Scalar = string | number | boolean;

/** `with` of a `command`, as written. */
interface CommandParameters {
  readonly argv: readonly Scalar[] | string;
  readonly shell?: boolean;
  readonly files?: readonly string[];
  readonly outputs?: { readonly [port: string]: string | { readonly path: string } };
  readonly env?: { readonly [name: string]: Scalar };
  readonly timeout_seconds?: number;
  readonly chooses?: boolean;
  readonly deterministic?: boolean;
}

const scalar = { type: ['string', 'number', 'boolean'] };
const relativePath = { type: 'string', minLength: 1 };

/** Any program, in a folder of its own. */
export const command: Kind = {
  name: 'command',
  summary:
    'Runs a program in a fresh folder that holds the inputs and the declared files, and collects its outputs.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
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
          'Files of the root that the program reads, its script included; linked at the same path.',
        type: 'array',
        items: relativePath,
        uniqueItems: true,
        default: [],
      },
      outputs: {
        description:
          'Output ports and the files, relative to the fresh folder, that the program writes for them.',
        type: 'object',
        propertyNames: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
        additionalProperties: {
          anyOf: [
            relativePath,
            {
              type: 'object',
              properties: { path: { description: 'Where the program writes it.', ...relativePath } },
              required: ['path'],
              additionalProperties: false,
            },
          ],
        },
        default: {},
      },
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
  inputs: ({ parameters, inputNames }) =>
    Object.fromEntries(
      inputNames.map((name) => [
        name,
        {
          shape: { type: 'any' } as const,
          description: 'Linked read-only under its own name; a bundle or list as a folder.',
          chooses: parameters['chooses'] === true,
        },
      ]),
    ),
  outputs: (parameters) =>
    Object.fromEntries(
      Object.entries(outputPaths(parameters)).map(([port, path]) => [
        port,
        {
          shape: fileOf('bytes'),
          description: `The file ${path} that it wrote.`,
        },
      ]),
    ),
  check: checkCommand,
  files: (parameters) =>
    filesOf(parameters).map((path) => ({
      name: path,
      path,
    })),
  canonical: canonicalCommand,
  undeclaredFiles,
  deterministic: (parameters) => parameters['deterministic'] === true,
  timeoutSeconds: (parameters) => read(parameters).timeout_seconds,
  load: () => import('./command-body.js'),
};

/** Planning has checked the parameters by the schema. */
function read(parameters: JsonObject): CommandParameters {
  return parameters as unknown as CommandParameters;
}

/** `files`, without `./` and the like: the names under which they are found again. */
function filesOf(parameters: JsonObject): readonly string[] {
  return (read(parameters).files ?? []).map((path) => normalize(path));
}

function outputPaths(parameters: JsonObject): { readonly [port: string]: string } {
  return Object.fromEntries(
    Object.entries(read(parameters).outputs ?? {}).map(([port, output]) => [
      port,
      normalize(typeof output === 'string' ? output : output.path),
    ]),
  );
}

function canonicalCommand(parameters: JsonObject): CanonicalCommand {
  const { argv, env = {} } = read(parameters);
  return {
    argv: typeof argv === 'string' ? argv : argv.map(String),
    env: Object.fromEntries(Object.entries(env).map(([name, given]) => [name, String(given)])),
    outputs: outputPaths(parameters),
  };
}

function checkCommand({ parameters }: PlannedStep): readonly string[] {
  const { argv, shell = false } = read(parameters);
  const messages: string[] = [];
  if (typeof argv === 'string' && !shell) {
    messages.push('argv is one string, which needs a shell: write a list, or add `shell: true`');
  }
  if (typeof argv !== 'string' && shell) {
    messages.push('`shell: true` wants argv as one string, the line that the shell reads');
  }
  for (const path of filesOf(parameters)) {
    if (leaves(path)) messages.push(`files: ${path} is not a path inside the root, relative to it`);
  }
  const paths = Object.entries(outputPaths(parameters));
  for (const [port, path] of paths) {
    if (leaves(path)) messages.push(`outputs.${port}: ${path} leaves the step's folder`);
  }
  if (new Set(paths.map(([, path]) => path)).size < paths.length) {
    messages.push('outputs: two ports name the same file');
  }
  return messages;
}

/** Whether a normalised path is absolute, goes up, or names the folder itself. */
function leaves(path: string): boolean {
  return isAbsolute(path) || path === '.' || path.endsWith('/') || path.split('/')[0] === '..';
}

/**
 * Files inside the root that a word of `argv` names, itself or after `=`, and that are neither declared under
 * `files` nor an input or output of the step.
 */
export function undeclaredFiles(step: StepShape, root: string): readonly UndeclaredFile[] {
  const files = filesOf(step.parameters);
  const known = new Set([...files, ...Object.values(outputPaths(step.parameters))]);
  const found = new Set<string>();
  for (const word of wordsOf(read(step.parameters).argv)) {
    const path = relative(root, resolve(root, word));
    if (path === '' || leaves(path) || known.has(path)) continue;
    if (step.inputNames.some((name) => path === name || path.startsWith(`${name}/`))) continue;
    if (statSync(resolve(root, path), { throwIfNoEntry: false })?.isFile()) found.add(path);
  }
  return [...found].map((path) => ({
    path,
    hint: `add to the step's \`with\`: files: ${flowSequence([...files, path])}`,
  }));
}

function wordsOf(argv: CommandParameters['argv']): readonly string[] {
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
