import { join } from 'node:path';
import { earlierDurations } from '../../artifacts/earlier-durations.js';
import type { RunFolder } from '../../artifacts/run-folder.js';
import { neededResults } from '../../artifacts/runs/needed-results.js';
import type { Graph } from '../../pipeline/graph/graph.js';
import type { RunStart } from '../../run/event.js';
import type { Executor } from '../../run/executor.js';
import { machineGpus, machineMemory, machineSlots } from '../../run/local/machine.js';
import type { NodePool } from '../../run/local/worker-pool.js';
import { outlinePlan } from '../../run/outline-plan.js';
import type { Resources } from '../../run/resources.js';
import type { ExecutePlan, RunOutcome } from '../../run/scheduler.js';
import { enginesInUse } from '../planning/engines-in-use.js';
import type { PlannedPipeline } from '../planning/plan-pipeline.js';
import { createReasons } from '../planning/reasons.js';
import { isBatch, openNodes } from './nodes-to-run.js';
import type { PreparedRun } from './prepare-run.js';
import type { RunRequest } from './run-request.js';

type Listener = Pick<ExecutePlan, 'emit'> & Required<Pick<ExecutePlan, 'settled'>>;

/** Says what the run will do, and has the scheduler execute it on this machine or as jobs. */
export async function executeNodes(
  { planned, badNodes, folder }: PreparedRun,
  request: RunRequest,
  { startedAt, emit, settled, signal }: Listener & { startedAt: Date; signal: AbortSignal },
): Promise<RunOutcome> {
  const { store, codes, root, plan, graph } = planned;
  const { inProcess = false, verbose = false } = request;
  const slots = request.slots ?? (inProcess ? 1 : machineSlots());
  const gpus = machineGpus(graph.nodes);
  const used = await enginesInUse(plan);
  emit({
    event: 'run.start',
    version: 1,
    time: startedAt.toISOString(),
    pipeline: graph.name,
    run: folder.run,
    nodes: graph.nodes.length,
    slots,
    gpus: gpus.length,
    engine: graph.engine,
    ...(graph.engine === graph.engineAsked ? {} : { engineReason: graph.engineReason }),
    ...(used.length === 0 ? {} : { engines: used }),
    ...pythonOf(graph),
    ...outlineRun(planned, { slots, gpus: gpus.length, memoryBytes: machineMemory() }),
  });
  const forced = request.force === true ? [] : graph.nodes.filter(planned.isForced).map(({ id }) => id);
  const reasonFor = createReasons(planned);
  const [{ executePlan }, { LocalExecutor }] = await Promise.all([
    import('../../run/scheduler.js'),
    import('../../run/local/local-executor.js'),
  ]);
  return await executePlan({
    plan,
    store,
    executor: new LocalExecutor(store, {
      slots,
      gpus,
      ...(inProcess ? { pool: await openInProcessPool() } : {}),
    }),
    codes,
    root,
    options: {
      keepGoing: request.keepGoing === true,
      force: request.force === true ? 'all' : forced.length === 0 ? 'none' : forced,
    },
    verbose,
    logFolder: folder.logs,
    nodesFolder: folder.nodes,
    badObjects: badNodes,
    neededOf: neededResults(graph),
    emit,
    settled,
    signal,
    reasonFor,
    ...(isBatch(graph.nodes) ? { jobExecutor: await openJobExecutor(planned, folder) } : {}),
  });
}

async function openJobExecutor({ graph, root }: PlannedPipeline, folder: RunFolder): Promise<Executor> {
  const [{ BatchExecutor }, { Slurm }] = await Promise.all([
    import('../../run/batch/batch-executor.js'),
    import('../../run/slurm/slurm.js'),
  ]);
  const { jobs, answerWaitSeconds } = graph.batch ?? {};
  return new BatchExecutor(new Slurm(), {
    name: folder.run,
    folder: join(folder.path, 'jobs'),
    root,
    ...(jobs === undefined ? {} : { mostJobs: jobs }),
    ...(answerWaitSeconds === undefined ? {} : { times: { answerMilliseconds: 1000 * answerWaitSeconds } }),
  });
}

/** Where a step is run by it. */
function pythonOf({ nodes, python }: Graph): Pick<RunStart, 'python' | 'pythonFrom'> {
  if (python === undefined) return {};
  const isUsed = nodes.some(({ kind, engine }) => kind === 'python' || engine === 'torch');
  return isUsed ? { python: python.program, pythonFrom: python.from } : {};
}

async function openInProcessPool(): Promise<NodePool> {
  const [{ InProcessPool }, { kinds }] = await Promise.all([
    import('../../run/local/in-process-pool.js'),
    import('../../kinds/registry.js'),
  ]);
  return new InProcessPool(kinds);
}

/** What the run will do, and how long it may take by what runs before it took. */
function outlineRun({ root, graph, plan: planned }: PlannedPipeline, total: Resources) {
  return outlinePlan(planned, total, earlierDurations(root, graph.name, openNodes(planned)));
}
