import { greatest } from '../base/extremes.js';
import { formatCount, shortDigest } from '../base/quantities.js';
import { displayWidth, printable } from '../base/terminal-text.js';
import type { GraphNode, Publication } from '../pipeline/graph/graph.js';
import type { Plan, PlannedNode, PlanState } from '../pipeline/plan/plan.js';
import type { Style } from '../ui/style.js';

/** How many nodes of a plan are in each state. */
export type PlanCounts = { readonly [state in PlanState]: number };

/** Counts nodes by their state. */
export function countStates(nodes: readonly PlannedNode[]): PlanCounts {
  const counts = { run: 0, hit: 0, depends: 0 };
  for (const { state } of nodes) counts[state] += 1;
  return counts;
}

/**
 * The plan, a line for each step in the order of execution: state (counts where its nodes differ), step, why, and
 * what `more` adds. Ends with the sums.
 */
export function planLines(
  plan: Plan,
  style: Style,
  reasonOf: (node: PlannedNode) => string,
  more: (nodes: readonly PlannedNode[]) => string = () => '',
): readonly string[] {
  const steps = new Map<string, PlannedNode[]>();
  for (const planned of shownNodes(plan.nodes)) {
    const name = lineOf(planned.node);
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
      subject: printable(nodes.length === 1 && first !== undefined ? first.node.id : step),
      count:
        nodes.length === 1
          ? ''
          : whole
            ? formatCount(nodes.length, 'node')
            : (['run', 'depends', 'hit'] as const)
                .filter((one) => counts[one] > 0)
                .map((one) => `${counts[one]} ${one}`)
                .join(' + '),
      reason: printable(reasonOfStep(nodes, state, reasonOf)),
      more: more(nodes),
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
  const counts = countStates(plan.nodes);
  return [
    ...rows.map((row) =>
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
    ),
    `${formatCount(plan.nodes.length, 'node')}${derivedText(plan.nodes)}: ${counts.run} run + ${counts.hit} hit + ${counts.depends} depends`,
  ];
}

/**
 * The nodes without those derived ones that go the way of what they are derived from: such a one is told by itself only
 * where it alone is to run, as after a change of the code that derives it.
 */
export function shownNodes(nodes: readonly PlannedNode[]): readonly PlannedNode[] {
  const states = new Map(nodes.map(({ node, state }) => [node.id, state]));
  return nodes.filter(
    ({ node: { derivedFrom }, state }) =>
      derivedFrom === undefined || (state !== 'hit' && states.get(derivedFrom) === 'hit'),
  );
}

/** What a node's line is about: its step, of a derived one with the port. */
function lineOf({ id, step, derivedFrom }: GraphNode): string {
  return derivedFrom === undefined ? step : `${step}${id.slice(derivedFrom.length)}`;
}

function derivedText(nodes: readonly PlannedNode[]): string {
  const derived = nodes.filter(({ node }) => node.derivedFrom !== undefined).length;
  return derived === 0 ? '' : `, ${derived} derived`;
}

/** What a run would publish: a line for each path as it is written. */
export function publicationLines({ graph }: Plan, style: Style): readonly string[] {
  const { publications } = graph;
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
function reasonOfStep(
  nodes: readonly PlannedNode[],
  state: PlanState,
  reasonOf: (node: PlannedNode) => string,
): string {
  const [first, ...others] = nodes.filter((planned) => planned.state === state);
  if (first === undefined) return '';
  if (state === 'hit') return others.length === 0 ? `key ${shortDigest(first.key ?? '')}` : '';
  const reason = reasonOf(first);
  const different = others.some((other) => reasonOf(other) !== reason);
  return different ? `${reason} (first of several; kshot explain ${first.node.step})` : reason;
}

/** The plan as data, for `--json`. */
export function planAsData(
  plan: Plan,
  reasonOf: (node: PlannedNode) => string,
): {
  readonly pipeline: string;
  readonly file: string;
  readonly engine: string;
  readonly counts: PlanCounts;
  readonly nodes: readonly { readonly [name: string]: string }[];
  /** Files of the project that a run would publish. */
  readonly publish: readonly { readonly path: string; readonly source: string }[];
} {
  return {
    pipeline: plan.graph.name,
    file: plan.graph.file,
    engine: plan.graph.engine,
    counts: countStates(plan.nodes),
    nodes: plan.nodes.map((planned) => ({
      node: planned.node.id,
      step: planned.node.step,
      kind: planned.node.kind,
      ...(planned.node.derivedFrom === undefined ? {} : { derived_from: planned.node.derivedFrom }),
      state: planned.state,
      ...(planned.key === undefined ? {} : { key: planned.key }),
      ...(reasonOf(planned) === '' ? {} : { reason: reasonOf(planned) }),
    })),
    publish: plan.graph.publications.map(({ path, source }) => ({ path, source })),
  };
}
