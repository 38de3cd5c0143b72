import type { RunRecord } from '../../artifacts/register.js';
import type { ManifestNode } from '../../artifacts/run-documents.js';
import { formatSeconds } from '../../base/quantities.js';
import type { NodePlan } from '../../session/planning/describe-plan.js';
import { plannedExchangeLines } from '../../ui/views/exchange-lines.js';
import { planAsData, planLines } from '../../ui/views/plan-view.js';
import { projectOf } from '../open-project.js';
import { type PlanningOptions, pipelineRequest } from '../pipeline-request.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface StatusOptions extends CommonOptions, PlanningOptions {
  readonly check?: boolean;
}

/** What `status --check` exits with where a node is not a hit. */
const notUpToDate = 4;

/** `kshot status`: the plan with what the last run of this pipeline did, on stdout. */
export async function status(options: StatusOptions, targets: readonly string[]): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const found = await project.value.status(pipelineRequest(targets, options));
  if (!found.ok) return terminal.fail(found.failure);
  const { plan, last } = found.value;
  for (const warning of plan.warnings) terminal.warn(warning);
  const nodes = new Map(last?.nodes.map((node) => [node.id, node]));
  if (terminal.json) {
    const data = planAsData(plan);
    terminal.document({
      ...data,
      last_run: last?.run ?? null,
      last_exit_code: last?.record.exit_code ?? null,
      nodes: data.nodes.map((node) => ({ ...node, ...lastFacts(nodes.get(node.node)) })),
    });
  } else {
    const lines = planLines(plan, terminal.dataStyle, (of) => lastTime(of, nodes));
    for (const line of lines) terminal.show(line);
    for (const line of plannedExchangeLines(plan.remote, terminal.dataStyle)) terminal.show(line);
    terminal.show(last === undefined ? 'last run: none' : lastRunLine(last.record));
  }
  return options.check === true && plan.counts.hit < plan.nodes.length ? notUpToDate : 0;
}

function lastRunLine({ run, started_at, seconds, exit_code }: RunRecord): string {
  return `last run: ${run}, ${started_at}, ${formatSeconds(seconds)}, exit code ${exit_code}`;
}

function lastFacts(before: ManifestNode | undefined) {
  if (before === undefined) return {};
  const { outcome, seconds, computed_seconds } = before;
  return {
    last_outcome: outcome,
    last_seconds: seconds,
    ...(computed_seconds === undefined ? {} : { computed_seconds }),
  };
}

/** What became of a step's nodes in the last run, and how long computing their results took, then or before. */
function lastTime(planned: readonly NodePlan[], last: ReadonlyMap<string, ManifestNode>): string {
  const before = planned.flatMap(({ node }) => last.get(node) ?? []);
  const outcomes = new Map<string, number>();
  for (const { outcome } of before) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (before.length === 0) return '';
  const parts = [...outcomes].map(([outcome, count]) =>
    before.length === 1 ? outcome : `${count} ${outcome}`,
  );
  const computed = before.flatMap((node) => node.computed_seconds ?? []);
  const sum = (all: readonly number[]) => formatSeconds(all.reduce((one, other) => one + other, 0));
  const said = `last ${parts.join(' + ')}`;
  if (computed.length > 0) return `${said}, computed in ${sum(computed)}`;
  return outcomes.has('failed') ? `${said} after ${sum(before.map(({ seconds }) => seconds))}` : said;
}
