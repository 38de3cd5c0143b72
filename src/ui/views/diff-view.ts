import { estimateText } from '../../artifacts/metric-table.js';
import { greatest } from '../../base/extremes.js';
import type { Json } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { formatCount } from '../../base/quantities.js';
import { printable } from '../../base/terminal-text.js';
import type { NodeDifference, RunComparison, RunFacts, ValueDifference } from '../../report/compare-runs.js';
import type { MetricDifference, MetricSide, SettingOf } from '../../report/metric-differences.js';
import { inReadingOrder, isBetter } from '../../statistics/metrics.js';
import type { RowTable } from '../../tables/row-formats.js';
import type { Style } from '../style.js';
import { type FigureLayout, tableLines } from './metric-lines.js';

/**
 * Two runs' differences as lines: runs, parameters, environment, steps, metrics, and what must be known to read them.
 *
 * @param wanted the metric whose differences are listed, or `all`; without it the first
 */
export function diffLines(
  comparison: RunComparison,
  layout: FigureLayout,
  wanted: string | undefined,
): readonly string[] {
  const { style } = layout;
  const { before, after, parameters, environment, nodes, metrics } = comparison;
  const [first] = metricsIn(metrics.differing);
  const shown = metrics.differing.filter(({ metric }) => wanted === 'all' || metric === (wanted ?? first));
  const steps = stepLines(nodes.differing, style);
  const counts = countText(nodes.differing.length, nodes.same, 'node');
  return [
    `${style.red('-')} ${factsText(before)}`,
    `${style.green('+')} ${factsText(after)}`,
    ...section('parameters', valueLines(parameters), 'none differs', style),
    ...section('environment', valueLines(environment), 'none differs', style),
    ...section('steps', steps, 'none differs', style, counts),
    ...section(
      'metrics',
      [
        ...overviewLines(metrics.differing, layout),
        ...metricLines(shown, layout),
        ...onlyLines(metrics, style),
      ],
      metrics.same === 0 ? 'neither run has any' : 'none differs',
      style,
      countText(metrics.differing.length, metrics.same, 'metric'),
    ),
    ...notes(comparison, shown).map((note) => style.yellow(printable(note))),
  ];
}

function factsText({ run, started_at, engine, exit_code }: RunFacts): string {
  return printable(
    `${run}, ${started_at}, engine ${engine}${exit_code === 0 ? '' : `, exit code ${exit_code}`}`,
  );
}

function section(
  name: string,
  lines: readonly string[],
  none: string,
  style: Style,
  counts = '',
): readonly string[] {
  if (lines.length === 0) return ['', `${style.bold(name)}: ${none}`];
  return ['', `${style.bold(name)}${counts === '' ? '' : `: ${counts}`}`, ...lines];
}

function countText(differing: number, same: number, noun: string): string {
  return `${formatCount(differing, noun)} ${differing === 1 ? 'differs' : 'differ'}, ${same} the same`;
}

function valueLines(differences: readonly ValueDifference[]): readonly string[] {
  const width = greatest(
    differences.map(({ path }) => path.length),
    0,
  );
  return differences.map(({ path, before, after }) =>
    printable(`  ${path.padEnd(width)}  ${valueText(before)} -> ${valueText(after)}`),
  );
}

function valueText(value: Json | undefined): string {
  if (value === undefined) return 'absent';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/**
 * A line for each difference of a step's nodes: several with the same one share it. What is derived from a node that
 * differs itself is told with it.
 */
function stepLines(differing: readonly NodeDifference[], style: Style): readonly string[] {
  const groups = new Map<string, NodeDifference[]>();
  const nodes = new Set(differing.map(({ node }) => node));
  for (const one of differing) {
    if (nodes.has(one.derived_from ?? '')) continue;
    const name = JSON.stringify([lineOf(one), one.change, one.differences, one.same_outputs]);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const mark = { added: style.green, removed: style.red, changed: style.yellow };
  const rows = [...groups.values()].flatMap((nodes) => {
    const [first] = nodes;
    if (first === undefined) return [];
    const { change, node, differences, same_outputs } = first;
    const subject = nodes.length === 1 ? node : `${lineOf(first)} (${formatCount(nodes.length, 'node')})`;
    const lines = [...differences, ...(same_outputs ? ['the outputs are the same all the same'] : [])];
    return [{ change, subject, lines: lines.length === 0 ? [''] : lines }];
  });
  const width = greatest(
    rows.map(({ subject }) => subject.length),
    0,
  );
  return rows.flatMap(({ change, subject, lines }) =>
    lines.map((line, index) =>
      (index === 0
        ? `  ${mark[change](change.padEnd(8))} ${printable(subject.padEnd(width))}  ${printable(line)}`
        : `  ${' '.repeat(8)} ${' '.repeat(width)}  ${printable(line)}`
      ).trimEnd(),
    ),
  );
}

/** What a node's line is about: its step, of a derived one with the port. */
function lineOf({ node, step, derived_from }: NodeDifference): string {
  return derived_from === undefined ? step : `${step}${node.slice(derived_from.length)}`;
}

/** The metrics among differences, as they are read. */
function metricsIn(differing: readonly MetricDifference[]): readonly string[] {
  return inReadingOrder(differing.map(({ metric }) => metric));
}

/** A row for each metric: how many of its differences can be told from none, and in which direction. */
function overviewLines(differing: readonly MetricDifference[], layout: FigureLayout): readonly string[] {
  if (differing.length === 0) return [];
  const hasUnknown = differing.some(({ distinguishable }) => distinguishable === null);
  const rows = metricsIn(differing).map((name) => {
    const own = differing.filter(({ metric }) => metric === name);
    const distinct = own.filter(({ distinguishable }) => distinguishable === 'yes');
    const higher = distinct.filter(({ difference }) => difference > 0).length;
    const unknown = own.filter(({ distinguishable }) => distinguishable === null).length;
    const same = own.length - distinct.length - unknown;
    return [name, own.length, higher, distinct.length - higher, same, ...(hasUnknown ? [unknown] : [])];
  });
  const columns = [
    ...['metric', 'differ', 'higher', 'lower', 'not distinguishable'],
    ...(hasUnknown ? ['without an interval'] : []),
  ];
  return [...tableLines({ columns, rows }, layout), ''];
}

/** A row for each metric; what can be told from none stands out, better or worse. Columns that say nothing are left out. */
function metricLines(differing: readonly MetricDifference[], layout: FigureLayout): readonly string[] {
  if (differing.length === 0) return [];
  const settings = [...new Set(differing.flatMap((one) => Object.keys(one.settings)))];
  const all = [
    'node',
    'role',
    'k',
    'steps',
    'inner_lr',
    ...settings,
    'metric',
    'before',
    'after',
    'difference (distinguishable)',
    'over',
  ];
  const cells: RowTable['rows'] = differing.map((one) => [
    one.node,
    one.role === 'test' ? 'TEST' : one.role,
    changeText(one, ({ k }) => k),
    changeText(one, ({ steps }) => steps),
    changeText(one, ({ inner_lr }) => inner_lr),
    ...settings.map((name) => own(one.settings, name) ?? null),
    one.metric,
    one.before.value.toFixed(4),
    one.after.value.toFixed(4),
    `${signed(one)} ${one.distinguishable ?? 'unknown'}`,
    overText(one),
  ]);
  const filled = all.flatMap((_, column) => (cells.some((row) => row[column] !== null) ? [column] : []));
  const columns = filled.map((column) => all[column] ?? '');
  const rows = cells.map((row) => filled.map((column) => row[column] ?? null));
  const { style } = layout;
  return tableLines({ columns, rows }, layout, {
    mark: (line, row) => {
      const one = differing[row];
      if (one?.distinguishable !== 'yes') return line;
      return isBetter(one.metric, one.difference, 0) ? style.green(line) : style.red(line);
    },
  });
}

function changeText(
  { before, after }: MetricDifference,
  settingOf: (side: MetricSide) => number | null,
): string | null {
  const [was, is] = [settingOf(before), settingOf(after)];
  if (was === is) return is === null ? null : String(is);
  return `${was ?? 'none'} -> ${is ?? 'none'}`;
}

function signed({ difference, interval }: MetricDifference): string {
  const text = estimateText(difference, interval, 4) ?? '';
  return text.startsWith('-') ? text : `+${text}`;
}

function overText({ comparison, n, users, before, after }: MetricDifference): string {
  switch (comparison) {
    case 'paired':
      return `${n} pairs of ${users} users`;
    case 'shared':
      return `the ${n} pairs of ${users} users that both have`;
    case 'unpaired':
      return `unpaired: ${before.n} and ${after.n} pairs of ${before.users} and ${after.users} users`;
    case null:
      return 'no ranks, so no interval';
  }
}

function onlyLines(
  { only_before: before, only_after: after }: RunComparison['metrics'],
  style: Style,
): readonly string[] {
  const text = ({ node, k, steps, inner_lr, settings }: SettingOf) =>
    [
      node,
      ...(k === null ? [] : [`k ${k}`]),
      ...(steps === null ? [] : [`steps ${steps}`]),
      ...(inner_lr === null ? [] : [`inner_lr ${inner_lr}`]),
      ...Object.entries(settings).map(
        ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ),
    ].join(' ');
  const list = (settings: readonly SettingOf[]) => {
    const more = settings.length - 8;
    return printable(settings.slice(0, 8).map(text).join('; ') + (more > 0 ? `; and ${more} more` : ''));
  };
  return [
    ...(before.length === 0 ? [] : [`  ${style.red('only in the first:')} ${list(before)}`]),
    ...(after.length === 0 ? [] : [`  ${style.green('only in the second:')} ${list(after)}`]),
  ];
}

function notes(
  { before, after, metrics }: RunComparison,
  shown: readonly MetricDifference[],
): readonly string[] {
  const { differing } = metrics;
  const metricNames = metricsIn(differing);
  const compared = differing.filter(({ interval }) => interval !== null);
  const kinds = new Set(differing.map(({ comparison }) => comparison));
  return [
    ...(compared.length === 0
      ? []
      : [
          '',
          'Differences are second minus first, with 95 % intervals by bootstrap over users; distinguishable where the interval leaves 0 out. What another seed of training would change is not in them.',
        ]),
    ...(shown.length === differing.length
      ? []
      : [
          `Listed: ${metricsIn(shown).join(', ') || 'none'}; --metric ${metricNames.join(', ')} or all lists others.`,
        ]),
    ...(kinds.has('shared')
      ? [
          'Where the runs ranked some pairs in common, the difference is over these alone; before and after are over all.',
        ]
      : []),
    ...(kinds.has('unpaired')
      ? [
          'Unpaired: the runs ranked other query pairs, so what these differ in is in the difference too, and the interval is wider.',
        ]
      : []),
    ...(compared.length > 10
      ? [
          `Of ${compared.length} differences that were none, about ${Math.round(compared.length / 20) || 1} would look distinguishable by chance.`,
        ]
      : []),
    ...(differing.some(({ role }) => role === 'test')
      ? ['TEST marks figures from test data: report them, do not choose by them.']
      : []),
    ...(before.synthetic || after.synthetic
      ? ['The data is synthetic: these figures say nothing about real learners.']
      : []),
    ...[before, after].flatMap(({ run, waivers }) =>
      waivers.map(({ step, reason }) => `Guard against test data waived for ${step} in ${run}: ${reason}`),
    ),
  ];
}
