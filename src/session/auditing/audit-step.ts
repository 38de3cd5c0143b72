import { largestExitCode } from '../../base/exit-code.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { nodesCalled, noNodeCalled } from '../../pipeline/graph/called-nodes.js';
import { absolutePath } from '../../pipeline/plan/make-plan.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import { nodesNeededBy } from '../../pipeline/plan/resolve-inputs.js';
import type { CacheHold } from '../../store/upkeep.js';
import {
  type PipelineRequest,
  type PlannedPipeline,
  planPipeline,
  type RequestPlace,
} from '../planning/plan-pipeline.js';
import { exitCodeOfSignal } from '../running/interrupted.js';
import { type Finding, findingsIn, mayMatter, missedFiles } from './findings.js';
import { knownToKey } from './known-to-key.js';
import { type LineToAdd, linesToAdd, type SameOutput } from './lines-to-add.js';
import { runTraced } from './run-traced.js';

/** Whose step is audited, and who is told of it. */
export interface AuditRequest extends Omit<PipelineRequest, 'targets' | 'force'> {
  /** Gets each line that the program prints. */
  readonly output?: (line: string) => void;
  /** Aborting it ends the program, in order; what it read until then is told. */
  readonly signal?: AbortSignal;
}

/** What a program read that is in no key. */
export interface Audit {
  /** The node whose program ran. */
  readonly node: string;
  /** The pipeline's file, relative to the root, and the step in it. */
  readonly pipeline: string;
  readonly step: string;
  /** Whether it has read anything that matters and is in no key. */
  readonly matters: boolean;
  /** What matters most first. */
  readonly findings: readonly Finding[];
  /** Files of the project that it looked for and did not find, relative to the root. */
  readonly missed: readonly string[];
  /** What to write so that keys know of it. */
  readonly add: readonly LineToAdd[];
  readonly seconds: number;
  /** Why the program came to no good end: what it would have read afterwards is not here. */
  readonly failures: readonly Failure[];
  /** 0, or what the failures or the signal that has ended it stand for. */
  readonly exitCode: number;
}

/**
 * Runs the program of a step as a run would, in a fresh folder with its inputs, and tells what it read that is in no
 * key. What it gives is thrown away.
 */
export async function auditStep(
  place: RequestPlace,
  step: string,
  request: AuditRequest,
): Promise<Result<Audit, Failure[]>> {
  let hold: CacheHold | undefined;
  try {
    const planned = await planPipeline(place, request, async (store) => {
      hold = await store.hold();
    });
    if (!planned.ok) return planned;
    const chosen = programNode(planned.value, step);
    if (!chosen.ok) return failed([chosen.failure]);
    return await audit(planned.value, chosen.value, request);
  } finally {
    hold?.close();
  }
}

/** Kinds whose body runs a program. */
const programKinds: ReadonlySet<string> = new Set(['command', 'python']);

/** The first node that a name stands for whose program can run now. */
function programNode(planned: PlannedPipeline, name: string): Result<PlannedNode, Failure> {
  const { plan, graph } = planned;
  const called = new Set(nodesCalled(graph.nodes, name));
  const nodes = plan.nodes.filter(({ node }) => called.has(node));
  const programs = nodes.filter(({ node }) => programKinds.has(node.kind));
  const [first] = programs;
  if (first === undefined) {
    const [other] = nodes;
    if (other !== undefined) {
      return failed({
        reason: 'usage',
        message: `${name} is of kind ${other.node.kind}, whose key kshot itself knows to be whole: programs run in steps of kind command and python`,
      });
    }
    return failed(noNodeCalled(graph.nodes, name, `there is no step ${name} in ${graph.file}`));
  }
  const ready = programs.find(({ state }) => state !== 'depends');
  if (ready !== undefined) return success(ready);
  const needed = new Set(nodesNeededBy(first.node));
  const open = plan.nodes.filter(({ node, state }) => needed.has(node.id) && state !== 'hit');
  return failed({
    reason: 'no-results',
    message: `${first.node.id} reads what is not there yet: ${open.map(({ node }) => node.id).join(', ')}`,
    hint: `compute it first: kshot run ${graph.file} ${[...new Set(open.map(({ node }) => node.step))].join(' ')}`,
  });
}

async function audit(
  planned: PlannedPipeline,
  chosen: PlannedNode,
  request: AuditRequest,
): Promise<Result<Audit, Failure[]>> {
  const { node } = chosen;
  const { root, graph } = planned;
  const traced = await runTraced(planned, chosen, request);
  if (!traced.ok) return failed([traced.failure]);
  const { accesses, place, failures, seconds } = traced.value;
  const known = knownToKey(chosen, root);
  const findings = findingsIn(accesses, known, place);
  const { files } = node.givenParameters;
  const declared = Array.isArray(files) ? files.map(String) : [];
  const ofSignal = request.signal === undefined ? 0 : exitCodeOfSignal(request.signal);
  return success({
    node: node.id,
    pipeline: graph.file,
    step: node.step,
    matters: findings.some(mayMatter),
    findings,
    missed: missedFiles(accesses, known, place),
    add: linesToAdd(findings, declared, await sameOutputs(planned, chosen, findings)),
    seconds,
    failures,
    exitCode: Math.max(largestExitCode(failures), ofSignal),
  });
}

/** Which of the files that were read have the content of an output of a step before this one. */
async function sameOutputs(
  { plan, store, root }: PlannedPipeline,
  { node }: PlannedNode,
  findings: readonly Finding[],
): Promise<readonly SameOutput[]> {
  // Those before it cannot need it.
  const outputs = outputsOf(
    plan.nodes.slice(
      0,
      plan.nodes.findIndex((one) => one.node === node),
    ),
  );
  const files = findings.filter(
    ({ sort, how, files }) =>
      (sort === 'project' || sort === 'outside') && how === 'read' && files === undefined,
  );
  const same: SameOutput[] = [];
  for (const { name } of outputs.size === 0 ? [] : files) {
    const digest = await store.digestFile(absolutePath(root, name));
    const output = digest.ok ? outputs.get(digest.value.digest) : undefined;
    if (output !== undefined) same.push({ name, output });
  }
  return same;
}

/** `train.model` by the digests of files that hold something. */
function outputsOf(nodes: readonly PlannedNode[]): ReadonlyMap<string, string> {
  const outputs = new Map<string, string>();
  for (const { node, entry } of nodes) {
    for (const [port, tree] of Object.entries(entry?.outputs ?? {})) {
      if (tree.type === 'file' && tree.leaf.bytes > 0) outputs.set(tree.leaf.digest, `${node.id}.${port}`);
    }
  }
  return outputs;
}
