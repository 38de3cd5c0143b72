import { join } from 'node:path';
import type { Failure } from '../base/failure.js';
import { suggestion } from '../base/nearest-name.js';
import { failed, type Result, success } from '../base/result.js';
import type { Graph, GraphNode } from '../pipeline/graph/graph.js';
import { loadPipeline, namesInGraph } from '../pipeline/load-pipeline.js';
import { type CodeDigests, installedCode, readCodeDigests } from '../pipeline/plan/code-digests.js';
import { makePlan } from '../pipeline/plan/make-plan.js';
import type { Plan } from '../pipeline/plan/plan.js';
import { openStore } from '../store/local/open-store.js';
import type { Store } from '../store/store.js';
import { findPipeline, findRoot, looksLikePath, noPipeline, splitFile } from './find-pipeline.js';

/** Options of the commands that plan. */
export interface PlanningOptions {
  readonly root?: string;
  readonly set?: readonly string[];
  readonly engine?: string;
  /** Steps to force; an empty name stands for all. */
  readonly force?: readonly string[];
}

/** A pipeline, planned against the project's store. */
export interface PlannedProject {
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

/** Finds the project and the pipeline and expands it; `args` are a file and targets as on the command line. */
export async function openGraph(
  args: readonly string[],
  options: PlanningOptions,
): Promise<Result<Graph, Failure[]>> {
  const folder = process.cwd();
  const root = findRoot(folder, options.root);
  if (!root.ok) return failed([root.failure]);
  const { file: given, targets } = splitFile(args);
  const path = targets.find(looksLikePath);
  if (path !== undefined) return failed([noPipeline(root.value, folder, path)]);
  const file = findPipeline(root.value, folder, given);
  if (!file.ok) return failed([file.failure]);
  return await loadPipeline({
    root: root.value,
    file: file.value,
    sets: options.set ?? [],
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(targets.length === 0 ? {} : { targets }),
  });
}

/**
 * Finds the project and the pipeline, expands it and plans it; `args` are a file and targets as on the command line.
 *
 * @param opened what is to be done with the store before anything is read from it
 */
export async function openProject(
  args: readonly string[],
  options: PlanningOptions,
  opened: (store: Store) => Promise<void> = async () => undefined,
): Promise<Result<PlannedProject, Failure[]>> {
  const graph = await openGraph(args, options);
  if (!graph.ok) return graph;
  const force = forcedNodes(graph.value, options.force ?? []);
  if (!force.ok) return failed([force.failure]);
  const store = await openStore(join(graph.value.root, 'cache'));
  await opened(store);
  const computing = graph.value.nodes.flatMap(({ engine }) => engine ?? []);
  const codes = installedCode(readCodeDigests(), new Set(computing));
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

function forcedNodes(graph: Graph, names: readonly string[]): Result<(node: GraphNode) => boolean, Failure> {
  if (names.includes('')) return success(() => true);
  const unknown = names.find((name) => !graph.nodes.some((node) => node.step === name || node.id === name));
  if (unknown !== undefined) {
    const hint = suggestion(unknown, namesInGraph(graph.nodes));
    return failed({
      reason: 'unknown-step',
      message: `--force=${unknown}: there is no such step`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return success((node) => names.includes(node.step) || names.includes(node.id));
}
