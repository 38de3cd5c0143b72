import { greatest, least } from '../../base/extremes.js';
import { formatCount, formatFigure, formatProgress, formatSeconds } from '../../base/quantities.js';
import { displayWidth, printable } from '../../base/terminal-text.js';
import { fitSpans, padText, type TextSpan } from '../fit-text.js';
import type { Style } from '../style.js';
import type { Symbols } from '../symbols.js';
import { type ListItem, standingOf } from './list-items.js';
import { fractionOf, progressOfStep, validationOf } from './run-progress.js';
import { sparkline } from './series.js';
import { isLossName, type NodeView, nodesByState, type StepView, type ViewState } from './view-state.js';

/** How rows are drawn. */
export interface Drawing {
  /** Columns that a row may take. */
  readonly width: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly style: Style;
  readonly symbols: Symbols;
}

/** Columns that rows of a list share. */
export interface ListColumns {
  readonly name: number;
  readonly count: number;
  readonly bar: number;
}

/** The widths of the columns that make these items stand below one another. */
export function columnsOf(items: readonly ListItem[], width: number): ListColumns {
  const widest = (texts: readonly string[]) => greatest(texts.map(displayWidth), 0);
  const named = items.filter((item) => item.type !== 'over');
  return {
    name: Math.min(Math.floor(width * 0.36), widest(named.map(nameOf)) + 1),
    count: widest(named.map(countOf)),
    bar: width >= 100 ? 24 : width >= 76 ? 16 : 8,
  };
}

/** An item's row. */
export function itemRow(item: ListItem, isSelected: boolean, columns: ListColumns, drawing: Drawing): string {
  const { style, symbols, width } = drawing;
  const cursor: TextSpan = { text: isSelected ? `${symbols.cursor} ` : '  ', mark: style.bold };
  const strong = isSelected ? { mark: style.bold } : {};
  if (item.type === 'over') {
    const icon = { text: `${symbols.done} `, mark: style.green };
    return fitSpans([cursor, icon, { text: overText(item.steps), ...strong }], width, symbols.cut);
  }
  const name = padText(nameOf(item), columns.name, symbols.cut);
  const count = columns.count === 0 ? '' : ` ${countOf(item).padStart(columns.count)}`;
  const rest =
    item.type === 'step'
      ? stepSpans(item.step, columns, drawing, width - 4 - columns.name - count.length - 2)
      : nodeSpans(item.node, columns, drawing, width - 4 - columns.name - count.length - 2);
  return fitSpans(
    [cursor, iconOf(item, drawing), { text: name, ...strong }, { text: `${count}  ` }, ...rest],
    width,
    symbols.cut,
  );
}

function nameOf(item: ListItem): string {
  switch (item.type) {
    case 'over':
      return '';
    case 'step':
      return `${item.isNested ? '  ' : ''}${item.step.step}`;
    case 'node':
      // The step's name stands above.
      return `  ${item.node.node.slice(item.step.step.length)}`;
  }
}

function countOf(item: ListItem): string {
  if (item.type !== 'step' || item.step.total < 2) return '';
  const { waiting, running } = nodesByState(item.step);
  return `${item.step.total - waiting - running}/${item.step.total}`;
}

function iconOf(item: Exclude<ListItem, { type: 'over' }>, { style, symbols }: Drawing): TextSpan {
  if (item.type === 'node') {
    switch (item.node.state) {
      case 'running':
        return { text: `${symbols.running} `, mark: style.cyan };
      case 'failed':
        return { text: `${symbols.failed} `, mark: style.red };
      case 'skipped':
      case 'cancelled':
        return { text: `${symbols.stopped} `, mark: style.yellow };
      default:
        return { text: `${symbols.done} `, mark: style.green };
    }
  }
  switch (standingOf(item.step)) {
    case 'failed':
      return { text: `${symbols.failed} `, mark: style.red };
    case 'active':
      return nodesByState(item.step).running > 0
        ? { text: `${symbols.running} `, mark: style.cyan }
        : { text: `${symbols.partly} `, mark: style.cyan };
    case 'waiting':
      return { text: `${symbols.waiting} ` };
    case 'done':
      return { text: `${symbols.done} `, mark: style.green };
    case 'stopped':
      return { text: `${symbols.stopped} `, mark: style.yellow };
  }
}

function overText(steps: readonly StepView[]): string {
  const all = steps.map(nodesByState);
  const cached = all.filter(
    ({ ran, hit, joined }, index) => hit > 0 && ran + joined === 0 && standingOf(steps[index]!) === 'done',
  );
  const stopped = steps.filter((step) => standingOf(step) === 'stopped').length;
  const done = steps.length - stopped;
  const parts = [
    ...(done === 0
      ? []
      : [
          cached.length === done
            ? `${formatCount(done, 'step')} from the cache`
            : `${formatCount(done, 'step')} done${cached.length === 0 ? '' : `, ${cached.length} from the cache`}`,
        ]),
    ...(stopped === 0 ? [] : [`${stopped} not run`]),
  ];
  return parts.join(', ');
}

function stepSpans(
  step: StepView,
  columns: ListColumns,
  drawing: Drawing,
  room: number,
): readonly TextSpan[] {
  const { now, style } = drawing;
  const running = [...step.nodes.values()].filter(({ state }) => state === 'running');
  const standing = standingOf(step);
  if (standing === 'failed') {
    const failed = [...step.nodes.values()].find(({ state }) => state === 'failed');
    return [{ text: failed?.reason.split('\n')[0] ?? '', mark: style.red }];
  }
  if (standing === 'active') {
    const progress = progressOfStep(step);
    const pace = running.length === 1 ? running[0]?.progress : undefined;
    if (progress !== undefined) return progressSpans(progress, pace, columns, drawing, room);
    const elapsed = (now - least(running.map(({ startedAt }) => startedAt ?? now))) / 1000;
    const expected = step.total === 1 ? step.expected?.seconds : undefined;
    const time = `${formatSeconds(Math.max(0, elapsed))}${ofAbout(elapsed, expected)}`;
    return [{ text: `${jobsText(running)}${time}${countDone(pace)}` }];
  }
  if (standing === 'waiting') {
    const { expected } = step;
    const isWorthTelling = expected !== undefined && expected.seconds >= 10;
    return isWorthTelling ? [{ text: `about ${formatSeconds(expected.seconds)}`, mark: style.dim }] : [];
  }
  return [{ text: outcomeText([...step.nodes.values()]) }];
}

function nodeSpans(
  node: NodeView,
  columns: ListColumns,
  drawing: Drawing,
  room: number,
): readonly TextSpan[] {
  if (node.state === 'failed') return [{ text: node.reason.split('\n')[0] ?? '', mark: drawing.style.red }];
  if (node.state !== 'running') return [{ text: outcomeText([node]) }];
  const fraction = fractionOf(node);
  if (fraction === undefined) {
    const elapsed = Math.max(0, drawing.now - (node.startedAt ?? drawing.now)) / 1000;
    const place = node.job === undefined ? '' : `${node.job.place}  `;
    return [{ text: `${place}${formatSeconds(elapsed)}${countDone(node.progress)}` }];
  }
  const { secondsLeft } = node.progress ?? {};
  const left = secondsLeft === undefined ? {} : { secondsLeft };
  return progressSpans({ fraction, ...left }, node.progress, columns, drawing, room);
}

/** Of nodes that are jobs: how many wait in the queue, or where the only one is. */
function jobsText(running: readonly NodeView[]): string {
  const jobs = running.flatMap(({ job }) => job ?? []);
  const [first] = jobs;
  if (first === undefined) return '';
  if (jobs.length === 1) return `${printable(first.place)}  `;
  const queued = jobs.filter(({ isQueued }) => isQueued).length;
  const counts = [`${jobs.length - queued} running`, ...(queued === 0 ? [] : [`${queued} queued`])];
  return `${counts.join(', ')}  `;
}

/** How far a node is that has said it, and not how far it has to go. */
function countDone(pace: NodeView['progress']): string {
  return pace === undefined || pace.done === 0
    ? ''
    : `  ${printable(formatProgress(pace.done, undefined, pace.unit))}`;
}

function ofAbout(elapsed: number, expected: number | undefined): string {
  return expected !== undefined && expected >= 1 && expected > elapsed
    ? ` of about ${formatSeconds(expected)}`
    : '';
}

function outcomeText(nodes: readonly NodeView[]): string {
  const [first] = nodes;
  if (first === undefined) return '';
  // From the first start to the last end, as it is told when the step has ended.
  const ran = nodes.flatMap(({ startedAt, seconds }) =>
    startedAt === undefined ? [] : [{ startedAt, seconds }],
  );
  const ends = ran.map(({ startedAt, seconds }) => startedAt + 1000 * seconds);
  const seconds = (greatest(ends) - least(ran.map(({ startedAt }) => startedAt))) / 1000;
  const time = ran.length > 0 && seconds > 0 ? ` ${formatSeconds(seconds)}` : '';
  if (nodes.every(({ state }) => state === first.state)) return `${first.state}${time}`;
  const states = [...new Set(nodes.map(({ state }) => state))];
  const counts = states.map((one) => `${nodes.filter(({ state }) => state === one).length} ${one}`);
  return `${counts.join(' + ')}${time}`;
}

/** A bar, then as much of done, rate and time left as there is room for. */
function progressSpans(
  { fraction, secondsLeft }: { readonly fraction: number; readonly secondsLeft?: number },
  pace: NodeView['progress'],
  columns: ListColumns,
  { style, symbols }: Drawing,
  room: number,
): readonly TextSpan[] {
  const percent = `${String(Math.floor(100 * fraction)).padStart(3)} %`;
  const left = secondsLeft === undefined || fraction === 1 ? '' : `  ${wholeSeconds(secondsLeft)} left`;
  const rate =
    pace?.rate === undefined || pace.done >= (pace.total ?? 0)
      ? ''
      : `  ${formatFigure(Number(pace.rate.toPrecision(3)))}/s`;
  const done = pace === undefined ? '' : `  ${printable(formatProgress(pace.done, pace.total, pace.unit))}`;
  const fitting = [
    `${percent}${left}${rate}${done}`,
    `${percent}${left}${rate}`,
    `${percent}${left}`,
    percent,
  ].find((text) => text.length + columns.bar + 1 <= room);
  if (fitting === undefined) return [{ text: `${percent}${left}` }];
  const full = Math.round(fraction * columns.bar);
  return [
    { text: symbols.barFull.repeat(full), mark: style.cyan },
    { text: symbols.barEmpty.repeat(columns.bar - full), mark: style.dim },
    { text: ` ${fitting}` },
  ];
}

/** Tenths of a second would only flicker. */
function wholeSeconds(seconds: number): string {
  return seconds < 9.95 ? `${Math.ceil(seconds)} s` : formatSeconds(seconds);
}

/** Figures of the training that reported last, a loss first, and its validation metric, each a line. */
export function curveRows(
  step: StepView,
  state: ViewState,
  { width, symbols, style }: Drawing,
): readonly string[] {
  const curve = step.curves.at(-1);
  const { running, failed } = nodesByState(step);
  if (curve === undefined || running + failed === 0) return [];
  const { figures, chain } = curve;
  const validation = validationOf(state, step);
  const label = Math.min(18, Math.floor(width / 4));
  const sparkWidth = Math.min(32, Math.max(8, width - label - 44));
  const of = step.curves.length > 1 ? ` (${chain.slice(step.step.length)})` : '';
  const row = (name: string, value: string, points: readonly number[], note: string): string =>
    fitSpans(
      [
        { text: '      ' },
        { text: padText(name, label, symbols.cut) },
        { text: ` ${value.padStart(6)}  ` },
        { text: sparkline(points, sparkWidth, symbols.levels), mark: style.cyan },
        { text: note === '' ? '' : `  ${note}` },
      ],
      width,
      symbols.cut,
    );
  return [
    ...figures.flatMap(({ name, series }, index) => {
      // One value is no curve.
      if (index > 0 && series.points.length < 2) return [];
      const range = isLossName(name)
        ? `lowest ${formatFigure(series.lowest)}`
        : `${formatFigure(series.lowest)} to ${formatFigure(series.highest)}`;
      return [
        row(printable(name), formatFigure(series.last), series.points, `${range}${index === 0 ? of : ''}`),
      ];
    }),
    ...(validation === undefined
      ? []
      : [
          row(
            `val ${validation.metric}`,
            (validation.values.at(-1) ?? 0).toFixed(4),
            validation.values,
            `best ${validation.best.value.toFixed(4)} at ${validation.best.at}`,
          ),
        ]),
  ];
}
