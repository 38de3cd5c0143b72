import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { probeOnce } from '../../engines/choose-here.js';
import { chooseExecutor } from '../../pipeline/choose-executor.js';
import { choosePython } from '../../pipeline/choose-python.js';
import { nodesCalled, noNodeCalled } from '../../pipeline/graph/called-nodes.js';
import type { Graph, GraphNode } from '../../pipeline/graph/graph.js';
import { loadPipeline } from '../../pipeline/load-pipeline.js';
import { type CodeDigests, installedCode, readCodeDigests } from '../../pipeline/plan/code-digests.js';
import { makePlan } from '../../pipeline/plan/make-plan.js';
import type { Plan } from '../../pipeline/plan/plan.js';
import { openFileOrigins } from '../../report/publish/file-origins.js';
import type { Store } from '../../store/store.js';
import { openProjectStore } from '../open-store.js';
import { findPipeline, looksLikePath, noPipeline } from './find-pipeline.js';

/** Where a request is made: the root of the project, and the folder that paths are relative to, both absolute. */
export interface RequestPlace {
  readonly root: string;
  readonly folder: string;
}

/** Which pipeline is meant, and what is changed in it. */
export interface PipelineRequest {
  /** Its file, relative to the folder or else to the root; default: the only one, or the one that says so. */
  readonly pipeline?: string;
  /** Steps or nodes to stop at; default: all of them. */
  readonly targets?: readonly string[];
  /** `PATH=YAML`, such as `params.k=10` or `steps.train.with.outer_lr=0.01`; later over earlier. */
  readonly set?: readonly string[];
  /** What to compute with where a step names no engine of its own. */
  readonly engine?: string;
  /** The interpreter of steps in Python and of the engine torch; a path counts from the folder. */
  readonly python?: string;
  /** Where steps run, whatever they and kshot.yaml say: `local` or `slurm`. */
  readonly executor?: string;
  /** What to compute although there is a result: all, or these steps or nodes. */
  readonly force?: boolean | readonly string[];
}

/** A pipeline, planned against the project's store. */
export interface PlannedPipeline {
  readonly root: string;
  readonly graph: Graph;
  readonly store: Store;
  readonly codes: CodeDigests;
  readonly plan: Plan;
  /** Whether a node is to run although there is a result. */
  readonly isForced: (node: GraphNode) => boolean;
  /** Plans again, after something in the store has changed. */
  replan(): Promise<Result<Plan, Failure[]>>;
}

/** Finds the pipeline and expands it. */
export async function expandPipeline(
  place: RequestPlace,
  { pipeline, targets = [], set = [], engine, python, executor }: PipelineRequest,
): Promise<Result<Graph, Failure[]>> {
  const { root, folder } = place;
  const path = targets.find(looksLikePath);
  if (path !== undefined) return failed([noPipeline(root, folder, path)]);
  const file = findPipeline(root, folder, pipeline);
  if (!file.ok) return failed([file.failure]);
  const chosen = await choosePython(place, python);
  if (!chosen.ok) return chosen;
  const where = await chooseExecutor(root, executor);
  if (!where.ok) return where;
  return await loadPipeline({
    root,
    file: file.value,
    sets: set,
    ...(engine === undefined ? {} : { engine }),
    python: chosen.value,
    executor: where.value,
    originOfFile: openFileOrigins(root),
    ...(targets.length === 0 ? {} : { targets }),
  });
}

/**
 * Finds the pipeline, expands it and plans it.
 *
 * @param opened what is to be done with the store before anything is read from it
 */
export async function planPipeline(
  place: RequestPlace,
  request: PipelineRequest,
  opened: (store: Store) => Promise<void> = async () => undefined,
): Promise<Result<PlannedPipeline, Failure[]>> {
  const graph = await expandPipeline(place, request);
  if (!graph.ok) return graph;
  const force = forcedNodes(graph.value, request.force ?? []);
  if (!force.ok) return failed([force.failure]);
  const found = await openProjectStore(graph.value.root);
  if (!found.ok) return found;
  const store = found.value;
  await opened(store);
  const computing = graph.value.nodes.flatMap(({ engine }) => engine ?? []);
  const codes = await installedCode(readCodeDigests(), new Set(computing), (name) =>
    probeOnce(name, store.folder, graph.value.python?.program),
  );
  const replan = () => makePlan(graph.value, store, codes, { force: force.value });
  const plan = await replan();
  if (!plan.ok) return plan;
  await store.saveIndex();
  return success({
    root: graph.value.root,
    graph: graph.value,
    store,
    codes,
    plan: plan.value,
    isForced: force.value,
    replan,
  });
}

function forcedNodes(
  graph: Graph,
  force: boolean | readonly string[],
): Result<(node: GraphNode) => boolean, Failure> {
  if (typeof force === 'boolean') return success(() => force);
  const forced = new Set<string>();
  for (const name of force) {
    const called = nodesCalled(graph.nodes, name);
    for (const { id } of called) forced.add(id);
    if (called.length > 0) continue;
    return failed(noNodeCalled(graph.nodes, name, `--force=${name}: there is no such step`));
  }
  return success(({ id }) => forced.has(id));
}
