import { greatest } from '../../base/extremes.js';
import { formatCount, shortDigest } from '../../base/quantities.js';
import { displayWidth, printable } from '../../base/terminal-text.js';
import type { Publication } from '../../pipeline/graph/graph.js';
import { countStates } from '../../pipeline/plan/count-states.js';
import type { PlanState } from '../../pipeline/plan/plan.js';
import { shownNodes } from '../../pipeline/plan/shown-nodes.js';
import type { NodePlan, PipelinePlan } from '../../session/planning/describe-plan.js';
import type { Style } from '../style.js';

/**
 * The plan, a line for each step in the order of execution: state (counts where its nodes differ), step, why, and
 * what `more` adds; below it what the step's kind says of it. Ends with the sums.
 */
export function planLines(
  plan: PipelinePlan,
  style: Style,
  more: (nodes: readonly NodePlan[]) => string = () => '',
): readonly string[] {
  const steps = new Map<string, NodePlan[]>();
  const shown = shownNodes(plan.nodes, ({ node, derived_from }) => ({ id: node, derivedFrom: derived_from }));
  for (const planned of shown) {
    const name = lineOf(planned);
    const nodes = steps.get(name);
    if (nodes === undefined) steps.set(name, [planned]);
    else nodes.push(planned);
  }
  const mark: { readonly [state in PlanState]: (text: string) => string } = {
    run: style.yellow,
    hit: style.green,
    depends: style.cyan,
  };
  const rows = [...steps].map(([step, nodes]) => {
    const counts = countStates(nodes);
    const state: PlanState = counts.run > 0 ? 'run' : counts.depends > 0 ? 'depends' : 'hit';
    const whole = counts[state] === nodes.length;
    const [first] = nodes;
    return {
      state,
      subject: printable(nodes.length === 1 && first !== undefined ? first.node : step),
      count:
        nodes.length === 1
          ? ''
          : whole
            ? formatCount(nodes.length, 'node')
            : (['run', 'depends', 'hit'] as const)
                .filter((one) => counts[one] > 0)
                .map((one) => `${counts[one]} ${one}`)
                .join(' + '),
      reason: printable(reasonOfStep(nodes, state)),
      more: more(nodes),
      notes: [...new Set(nodes.flatMap(({ note }) => note ?? []))],
    };
  });
  const width = greatest(
    rows.map((row) => row.subject.length),
    0,
  );
  const countWidth = greatest(
    rows.map((row) => row.count.length),
    0,
  );
  const { counts } = plan;
  return [
    ...rows.flatMap((row) => [
      [
        mark[row.state](row.state.padEnd(7)),
        row.subject.padEnd(width),
        ...(countWidth === 0 ? [] : [row.count.padEnd(countWidth)]),
        row.reason,
        row.more,
      ]
        .filter((part, index) => index < 2 || part !== '')
        .join('  ')
        .trimEnd(),
      ...row.notes.map((note) => style.dim(`${' '.repeat(9)}${printable(`${row.subject} ${note}`)}`)),
    ]),
    `${formatCount(plan.nodes.length, 'node')}${derivedText(plan.nodes)}: ${counts.run} run + ${counts.hit} hit + ${counts.depends} depends`,
  ];
}

/** What a node's line is about: its step, of a derived one with the port. */
function lineOf({ node, step, derived_from }: NodePlan): string {
  return derived_from === undefined ? step : `${step}${node.slice(derived_from.length)}`;
}

function derivedText(nodes: readonly NodePlan[]): string {
  const derived = nodes.filter(({ derived_from }) => derived_from !== undefined).length;
  return derived === 0 ? '' : `, ${derived} derived`;
}

/** What engines will compute in, where they have several forms: a line for each. */
export function engineLines({ engines }: PipelinePlan, style: Style): readonly string[] {
  return engines.flatMap(({ name, form }) =>
    form === undefined ? [] : [`${style.dim('engine')}   ${name}: ${printable(form)}`],
  );
}

/** What a run would publish: a line for each path as it is written. */
export function publicationLines({ publications }: PipelinePlan, style: Style): readonly string[] {
  const isSame = (one: Publication, other: Publication) =>
    one.source === other.source && one.pattern === other.pattern;
  const rows = publications
    .filter((one, index) => publications.findIndex((other) => isSame(one, other)) === index)
    .map((one) => ({ ...one, count: publications.filter((other) => isSame(one, other)).length }));
  const width = greatest(
    rows.map(({ source }) => displayWidth(printable(source))),
    0,
  );
  return rows.map(({ source, pattern, count }) => {
    const space = ' '.repeat(width - displayWidth(printable(source)));
    const files = pattern.includes('{label}') ? ` (${formatCount(count, 'file')})` : '';
    return `${style.dim('publish')}  ${printable(source)}${space}  ${printable(pattern)}${files}`;
  });
}

/** The reason of the nodes that are in the step's state: the common one, or the first and how many more there are. */
function reasonOfStep(nodes: readonly NodePlan[], state: PlanState): string {
  const [first, ...others] = nodes.filter((planned) => planned.state === state);
  if (first === undefined) return '';
  if (state === 'hit') return others.length === 0 ? `key ${shortDigest(first.key ?? '')}` : '';
  const { reason = '' } = first;
  const different = others.some((other) => (other.reason ?? '') !== reason);
  return different ? `${reason} (first of several; kshot explain ${first.step})` : reason;
}

/** The plan as data, for `--json`. */
export function planAsData(plan: PipelinePlan) {
  const { pipeline, file, engine, engines, counts, nodes, publications, remote } = plan;
  return {
    pipeline,
    file,
    engine,
    engines,
    counts,
    nodes,
    publish: publications.map(({ path, source }) => ({ path, source })),
    ...(remote === undefined
      ? {}
      : { remote: { url: remote.url, found: remote.found, fetched: remote.fetched, left: remote.left } }),
  };
}
