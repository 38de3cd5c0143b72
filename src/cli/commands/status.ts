import { identityOf, readRegister } from '../../artifacts/register.js';
import { type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import { formatSeconds } from '../../base/quantities.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import { openProject, type PlanningOptions } from '../../session/plan-pipeline.js';
import { reasonsOfPlan } from '../../session/reasons.js';
import { countStates, planAsData, planLines } from '../../ui/views/plan-view.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface StatusOptions extends CommonOptions, PlanningOptions {
  readonly check?: boolean;
}

/** What `status --check` exits with where a node is not a hit. */
const notUpToDate = 4;

/** `kshot status`: the plan with what the last run of this pipeline did, on stdout. */
export async function status(options: StatusOptions, targets: readonly string[]): Promise<number> {
  const terminal = openTerminal(options);
  const project = await openProject(targets, options);
  if (!project.ok) return terminal.fail(project.failure);
  const { root, graph, plan } = project.value;
  for (const warning of graph.warnings) terminal.warn(warning);
  const last = readRegister(root).runs.findLast((one) => one.pipeline === graph.name);
  const manifest = last === undefined ? undefined : readManifest(root, identityOf(last));
  const nodes = new Map(manifest?.nodes.map((node) => [node.id, node]));
  const reasons = await reasonsOfPlan(project.value);
  if (terminal.json) {
    const data = planAsData(plan, reasons);
    terminal.document({
      ...data,
      last_run: last === undefined ? null : identityOf(last),
      last_exit_code: last?.exit_code ?? null,
      nodes: data.nodes.map((node) => {
        const before = nodes.get(node['node'] ?? '');
        return before === undefined
          ? node
          : {
              ...node,
              last_outcome: before.outcome,
              last_seconds: before.seconds,
              ...(before.computed_seconds === undefined ? {} : { computed_seconds: before.computed_seconds }),
            };
      }),
    });
  } else {
    const lines = planLines(plan, terminal.dataStyle, reasons, (of) => lastTime(of, nodes));
    for (const line of lines) terminal.show(line);
    terminal.show(
      last === undefined
        ? 'last run: none'
        : `last run: ${last.run}, ${last.started_at}, ${formatSeconds(last.seconds)}, exit code ${last.exit_code}`,
    );
  }
  return options.check === true && countStates(plan.nodes).hit < plan.nodes.length ? notUpToDate : 0;
}

/** What became of a step's nodes in the last run, and how long computing their results took, then or before. */
function lastTime(planned: readonly PlannedNode[], last: ReadonlyMap<string, ManifestNode>): string {
  const before = planned.flatMap(({ node }) => last.get(node.id) ?? []);
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
