import { formatCount, formatFigure, formatSeconds } from '../../base/quantities.js';
import { printable } from '../../base/terminal-text.js';
import type { Outcome } from '../../run/event.js';
import { metricNames } from '../../statistics/metrics.js';
import { fitText } from '../fit-text.js';
import { finishLines, noteLine, retryLine, wordLine } from '../plain-lines.js';
import type { Style } from '../style.js';
import type { Symbols } from '../symbols.js';
import { wrapLine } from '../wrap-line.js';
import { derivedAlone, type Message, type NodeView, nodesByState, type StepView } from './view-state.js';

/** The lines that stay above the live view; steps are named in at most `width` columns, failures told in full. */
export function messageLines(
  message: Message,
  { width, style, symbols }: { readonly width: number; readonly style: Style; readonly symbols: Symbols },
): readonly string[] {
  switch (message.type) {
    case 'notice':
      return wrapLine(printable(message.text), width);
    case 'wait':
      return wrapLine(wordLine(style.dim, 'wait', message.wait.node, message.wait.reason), width);
    case 'retry':
      return wrapLine(retryLine(message.retry, style), width);
    case 'note':
      return wrapLine(noteLine(message.note, style), width);
    case 'failure':
      return finishLines(message.finish, style).flatMap((line) => wrapLine(line, width));
    case 'steps': {
      const nodes = message.steps.reduce((sum, { total }) => sum + total, 0);
      const names = message.steps.map(({ step }) => step);
      const mark = message.outcome === 'hit' ? style.green : style.yellow;
      const [only] = names;
      if (names.length === 1 && only !== undefined) {
        const count = nodes > 1 ? `${formatCount(nodes, 'node')}, ` : '';
        return [cutLine(mark, message.outcome, only, `${count}${message.reason}`, width, symbols)];
      }
      const subject = formatCount(names.length, 'step');
      const after = message.after === undefined ? '' : `after ${message.after}: `;
      const shown = namesIn(names, width - 12 - subject.length - after.length);
      return [cutLine(mark, message.outcome, subject, `${after}${shown}`, width, symbols)];
    }
    case 'step':
      return [stepLine(derivedAlone(message.step) ?? message.step, message.seconds, width, style, symbols)];
  }
}

function cutLine(
  mark: Style['green'],
  word: string,
  subject: string,
  rest: string,
  width: number,
  symbols: Symbols,
): string {
  const room = width - 10;
  const name = fitText(subject, room, symbols.cut);
  return wordLine(mark, word, name, fitText(rest, Math.max(0, room - name.length - 2), symbols.cut));
}

/** As many names as fit, and how many there are besides. */
function namesIn(names: readonly string[], width: number): string {
  for (let shown = names.length; shown > 1; shown--) {
    const more = names.length - shown;
    const text = `${names.slice(0, shown).join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
    if (text.length <= width) return text;
  }
  return `${names[0]} and ${names.length - 1} more`;
}

const words: readonly Outcome[] = ['ran', 'hit', 'joined', 'failed', 'skipped', 'cancelled'];

function stepLine(step: StepView, seconds: number, width: number, style: Style, symbols: Symbols): string {
  const counts = nodesByState(step);
  const outcomes = words.filter((outcome) => counts[outcome] > 0);
  const worst =
    (['failed', 'cancelled', 'skipped', 'ran', 'joined'] as const).find((one) => counts[one] > 0) ?? 'hit';
  const mark = { failed: style.red, cancelled: style.yellow, skipped: style.yellow }[worst as 'failed'];
  const parts = [
    ...(step.total < 2
      ? []
      : outcomes.length === 1
        ? [formatCount(step.total, 'node')]
        : [outcomes.map((outcome) => `${counts[outcome]} ${outcome}`).join(' + ')]),
    formatSeconds(seconds),
    ...figuresOf(step),
  ];
  return cutLine(mark ?? style.green, worst, step.step, parts.join(', '), width, symbols);
}

/** What a step came to: its metric, or the loss that it ended with. */
function figuresOf(step: StepView): readonly string[] {
  const last = [...step.nodes.values()].findLast((node) => Object.keys(node.values).length > 0);
  if (last === undefined) return [];
  const metric = metricOf(last);
  if (metric === undefined) {
    const [name] = Object.keys(last.values);
    return name === undefined ? [] : [`${name} ${formatFigure(last.values[name] ?? 0)}`];
  }
  // Of many the best would be a choice: that is made by a step of the pipeline, and not on test data at all.
  if (step.nodes.size > 1) return [];
  return [`${metric.name} ${metric.value.toFixed(4)}${step.role === 'test' ? ' (TEST)' : ''}`];
}

function metricOf({
  values,
}: Pick<NodeView, 'values'>): { readonly name: string; readonly value: number } | undefined {
  const name = metricNames.find((one) => values[one] !== undefined);
  const value = name === undefined ? undefined : values[name];
  return name === undefined || value === undefined ? undefined : { name, value };
}
