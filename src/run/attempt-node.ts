import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '../base/canonical.js';
import type { Failure } from '../base/failure.js';
import { leavesOf, mapTree, type Tree } from '../base/files/tree.js';
import type { JsonObject } from '../base/json.js';
import { failed, type Result } from '../base/result.js';
import type { GpuDevice } from '../engines/gpu-devices.js';
import type { ChosenPython } from '../kinds/chosen-python.js';
import type { Progress } from '../kinds/kind-body.js';
import { inputsBesideSettings } from '../pipeline/graph/chosen-settings.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import { absolutePath } from '../pipeline/plan/make-plan.js';
import type { Plan } from '../pipeline/plan/plan.js';
import { type OutputsByNode, resolveInputs } from '../pipeline/plan/resolve-inputs.js';
import type { Entry, ObjectReference } from '../store/entry.js';
import type { Store, Workspace } from '../store/store.js';
import type { ExecuteRequest, ExecutionListener, Executor, JobDemand } from './executor.js';
import { finiteFigures, mergedFigures } from './figures.js';
import { memoryShare, type Resources } from './resources.js';
import { logFileName } from './step-log.js';

/** What executing a node takes from the run around it. */
export interface Surroundings {
  readonly store: Store;
  /** The entry of a node's key, where it is a hit. */
  find(node: GraphNode, key: Digest): Promise<Entry | undefined>;
  readonly executor: Executor;
  /** The project's root, absolute. */
  readonly root: string;
  readonly python?: ChosenPython | undefined;
  /** Content digests of external files by path as written, which the keys were made with. */
  readonly files: Plan['files'];
  readonly logFolder: string;
  readonly kshotVersion: string;
  /** What the nodes that are done gave. */
  readonly outputs: OutputsByNode;
  /** Of each derived node that from which it is. */
  readonly derivedFrom: ReadonlyMap<string, string>;
}

/** One node whose key is known, with what it was granted. */
export interface Job {
  readonly node: GraphNode;
  readonly key: Digest;
  readonly preimage: JsonObject;
  /** As the body gets them. */
  readonly parameters: JsonObject;
  readonly inputs: { readonly [port: string]: Tree<ObjectReference> };
  readonly granted: Resources;
  /** As many devices as were granted. */
  readonly gpus: readonly GpuDevice[];
  /** Execute although there is an entry. */
  readonly forced: boolean;
  /** Without the state that an attempt of an earlier run left. */
  readonly startsOver: boolean;
}

export interface AttemptListener extends ExecutionListener {
  /** Asked once all is prepared: whether it may still start. */
  mayStart(): boolean;
  /** The key is this run's and the inputs are sound: execution begins. */
  started(time: Date): void;
  /** This execution, be it the first or not, has its files in this folder. */
  worksIn(folder: string): void;
  /** It failed, and what it had written is in this folder now. */
  kept(folder: string): void;
  /** It came to nothing, and left state from which the next attempt goes on. */
  keptState(): void;
  /** It failed and is executed again; `how` says which time that is: `once more`, `again, attempt 2 of 3`. */
  again(failure: Failure, how: string): void;
  /** It gave its outputs, and the process is free again; what follows is publication. */
  executed(): void;
}

export type Attempt =
  | { readonly type: 'ran'; readonly entry: Entry }
  /** Another run has computed it meanwhile. */
  | { readonly type: 'joined'; readonly entry: Entry }
  /** Another live process computes it, or has taken it over while nothing was heard of this one. */
  | { readonly type: 'busy'; readonly owner: string }
  /**
   * Objects of these nodes' outputs are not what their names say; they are set aside. Those of `lost` could not be had
   * from a remote cache.
   */
  | { readonly type: 'bad-inputs'; readonly producers: readonly string[]; readonly lost: readonly string[] }
  /** The run was stopped before the execution began. */
  | { readonly type: 'not-started' }
  | { readonly type: 'failed'; readonly failure: Failure };

/**
 * Claims the node's key, checks its inputs, executes it and publishes what it gave; gives the claim back in any case.
 * All of it is done once more where something outside the run ended the process that executed it, and as often as the
 * step says where it failed; each time in fresh folders, when nothing of the time before is left running.
 */
export async function attemptNode(
  job: Job,
  surroundings: Surroundings,
  listener: AttemptListener,
): Promise<Attempt> {
  const { retries = 0 } = job.node.resources;
  // It has started, so that what keeps further nodes from starting does not keep it from ending.
  const started = { ...listener, mayStart: () => true, started() {} };
  let attempt = await attemptUnlessKilled(job, surroundings, listener, started);
  for (let retry = 1; retry <= retries && isWorthRetry(attempt) && listener.mayStart(); retry++) {
    listener.again(attempt.failure, `again, attempt ${retry + 1} of ${retries + 1}`);
    attempt = await attemptUnlessKilled({ ...job, startsOver: false }, surroundings, started, started);
  }
  return attempt;
}

async function attemptUnlessKilled(
  job: Job,
  surroundings: Surroundings,
  listener: AttemptListener,
  started: AttemptListener,
): Promise<Attempt> {
  const first = await attemptOnce(job, surroundings, listener);
  if (!isKilled(first)) return first;
  listener.again(first.failure, 'once more');
  const second = await attemptOnce({ ...job, startsOver: false }, surroundings, started);
  if (!isKilled(second)) return second;
  const message = `${second.failure.message}; so was one before it`;
  return { type: 'failed', failure: { ...second.failure, message } };
}

/** What may come out otherwise the next time; not what is wrong with the pipeline, the disk or kshot. */
const worthRetry: ReadonlySet<Failure['reason']> = new Set([
  'step-failed',
  'step-timeout',
  'output-missing',
  'worker-crashed',
  'worker-killed',
  'step-out-of-memory',
  'device-out-of-memory',
  'device-lost',
]);

function isWorthRetry(attempt: Attempt): attempt is Extract<Attempt, { type: 'failed' }> {
  return attempt.type === 'failed' && worthRetry.has(attempt.failure.reason);
}

function isKilled(attempt: Attempt): attempt is Extract<Attempt, { type: 'failed' }> {
  return attempt.type === 'failed' && attempt.failure.reason === 'worker-killed';
}

async function attemptOnce(
  job: Job,
  surroundings: Surroundings,
  listener: AttemptListener,
): Promise<Attempt> {
  const { store, executor } = surroundings;
  const { startsOver } = job;
  const isJobGone = async (folder: string) => (await executor.isJobGone?.(folder)) ?? true;
  const claim = await store.claim(job.key, { startsOver, isJobGone });
  if (claim.type === 'busy') return claim;
  if (claim.type === 'foreign') return { type: 'failed', failure: claim.failure };
  const { workspace } = claim;
  const state = { isPublished: false, hasFailed: false };
  try {
    const existing = job.forced ? undefined : await surroundings.find(job.node, job.key);
    if (existing !== undefined) return { type: 'joined', entry: existing };
    const { producers, lost } = await badProducers(job.node, surroundings);
    if (producers.length + lost.length > 0) return { type: 'bad-inputs', producers, lost };
    const changedBefore = await changedFile(job.node, surroundings);
    if (changedBefore !== undefined) return { type: 'failed', failure: changedBefore };

    if (!listener.mayStart()) return { type: 'not-started' };
    const startedAt = new Date();
    const start = performance.now();
    listener.started(startedAt);
    listener.worksIn(workspace.scratch);
    if (claim.takenFrom !== undefined)
      listener.note(`takes the step over from ${claim.takenFrom}, of which nothing was heard any more`);
    const result = await executed(job, workspace, surroundings, { startedAt, start, listener }, state);
    if (result.ok) return { type: 'ran', entry: result.value };
    // Whoever has taken the key over has moved its folders, which a program finds gone and fails.
    const taker = await store.takerOf(workspace);
    const isLost = taker !== undefined && (!state.isPublished || result.failure.reason === 'claim-lost');
    if (!isLost) return { type: 'failed', failure: result.failure };
    listener.note(`nothing was heard of this process for long, so the step was taken over by ${taker}`);
    return { type: 'busy', owner: taker };
  } finally {
    if (!state.isPublished) await giveBack(workspace, state.hasFailed, store, listener);
  }
}

/** Executes and publishes; `state` says how far it came, be it that it throws. */
async function executed(
  job: Job,
  workspace: Workspace,
  surroundings: Surroundings,
  {
    startedAt,
    start,
    listener,
  }: { readonly startedAt: Date; readonly start: number; readonly listener: AttemptListener },
  state: { isPublished: boolean; hasFailed: boolean },
): Promise<Result<Entry, Failure>> {
  const { store, executor } = surroundings;
  let values: Progress['values'];
  const result = await executor.execute(requestOf(job, workspace, surroundings), {
    progress(progress) {
      if (progress.values !== undefined) values = mergedFigures(values ?? {}, progress.values);
      listener.progress(progress);
    },
    log: (line) => listener.log(line),
    note: (line) => listener.note(line),
    ...(listener.placed === undefined ? {} : { placed: (place) => listener.placed?.(place) }),
  });
  state.hasFailed = !result.ok;
  if (!result.ok) return result;
  listener.executed();
  const changedSince = await changedFile(job.node, surroundings);
  if (changedSince !== undefined) return failed(changedSince);

  const { outputs, device, host = hostname() } = result.value;
  const { seconds = (performance.now() - start) / 1000 } = result.value;
  const entry = await store.commit(
    workspace,
    {
      format: 1,
      key: job.key,
      preimage: job.preimage,
      inputs: job.inputs,
      facts: {
        kind: job.node.kind,
        startedAt: startedAt.toISOString(),
        seconds,
        threads: job.granted.slots,
        host,
        kshotVersion: surroundings.kshotVersion,
        deterministic: job.node.deterministic,
        ...(device === undefined ? {} : { device }),
        ...(values === undefined ? {} : { values: finiteFigures(values) }),
      },
    },
    outputs,
  );
  // A commit that fails has given the claim back too; one that throws may not have.
  state.isPublished = true;
  return entry;
}

async function giveBack(
  workspace: Workspace,
  hasFailed: boolean,
  store: Store,
  listener: AttemptListener,
): Promise<void> {
  const kept = await store.release(workspace, hasFailed);
  if (kept !== undefined) listener.kept(kept);
  if (existsSync(workspace.stateFile)) listener.keptState();
}

/** The nodes that gave an input whose bytes are not what they should be, or that a remote cache does not give. */
async function badProducers(
  node: GraphNode,
  { store, outputs }: Pick<Surroundings, 'store' | 'outputs'>,
): Promise<{ readonly producers: readonly string[]; readonly lost: readonly string[] }> {
  const bad = new Set<string>();
  const lost = new Set<string>();
  const given = Object.values(node.inputs)
    .flatMap((tree) => [...leavesOf(tree)])
    .map(({ leaf: source }) => {
      const objects = resolveInputs({ inputs: { input: { type: 'file', leaf: source } } }, outputs)?.[
        'input'
      ];
      const found = objects === undefined ? [] : [...leavesOf(objects)].map(({ leaf }) => leaf);
      return { producer: source.node, objects: found };
    });
  // All at once: what a remote cache has comes side by side.
  const brought = await Promise.all(given.map(({ objects }) => store.bring(objects)));
  for (const [index, { producer, objects }] of given.entries()) {
    if (brought[index] === false) lost.add(producer);
    else for (const object of objects) if (!(await store.verify(object))) bad.add(producer);
  }
  return { producers: [...bad], lost: [...lost] };
}

/** An edit while the run goes on would put one content's result under another's key. */
async function changedFile(
  node: GraphNode,
  { store, root, files }: Pick<Surroundings, 'store' | 'root' | 'files'>,
): Promise<Failure | undefined> {
  for (const { path, location } of node.files) {
    const digest = await store.digestFile(absolutePath(root, path));
    if (!digest.ok) return { ...digest.failure, location };
    if (digest.value.digest !== files.get(path)) {
      return {
        reason: 'bad-data',
        message: `${path} was changed while the run was under way`,
        location,
        hint: 'run again',
      };
    }
  }
  return undefined;
}

/** What an executor is told of a node whose inputs are there. */
export function requestOf(
  { node, parameters, inputs, granted, gpus }: Omit<Job, 'key' | 'preimage' | 'forced'>,
  workspace: Pick<Workspace, 'outputs' | 'scratch' | 'stateFile' | 'jobFolder'>,
  {
    store,
    executor,
    root,
    python,
    logFolder,
    derivedFrom,
  }: Pick<Surroundings, 'store' | 'root' | 'python' | 'logFolder' | 'derivedFrom'> & {
    readonly executor: Pick<Executor, 'capacity'>;
  },
): ExecuteRequest {
  const { timeoutSeconds, environment } = node.resources;
  const job = jobDemandOf(node.resources, granted);
  return {
    node: node.id,
    kind: node.kind,
    parameters,
    inputs: Object.fromEntries(
      Object.entries(inputsBesideSettings(node, inputs)).map(([port, tree]) => [
        port,
        mapTree(tree, (object) => store.objectPath(object.digest)),
      ]),
    ),
    elementNodes: elementNodesOf(node, derivedFrom),
    files: Object.fromEntries(node.files.map(({ name, path }) => [name, absolutePath(root, path)])),
    outputs: Object.fromEntries(Object.entries(node.outputs).map(([port, { shape }]) => [port, shape])),
    ...(node.engine === undefined ? {} : { engine: node.engine }),
    allowSoftware: node.engineByName === true,
    ...(python === undefined ? {} : { python }),
    threads: granted.slots,
    gpus,
    memoryBytes: memoryShare(granted, executor.capacity),
    ...(job === undefined ? {} : { job }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(environment === undefined ? {} : { environment }),
    outputsFolder: workspace.outputs,
    scratchFolder: workspace.scratch,
    stateFile: workspace.stateFile,
    jobFolder: workspace.jobFolder,
    root,
    logFile: join(logFolder, logFileName(node.id)),
  };
}

function jobDemandOf(
  { batch, gpus, memoryBytes, timeoutSeconds }: GraphNode['resources'],
  granted: Resources,
): JobDemand | undefined {
  if (batch === undefined) return undefined;
  return {
    cpus: granted.slots,
    gpus,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(timeoutSeconds === undefined ? {} : { timeSeconds: timeoutSeconds }),
    options: batch,
  };
}

/** Of each list that a node takes, the node that an element comes from; the first, where it comes from several. */
function elementNodesOf(
  { inputs }: GraphNode,
  derivedFrom: Surroundings['derivedFrom'],
): ExecuteRequest['elementNodes'] {
  const lists = Object.entries(inputs).flatMap(([port, tree]) => {
    if (tree.type !== 'list') return [];
    const nodes = tree.elements.map((element) => {
      const id = leavesOf(element).next().value?.leaf.node ?? '';
      return derivedFrom.get(id) ?? id;
    });
    return [[port, nodes] as const];
  });
  return Object.fromEntries(lists);
}
