import { defineKind, type Kind } from '../../kind.js';
import { type Canonical, declareParameters } from '../../parameters.js';
import type { InputPort } from '../../port.js';
import { fileOf } from '../../shapes.js';

const parametersOf = (port: string) =>
  declareParameters({
    required: ['path'],
    properties: {
      port: { description: 'The port that it gives.', type: 'string', minLength: 1, default: port },
      path: { description: 'Where the program wrote it, for messages.', type: 'string', minLength: 1 },
    },
  });

/** What a program may say that a file is. */
export const declarableContents = [
  'metrics',
  'history',
  'ranks',
  'settings',
  'model',
  'interactions',
  'table',
  'figure',
] as const;

/** What reaches the body. */
export type TypedOutputParameters = Canonical<ReturnType<typeof parametersOf>>;

/** A kind that checks a file which a program wrote, and gives it as what it is said to be. */
export function typedOutput({
  content,
  summary,
  description,
  inputs = {},
  load,
}: {
  readonly content: (typeof declarableContents)[number];
  readonly summary: string;
  /** Of the port that it gives. */
  readonly description: string;
  /** Beside the file. */
  readonly inputs?: { readonly [port: string]: InputPort };
  readonly load: Kind<never, never, TypedOutputParameters>['load'];
}): Kind {
  return defineKind({
    name: `read.${content}`,
    summary,
    parameters: parametersOf(content),
    inputs: {
      file: { shape: fileOf('bytes'), description: 'The file, as the program wrote it.' },
      ...inputs,
    },
    outputs: ({ port }) => ({ [port]: { shape: fileOf(content), description } }),
    load,
  });
}
