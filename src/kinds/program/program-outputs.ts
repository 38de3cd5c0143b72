import { normalize } from 'node:path';
import { derivedMetrics } from '../evaluate/metrics.js';
import type { Derivation, Kind, Objection } from '../kind.js';
import type { OutputPort } from '../port.js';
import { fileOf } from '../shapes.js';
import { isFolder } from './folder/is-folder.js';
import { eventsFile } from './program-events.js';
import { readFigure } from './typed/read-figure.js';
import { readHistory } from './typed/read-history.js';
import { readInteractions } from './typed/read-interactions.js';
import { readMetrics } from './typed/read-metrics.js';
import { readGru } from './typed/read-model.js';
import { readRanks } from './typed/read-ranks.js';
import { readSettings } from './typed/read-settings.js';
import { readTable } from './typed/read-table.js';
import { declarableContents } from './typed/typed-output.js';

/** What an output can be said to be, by the kind that checks it and gives it as that. */
const typedKinds: { readonly [as: string]: Kind } = {
  metrics: readMetrics,
  history: readHistory,
  ranks: readRanks,
  settings: readSettings,
  model: readGru,
  interactions: readInteractions,
  table: readTable,
  figure: readFigure,
};

const relativePath = { type: 'string', minLength: 1 } as const;

/** The parameter `outputs`: what a program writes, by output port. */
export const outputsParameter = {
  description:
    'Output ports and the files, relative to the fresh folder, that the program writes for them; `as` says what a file is, so that it is checked and can be chosen by, compared and shown.',
  type: 'object',
  propertyNames: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', examples: ['name_1'] },
  additionalProperties: {
    anyOf: [
      relativePath,
      {
        type: 'object',
        properties: {
          path: {
            description:
              'Where the program writes it; with a slash at its end, a folder. A history without a path is made of what the program sent to KSHOT_EVENTS.',
            ...relativePath,
          },
          as: {
            description: 'What it is; without it, bytes that only programs read.',
            enum: declarableContents,
          },
          episodes: {
            description:
              'Of ranks: the input that holds the episodes that were ranked, where several could be it.',
            type: 'string',
            minLength: 1,
          },
          from: {
            description:
              'The inputs that it was computed from, where these are not all: a claim, which the report lists.',
            type: 'array',
            items: { type: 'string', minLength: 1 },
            uniqueItems: true,
          },
          role: {
            description: 'A split that it is of, beside those of its inputs.',
            enum: ['train', 'val', 'test'],
          },
        },
        additionalProperties: false,
      },
    ],
  },
  default: {},
} as const;

/** An output of a program as it is declared. */
export interface DeclaredOutput {
  readonly path?: string;
  readonly as?: string;
  readonly episodes?: string;
  readonly from?: readonly string[];
  readonly role?: 'train' | 'val' | 'test';
}

type Outputs = { readonly [port: string]: string | DeclaredOutput };

type PlacedOutput = DeclaredOutput & { readonly path: string };

/** By output port what was declared of it, the path without `../` and the like. */
function declaredOutputs(outputs: Outputs): readonly (readonly [port: string, output: PlacedOutput])[] {
  return Object.entries(outputs).map(([port, output]) => {
    const declared: DeclaredOutput = typeof output === 'string' ? { path: output } : output;
    // What is no history and has no path is refused.
    return [port, { ...declared, path: normalize(declared.path ?? eventsFile) }];
  });
}

/** By output port the file, relative to the fresh folder, without `../` and the like. */
export function outputPaths(outputs: Outputs): { readonly [port: string]: string } {
  return Object.fromEntries(declaredOutputs(outputs).map(([port, { path }]) => [port, path]));
}

/** Whether a model among the outputs is made from an input: then the program learns from it. */
export function modelIsMadeFrom(input: string, outputs: Outputs): boolean {
  return declaredOutputs(outputs).some(
    ([, { as, from }]) => as === 'model' && (from === undefined || from.includes(input)),
  );
}

/** Whether there is a model among the outputs. */
export function makesModel(outputs: Outputs): boolean {
  return declaredOutputs(outputs).some(([, { as }]) => as === 'model');
}

/** The ports of a program's node: the files as it wrote them. */
export function outputPorts(outputs: Outputs): { readonly [port: string]: OutputPort } {
  return Object.fromEntries(
    declaredOutputs(outputs).map(([port, { path, from, role }]) => [
      port,
      {
        shape: fileOf(isFolder(path) ? 'folder' : 'bytes'),
        description: `The ${isFolder(path) ? 'folder' : 'file'} ${path} that it wrote.`,
        ...(from === undefined ? {} : { from, isClaimed: true }),
        ...(role === undefined ? {} : { role }),
      },
    ]),
  );
}

/**
 * The outputs that are said to be something, each by a node of its own behind the program. Ranks are measured too, at
 * the port `metrics`, where there are some of one thing and no other output has that name.
 */
export function typedOutputs(outputs: Outputs): { readonly [port: string]: Derivation } {
  const declared = declaredOutputs(outputs);
  const typed = declared.flatMap(([port, { path, as, episodes = null }]): [string, Derivation][] => {
    const kind = as === undefined ? undefined : typedKinds[as];
    if (kind === undefined) return [];
    const shared = as === 'ranks' ? { shared: { episodes } } : {};
    return [[port, { kind, parameters: { port, path }, inputs: { file: port }, ...shared }]];
  });
  const [ranked, ...others] = declared.filter(([, { as }]) => as === 'ranks');
  const measured: readonly [string, Derivation][] =
    ranked === undefined || others.length > 0 || Object.hasOwn(outputs, 'metrics')
      ? []
      : [['metrics', { ...derivedMetrics.metrics, inputs: { ranks: ranked[0] } }]];
  return Object.fromEntries([...typed, ...measured]);
}

/** Objects to claims about inputs that the step does not have. */
export function checkOutputs(outputs: Outputs, inputNames: readonly string[]): readonly Objection[] {
  return declaredOutputs(outputs).flatMap(([port, { path, as, episodes, from = [] }]) => {
    const claimed = from.map((name) => ['from', name] as const);
    const ranked = episodes === undefined ? [] : [['episodes', episodes] as const];
    const unknown = [...claimed, ...ranked].filter(([, name]) => !inputNames.includes(name));
    const misplaced = episodes !== undefined && as !== 'ranks';
    const hasNoPath = path === eventsFile && as !== 'history';
    return [
      ...(hasNoPath
        ? [
            {
              path: ['outputs', port],
              message: `outputs.${port} has no path: say which file the program writes; only a history can be made of what it sent to KSHOT_EVENTS`,
            },
          ]
        : []),
      ...unknown.map(([parameter, name]) => ({
        path: ['outputs', port, parameter],
        message: `outputs.${port}: ${parameter} names ${name}, which is no input of the step`,
        unknown: { name, known: inputNames },
      })),
      ...(as !== undefined && isFolder(path)
        ? [
            {
              path: ['outputs', port],
              message: `outputs.${port}: ${path} is a folder, and ${as} is one file: take the slash out, or as: ${as}`,
            },
          ]
        : []),
      ...(misplaced
        ? [
            {
              path: ['outputs', port],
              message: `outputs.${port}: episodes are of ranks; write as: ranks, or take it out`,
            },
          ]
        : []),
    ];
  });
}
