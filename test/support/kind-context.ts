import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Tree } from '../../src/base/files/tree.js';
import type { JsonObject } from '../../src/base/json.js';
import { createEngine } from '../../src/engines/reference/reference-engine.js';
import type { Kind } from '../../src/kinds/kind.js';
import type { KindContext, Progress } from '../../src/kinds/kind-body.js';

/** A file, or a bundle of named trees: `{ pairs: 'a.parquet' }`; an array is a list. */
export type Inputs = string | readonly Inputs[] | { readonly [port: string]: Inputs };

export interface ContextOptions {
  /** Outputs go below it. */
  readonly folder: string;
  readonly parameters: JsonObject;
  readonly inputs?: { readonly [port: string]: Inputs };
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Partial state that survives from one context to the next. */
  readonly saved?: { state?: Uint8Array };
  /** In place of `reference`. */
  readonly engine?: KindContext['engine'];
}

/** A kind's parameters as its body gets them. */
export function canonicalOf({ parameters }: Kind, given: JsonObject): JsonObject {
  return parameters.canonical(parameters.complete(given));
}

/** A context for running a kind's body directly, with engine `reference` and files below a folder. */
export function kindContext(options: ContextOptions): KindContext & { readonly logged: readonly string[] } {
  const { folder, parameters, inputs = {}, threads = 1, saved = {} } = options;
  const logged: string[] = [];
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch, { recursive: true });
  return {
    parameters,
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, input]) => [port, treeOf(input)])),
    files: {},
    output(leafPath) {
      const path = join(folder, leafPath);
      mkdirSync(dirname(path), { recursive: true });
      return path;
    },
    scratch,
    threads,
    gpus: [],
    memoryBytes: 2 ** 30,
    engine: options.engine ?? ((shape) => createEngine({ shape, threads })),
    partial: {
      load: async () => saved.state,
      async save(state) {
        saved.state = state;
      },
      folder: join(folder, 'state'),
    },
    progress: options.onProgress ?? (() => {}),
    log: (line) => logged.push(line),
    printed: (ended) => void logged.push(...ended),
    note: (line) => logged.push(line),
    environment: {},
    ownProcessGroup: () => {},
    signal: options.signal ?? new AbortController().signal,
    root: folder,
    logged,
  };
}

function treeOf(input: Inputs): Tree<string> {
  if (typeof input === 'string') return { type: 'file', leaf: input };
  if (Array.isArray(input)) return { type: 'list', elements: input.map(treeOf) };
  const ports = Object.entries(input).map(([port, one]) => [port, treeOf(one as Inputs)] as const);
  return { type: 'bundle', ports: Object.fromEntries(ports) };
}
