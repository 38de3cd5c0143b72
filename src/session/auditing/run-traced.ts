import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, realpathSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Failure } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { leavesOf } from '../../base/files/tree.js';
import { isJsonObject } from '../../base/json.js';
import { failed, type Result, success } from '../../base/result.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import { resolveInputs } from '../../pipeline/plan/resolve-inputs.js';
import { type Job, requestOf } from '../../run/attempt-node.js';
import type { ExecutionListener } from '../../run/executor.js';
import { LocalExecutor } from '../../run/local/local-executor.js';
import { machineGpus, machineSlots } from '../../run/local/machine.js';
import { grant, lackOfMeans, withinSlots } from '../../run/resources.js';
import type { PlannedPipeline } from '../planning/plan-pipeline.js';
import { type AuditedPlace, interpreterOf } from './findings.js';
import { withoutLinks } from './known-to-key.js';
import { AccessReader, type TracedAccesses } from './traced-accesses.js';
import { findTracer } from './tracer.js';

/** What came of a program that was traced. */
export interface TracedRun {
  readonly accesses: TracedAccesses;
  readonly place: AuditedPlace;
  readonly failures: readonly Failure[];
  readonly seconds: number;
}

export interface TracingRequest {
  readonly output?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Executes a node whose inputs are there as a run does, but that its program is traced, and that its folders are none
 * of its key's: they are removed with all that it has written.
 */
export async function runTraced(
  planned: PlannedPipeline,
  { node, preimage }: PlannedNode,
  request: TracingRequest,
): Promise<Result<TracedRun, Failure>> {
  const { store, root, plan } = planned;
  const outputs = new Map(
    plan.nodes.flatMap(({ node: { id }, entry }) => (entry ? [[id, entry.outputs]] : [])),
  );
  // Nothing is missing of what is planned to run or has run.
  const inputs = resolveInputs(node, outputs) ?? {};
  for (const { leaf } of Object.entries(inputs).flatMap(([port, tree]) => [...leavesOf(tree, port)])) {
    if (await store.verify(leaf)) continue;
    return failed({
      reason: 'object-corrupt',
      message: `an input of ${node.id} is not what it should be, and was set aside`,
      hint: 'run the steps before it again: kshot run',
    });
  }
  // As deep in the project as the folders of a run, where a program may look for files upwards.
  const workspace = join(store.folder, 'partial', `.audit.${process.pid}`, randomBytes(8).toString('hex'));
  const traceFile = join(workspace, 'trace');
  const tracer = findTracer(traceFile);
  if (!tracer.ok) return tracer;
  const folders = {
    outputs: join(workspace, 'outputs'),
    scratch: join(workspace, 'scratch'),
    stateFile: join(workspace, 'state'),
    jobFolder: join(workspace, 'job'),
  };
  try {
    makeFolders(folders.outputs);
    makeFolders(folders.scratch);
    const place: AuditedPlace = {
      root: realpathSync(root),
      folder: realpathSync(folders.scratch),
      workspace: realpathSync(workspace),
      cache: realpathSync(store.folder),
      home: withoutLinks(process.env['HOME'] ?? homedir()),
      startedAt: Date.now(),
    };
    const parameters = preimage?.['params'];
    const job = { node, inputs, parameters: isJsonObject(parameters) ? parameters : {} };
    const ended = await execute(planned, job, { folders, tracer: tracer.value, workspace }, request);
    if (!ended.ok) return ended;
    const accesses = await readTrace(traceFile, place);
    return success({
      accesses,
      place,
      failures: ended.value,
      seconds: (Date.now() - place.startedAt) / 1000,
    });
  } finally {
    rmSync(join(workspace, '..'), { recursive: true, force: true });
  }
}

interface TracedFolders {
  readonly folders: {
    readonly outputs: string;
    readonly scratch: string;
    readonly stateFile: string;
    readonly jobFolder: string;
  };
  readonly tracer: readonly string[];
  readonly workspace: string;
}

/** Fails where the node cannot begin; what went wrong with it then is the value. */
async function execute(
  { store, root, graph }: PlannedPipeline,
  job: Pick<Job, 'node' | 'inputs' | 'parameters'>,
  { folders, tracer, workspace }: TracedFolders,
  { output = () => undefined, signal }: TracingRequest,
): Promise<Result<readonly Failure[], Failure>> {
  const { node } = job;
  const executor = new LocalExecutor(store, { slots: machineSlots(), gpus: machineGpus([node]) });
  const cancel = () => void executor.cancel();
  try {
    const demand = withinSlots(node.resources, executor.capacity.slots);
    const granted = grant(demand, executor.capacity);
    const reserved = granted === undefined ? undefined : executor.reserve(granted);
    if (granted === undefined || reserved?.type !== 'reserved') {
      const lack = lackOfMeans({ ...node, resources: demand }, executor.capacity);
      return failed({
        reason: 'device-unavailable',
        message: `${node.id} wants ${lack?.wanted ?? 'a GPU, and another process has it'}`,
        ...(lack === undefined ? {} : { hint: lack.hint }),
      });
    }
    signal?.addEventListener('abort', cancel, { once: true });
    const derivedFrom = new Map(
      graph.nodes.flatMap(({ id, derivedFrom: from }) => (from === undefined ? [] : [[id, from]])),
    );
    const request = requestOf({ ...job, granted, gpus: reserved.gpus, startsOver: false }, folders, {
      store,
      executor,
      root,
      python: graph.python,
      logFolder: workspace,
      derivedFrom,
    });
    const listener: ExecutionListener = { progress: () => undefined, log: output, note: output };
    const executed =
      signal?.aborted === true ? success([]) : await executor.execute({ ...request, tracer }, listener);
    reserved.release();
    return success(executed.ok || signal?.aborted === true ? [] : [executed.failure]);
  } finally {
    signal?.removeEventListener('abort', cancel);
    await executor.close();
  }
}

async function readTrace(file: string, { folder }: AuditedPlace): Promise<TracedAccesses> {
  const reader = new AccessReader(folder, interpreterOf);
  if (!existsSync(file)) return reader;
  // strace writes ASCII, and a line for each call.
  const lines = createInterface({
    input: createReadStream(file, 'latin1'),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) reader.read(line);
  return reader;
}
