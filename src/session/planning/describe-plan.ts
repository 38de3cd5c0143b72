import { refusedTag } from '../../artifacts/run-folder.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Publication } from '../../pipeline/graph/graph.js';
import { countStates, type PlanCounts } from '../../pipeline/plan/count-states.js';
import type { Plan, PlanState } from '../../pipeline/plan/plan.js';
import { choiceCautions } from '../../report/choice-cautions.js';
import { readChosenRows } from '../../report/chosen-rows.js';
import type { RemoteExchange } from '../../store/exchange.js';
import type { Store } from '../../store/store.js';
import { unavailableEngines } from '../running/unavailable-engines.js';
import { type EngineInUse, enginesInUse } from './engines-in-use.js';
import {
  type PipelineRequest,
  type PlannedPipeline,
  planPipeline,
  type RequestPlace,
} from './plan-pipeline.js';
import { reasonsOfPlan } from './reasons.js';

/** What would become of a node. */
export interface NodePlan {
  readonly node: string;
  readonly step: string;
  readonly kind: string;
  /** The node of the step that it makes a port from; absent of one that the pipeline itself names. */
  readonly derived_from?: string;
  readonly state: PlanState;
  /** Known unless the state is `depends`. */
  readonly key?: string;
  /** Why it would run, or what has changed beside its inputs; absent where there is nothing to say. */
  readonly reason?: string;
  /** What there is to know of the step beside what becomes of it. */
  readonly note?: string;
}

/** What a run of a pipeline would do. */
export interface PipelinePlan {
  readonly pipeline: string;
  /** Its file, relative to the root. */
  readonly file: string;
  readonly engine: string;
  /** Those that its nodes compute with; with a form where something is to be computed. */
  readonly engines: readonly EngineInUse[];
  readonly counts: PlanCounts;
  /** In an order in which what a node needs comes earlier. */
  readonly nodes: readonly NodePlan[];
  /** Files of the project that a run would publish. */
  readonly publications: readonly Publication[];
  /** What the remote cache has of it that is not here; absent where the project has none. */
  readonly remote?: RemoteExchange;
  /** What is no error and worth knowing. */
  readonly warnings: readonly Failure[];
}

/** What to plan, and for what. */
export interface PlanRequest extends PipelineRequest {
  /** Whether it is refused where a run would be: an engine that cannot compute here, a tag that is taken. */
  readonly forRun?: boolean;
  /** The tag that the run would have. */
  readonly tag?: string;
}

/** Plans a pipeline, with a reason for each node that is no hit. */
export async function describePlan(
  place: RequestPlace,
  { forRun = false, tag, ...request }: PlanRequest,
): Promise<Result<PipelinePlan, Failure[]>> {
  const planned = await planPipeline(place, request);
  if (!planned.ok) return planned;
  if (forRun) {
    const { root, graph } = planned.value;
    const refused = tag === undefined ? undefined : refusedTag(root, graph.name, tag);
    const unavailable = await unavailableEngines(planned.value);
    const failures = [...unavailable, ...(refused === undefined ? [] : [refused])];
    if (failures.length > 0) return failed(failures);
  }
  return success(await withReasons(planned.value));
}

async function withReasons(planned: PlannedPipeline): Promise<PipelinePlan> {
  const { graph, plan, store } = planned;
  const reasonOf = await reasonsOfPlan(planned);
  const cautions = await cautionsOfPlan(plan, store);
  const remote = await store.exchanged();
  return {
    pipeline: graph.name,
    file: graph.file,
    engine: graph.engine,
    engines: await enginesInUse(plan),
    counts: countStates(plan.nodes),
    nodes: plan.nodes.map((one) => {
      const reason = reasonOf(one);
      const notes = [...(one.node.notes ?? []), ...(cautions.get(one.node.id) ?? [])];
      return {
        node: one.node.id,
        step: one.node.step,
        kind: one.node.kind,
        ...(one.node.derivedFrom === undefined ? {} : { derived_from: one.node.derivedFrom }),
        state: one.state,
        ...(one.key === undefined ? {} : { key: one.key }),
        ...(reason === '' ? {} : { reason }),
        ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
      };
    }),
    publications: graph.publications,
    ...(remote === undefined ? {} : { remote }),
    warnings: [...graph.warnings, ...(remote?.warnings ?? [])],
  };
}

/** What choices that have been made should not be taken without, by node. */
async function cautionsOfPlan(
  { nodes }: Plan,
  store: Pick<Store, 'verify' | 'objectPath'>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const made = nodes.flatMap(({ node, entry }) => (entry === undefined ? [] : [{ node, entry }]));
  const chosen = await readChosenRows(made, store);
  return new Map(chosen.map(({ node, row }) => [node, choiceCautions(row)]));
}
