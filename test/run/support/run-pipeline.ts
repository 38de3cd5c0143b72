import { mkdirSync } from 'node:fs';
import type { Failure } from '../../../src/base/failure.js';
import type { Kind } from '../../../src/kinds/kind.js';
import { kinds } from '../../../src/kinds/registry.js';
import { loadValidators } from '../../../src/pipeline/graph/parameter-errors.js';
import { loadPipeline } from '../../../src/pipeline/load-pipeline.js';
import { type CodeDigests, readCodeDigests } from '../../../src/pipeline/plan/code-digests.js';
import { makePlan } from '../../../src/pipeline/plan/make-plan.js';
import type { RunEvent } from '../../../src/run/event.js';
import { LocalExecutor, type LocalExecutorOptions } from '../../../src/run/local/local-executor.js';
import { type ExecuteOptions, executePlan, type RunOutcome } from '../../../src/run/scheduler.js';
import type { Entry } from '../../../src/store/entry.js';
import { openStore } from '../../../src/store/local/open-store.js';
import type { Store } from '../../../src/store/store.js';
import { type Project, temporaryProject } from '../../support/temporary-project.js';

const { testKinds } = (await import(new URL('./test-kinds.mjs', import.meta.url).href)) as {
  testKinds: { readonly [name: string]: Kind };
};
const names = Object.keys(testKinds);

export const testWorker = new URL('./test-worker.mjs', import.meta.url);

export const testJob = new URL('./test-job.mjs', import.meta.url);

/** kshot's code digests, and made-up ones for the kinds of the tests. */
export const codes: CodeDigests = {
  ...readCodeDigests(),
  kinds: {
    ...readCodeDigests().kinds,
    ...Object.fromEntries(names.map((name) => [name, { digest: name, manifest: '' }])),
  },
};

/** A project whose only pipeline has these steps (YAML, indented by two), which may name its root. */
export function projectOf(
  steps: string | ((root: string) => string),
  files: { readonly [path: string]: string } = {},
): Project {
  const project = temporaryProject({ files });
  const text = typeof steps === 'string' ? steps : steps(project.root);
  project.write('pipelines/test.yaml', `version: 1\nname: test\nsteps:\n${text}`);
  return project;
}

export interface RunOptions extends Partial<ExecuteOptions & LocalExecutorOptions> {
  readonly signal?: AbortSignal;
  readonly emit?: (event: RunEvent) => void;
  /** Called between planning and execution. */
  readonly meddle?: (store: Store) => void;
  readonly store?: Store;
}

export interface Ran extends RunOutcome {
  readonly events: readonly RunEvent[];
  readonly store: Store;
  /** How many worker processes were started. */
  readonly workers: number;
  outcomeOf(id: string): RunOutcome['nodes'][number];
  /** The text at an output, by default `value`. */
  textOf(id: string, port?: string): Promise<string>;
}

/** Plans and executes the project's pipeline in this process, with real worker processes. */
export async function runProject(project: Project, options: RunOptions = {}): Promise<Ran> {
  const graph = await loadPipeline({
    root: project.root,
    file: 'pipelines/test.yaml',
    kinds: { ...kinds, ...testKinds },
    validators: {
      ...(await loadValidators()),
      ...Object.fromEntries(names.map((name) => [name, () => true])),
    },
  });
  const store = options.store ?? (await openStore(project.path('cache')));
  const plan = await makePlan(okOf(graph), store, codes);
  options.meddle?.(store);
  mkdirSync(project.path('logs'), { recursive: true });
  const events: RunEvent[] = [];
  const { slots = 2, gpus = [], keepGoing = false, force = 'none' } = options;
  const executor = new LocalExecutor(store, { slots, gpus, workerModule: testWorker });
  const outcome = await executePlan({
    plan: okOf(plan),
    store,
    executor,
    codes,
    root: project.root,
    options: { keepGoing, force },
    logFolder: project.path('logs'),
    emit(event) {
      events.push(event);
      options.emit?.(event);
    },
    signal: options.signal ?? new AbortController().signal,
    reasonFor: () => 'new',
  });
  const outcomeOf = (id: string) => {
    const found = outcome.nodes.find(({ node }) => node.id === id);
    if (found === undefined) throw new Error(`no node ${id}`);
    return found;
  };
  return {
    ...outcome,
    events,
    store,
    workers: executor.startedCount,
    outcomeOf,
    async textOf(id, port = 'value') {
      return (await store.getText(digestAt(outcomeOf(id).entry, port))) ?? 'missing';
    },
  };
}

/** The digest of the file at a port. */
export function digestAt(entry: Entry | undefined, port = 'value'): string {
  const tree = entry?.outputs[port];
  if (tree?.type !== 'file') throw new Error(`no file at ${port}`);
  return tree.leaf.digest;
}

function okOf<Value>(result: { ok: true; value: Value } | { ok: false; failure: readonly Failure[] }): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.failure, null, 1));
  return result.value;
}
