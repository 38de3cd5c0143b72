import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from '../../../src/base/canonical.js';
import type { Tree } from '../../../src/base/files/tree.js';
import type { JsonObject } from '../../../src/base/json.js';
import type { Entry } from '../../../src/store/entry.js';
import type { StagedFile, Store, Workspace } from '../../../src/store/store.js';

/** Calls `body` with a folder that is gone afterwards. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kshot-store-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All that an iteration gives. */
export async function allOf<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

export function hexDigest(data: string): string {
  return createHash('sha256').update(data).digest('hex');
}

export function preimageOf(name: string): JsonObject {
  return { format: 1, kind: 'value', code: hexDigest('code'), params: { name }, inputs: {} };
}

export function keyOf(name: string): string {
  return digestOf(preimageOf(name));
}

/** All of an entry but its outputs. */
export function recordOf(
  name: string,
  changes: { readonly inputs?: Entry['inputs']; readonly deterministic?: boolean } = {},
): Omit<Entry, 'outputs'> {
  return {
    format: 1,
    key: keyOf(name),
    preimage: preimageOf(name),
    inputs: changes.inputs ?? {},
    facts: {
      kind: 'value',
      startedAt: '2026-01-07T00:00:00.000Z',
      seconds: 0.25,
      threads: 1,
      host: 'test',
      kshotVersion: '0.1.0',
      deterministic: changes.deterministic ?? true,
    },
  };
}

/** Writes an output as a worker would. */
export function stage(workspace: Workspace, name: string, text: string): Tree<StagedFile> {
  const path = join(workspace.outputs, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return { type: 'file', leaf: { path, digest: hexDigest(text), bytes: Buffer.byteLength(text) } };
}

export async function claimed(store: Store, key: string): Promise<Workspace> {
  const claim = await store.claim(key);
  if (claim.type !== 'claimed') throw new Error(`not claimed: ${JSON.stringify(claim)}`);
  return claim.workspace;
}

/** Computes `name` with one output port `value` holding `text`. */
export async function compute(
  store: Store,
  name: string,
  text: string,
  changes: Parameters<typeof recordOf>[1] = {},
): Promise<Entry> {
  const workspace = await claimed(store, keyOf(name));
  const result = await store.commit(workspace, recordOf(name, changes), {
    value: stage(workspace, 'value', text),
  });
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

const script = fileURLToPath(new URL('./actor.mjs', import.meta.url));

export interface Surroundings {
  /** Words before the command. */
  readonly prefix?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A process of its own that runs `test/store/actor.mjs` with the built store. */
export class Actor {
  readonly child: ChildProcess;
  private output = '';
  private readonly ended: Promise<void>;

  /** @param first what starts it, where that is not this host as it is */
  constructor(first: string | Surroundings, ...words: readonly string[]) {
    const { prefix = [], environment = {} } = typeof first === 'string' ? {} : first;
    const actor = [process.execPath, script, ...(typeof first === 'string' ? [first] : []), ...words];
    const [program = '', ...rest] = [...prefix, ...actor];
    const env = { ...process.env, ...environment };
    this.child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'], env });
    this.child.stdout?.on('data', (chunk) => {
      this.output += String(chunk);
    });
    this.ended = new Promise((resolve) => this.child.on('close', () => resolve()));
  }

  /** Waits until the process has printed `pattern`. */
  async says(pattern: RegExp): Promise<void> {
    for (let wait = 0; wait < 2000 && !pattern.test(this.output); wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (!pattern.test(this.output)) throw new Error(`never said ${pattern}: ${this.output}`);
  }

  /** Waits for its end and gives all that it printed. */
  async end(): Promise<string> {
    await this.ended;
    return this.output;
  }

  async kill(): Promise<string> {
    this.child.kill('SIGKILL');
    return this.end();
  }
}
