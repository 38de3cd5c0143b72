import {
  formatBytes,
  formatCount,
  formatFigure,
  formatProgress,
  formatSeconds,
  shortDigest,
} from '../base/quantities.js';
import { printable } from '../base/terminal-text.js';
import type {
  RunComputed,
  RunEvent,
  RunFinish,
  RunSending,
  RunStart,
  StepFinish,
  StepJob,
  StepNote,
  StepProgress,
  StepRetry,
} from '../run/event.js';
import { plainStyle, type Style } from './style.js';

/** Least time between two progress lines of one node, and of what is sent. */
const progressEverySeconds = 2;
/** Of so many steps that one failure kept from starting, the names are told. */
const mostNamed = 8;

/**
 * A function from each event of a run, in order, to the lines that tell it. It keeps only what folding needs; time
 * is read from the events, so the same events always give the same lines.
 */
export function createPlainLines(style: Style = plainStyle): (event: RunEvent) => readonly string[] {
  const lastProgress = new Map<string, number>();
  let lastSending = Number.NEGATIVE_INFINITY;
  /** Hits that are not shown yet, by step: many nodes of one step become one line. */
  const hits = new Map<string, StepFinish[]>();
  /** Skipped nodes that are not shown yet, by the failure that kept them from starting: one line at the end for each. */
  const skipped = new Map<string, StepFinish[]>();
  const isFolded = createFolding();
  let lastSummary: string | undefined;

  const flushHits = (): string[] => {
    const lines = [...hits].map(([step, finishes]) => hitLine(step, finishes, style));
    hits.clear();
    return lines;
  };

  const flushAll = (): string[] => {
    const lines = [...skipped].map(([after, finishes]) => skippedLine(after, finishes, style));
    skipped.clear();
    return [...flushHits(), ...lines];
  };

  const finish = (event: StepFinish): readonly string[] => {
    lastProgress.delete(event.node);
    if (event.outcome === 'skipped' && event.after !== undefined) addTo(skipped, event.after, event);
    else if (event.outcome === 'hit') addTo(hits, event.step, event);
    else return [...flushHits(), ...finishLines(event, style)];
    return [];
  };

  const progress = (event: StepProgress): readonly string[] => {
    const time = Date.parse(event.time) / 1000;
    const last = lastProgress.get(event.node);
    if (last !== undefined && time - last < progressEverySeconds) return [];
    lastProgress.set(event.node, time);
    return [...flushHits(), progressLine(event, style)];
  };

  const sending = (event: RunSending): readonly string[] => {
    const time = Date.parse(event.time) / 1000;
    if (time - lastSending < progressEverySeconds) return [];
    lastSending = time;
    return [...flushHits(), wordLine(style.dim, 'sending', event.url, sendingText(event))];
  };

  // Told as soon as the steps have ended, and again only where what followed made it another.
  const summary = (event: RunComputed | RunFinish): readonly string[] => {
    const line = summaryLine(event, style);
    const isNew = line !== lastSummary;
    lastSummary = line;
    return isNew ? [line] : [];
  };

  return (event) => {
    if (isFolded(event)) return [];
    switch (event.event) {
      case 'step.finish':
        return finish(event);
      case 'step.progress':
        return progress(event);
      case 'step.start':
        return [...flushHits(), wordLine(style.cyan, 'start', event.node, event.reason)];
      case 'step.wait':
        return [...flushHits(), wordLine(style.dim, 'wait', event.node, event.reason)];
      // That it waits is no news to who has seen it start.
      case 'step.job':
        return event.state === 'queued'
          ? []
          : [...flushHits(), wordLine(style.dim, 'job', event.node, placeOfJob(event))];
      case 'step.decision':
        return [...flushHits(), wordLine(style.dim, 'decision', event.node, event.decision)];
      case 'step.retry':
        return [...flushHits(), retryLine(event, style)];
      case 'step.note':
        return [...flushHits(), noteLine(event, style)];
      case 'step.log':
        return [];
      case 'run.sending':
        return sending(event);
      // Failures are printed in full, with the lines of the files that they are in, not as a line of the run.
      case 'run.failed':
        return flushAll();
      case 'run.start':
        return startLines(event, style);
      case 'run.computed':
      case 'run.finish':
        return [...flushAll(), ...summary(event)];
    }
  };
}

function addTo(groups: Map<string, StepFinish[]>, group: string, finish: StepFinish): void {
  const known = groups.get(group);
  if (known === undefined) groups.set(group, [finish]);
  else known.push(finish);
}

/** Whether an event needs no line: what is derived from a node has its own only where it was executed alone, or failed. */
function createFolding(): (event: RunEvent) => boolean {
  const started = new Set<string>();
  const folded = new Set<string>();
  return (event) => {
    if (event.event === 'step.start') {
      if (event.derivedFrom === undefined) started.add(event.node);
      else if (started.has(event.derivedFrom)) folded.add(event.node);
      return folded.has(event.node);
    }
    if (event.event === 'step.progress') return folded.has(event.node);
    if (event.event !== 'step.finish' || event.derivedFrom === undefined) return false;
    return event.outcome !== 'failed' && (event.outcome !== 'ran' || folded.has(event.node));
  };
}

function startLines(event: RunStart, style: Style): readonly string[] {
  const { python, pythonFrom = '' } = event;
  const engines = enginesOf(event);
  const isTold = engines.some(({ facts }) => facts !== '');
  const summary = [
    `${event.run}  ${formatCount(event.nodes, 'node')}`,
    formatCount(event.slots, 'slot'),
    ...(event.gpus > 0 ? [formatCount(event.gpus, 'gpu')] : []),
    ...(isTold ? [] : engines.map(({ name }) => `engine ${name}`)),
  ];
  const line = wordLine(style.bold, 'run', event.pipeline, summary.join(', '));
  // On lines of their own, which a terminal of 80 columns need not wrap.
  return [
    line,
    ...(isTold ? engines.map(({ name, facts }) => wordLine(style.bold, 'engine', name, facts)) : []),
    ...(python === undefined ? [] : [wordLine(style.bold, 'python', python, `by ${pythonFrom}`)]),
  ];
}

/** The engines that nodes compute with, each with what there is to say of it: why it was chosen, in which form it computes. */
function enginesOf({ engine, engineReason, engines = [] }: RunStart) {
  return engines.map(({ name, form }) => {
    const facts = [name === engine ? engineReason : undefined, form].filter((fact) => fact !== undefined);
    return { name, facts: facts.join('; ') };
  });
}

/** A line of a run: a marked word, what it is about, and the rest. */
export function wordLine(
  mark: (text: string) => string,
  word: string,
  subject: string,
  rest: string,
): string {
  return `${mark(word.padEnd(9))} ${printable(subject)}${rest === '' ? '' : `  ${printable(rest)}`}`;
}

/** `4711_3 on node7` */
export function placeOfJob({ job = '', host = '' }: Pick<StepJob, 'job' | 'host'>): string {
  return `${job} on ${host}`;
}

/** `3 results left: 5 objects, 12 MB` */
function sendingText({ entries, objects, bytes }: RunSending): string {
  return `${formatCount(entries, 'result')} left: ${formatCount(objects, 'object')}, ${formatBytes(bytes)}`;
}

/** That a node is executed once more, and why. */
export function retryLine({ node, reason }: StepRetry, style: Style): string {
  return wordLine(style.yellow, 'retry', node, reason);
}

/** What a node found, or a warning of its. */
export function noteLine({ node, line }: StepNote, style: Style): string {
  const warning = /^warning: /.exec(line)?.[0];
  if (warning === undefined) return wordLine(style.dim, 'note', node, line);
  return wordLine(style.yellow, 'warning', node, line.slice(warning.length));
}

function hitLine(step: string, finishes: readonly StepFinish[], style: Style): string {
  const [first] = finishes;
  if (finishes.length === 1 && first !== undefined) {
    return wordLine(
      style.dim,
      'hit',
      first.node,
      first.key === undefined ? first.reason : `key ${shortDigest(first.key)}`,
    );
  }
  const keys = finishes.flatMap((finish) => (finish.key === undefined ? [] : [shortDigest(finish.key)]));
  const shown = keys.length > 3 ? `${keys.slice(0, 3).join(', ')}, ...` : keys.join(', ');
  return wordLine(style.dim, 'hit', step, `${formatCount(finishes.length, 'node')}, keys ${shown}`);
}

/** The steps that did not start because of one failure: of many the first few by name. */
function skippedLine(after: string, finishes: readonly StepFinish[], style: Style): string {
  const steps = [...new Set(finishes.map(({ step }) => step))];
  const [first] = finishes;
  if (finishes.length === 1 && first !== undefined)
    return wordLine(style.yellow, 'skipped', first.node, first.reason);
  const shown = steps.slice(0, mostNamed);
  const more = steps.length > shown.length ? ` and ${steps.length - shown.length} more` : '';
  const nodes = finishes.length > steps.length ? `${formatCount(finishes.length, 'node')} ` : '';
  return wordLine(
    style.yellow,
    'skipped',
    formatCount(steps.length, 'step'),
    `${nodes}after ${after}: ${shown.join(', ')}${more}`,
  );
}

function progressLine(event: StepProgress, style: Style): string {
  return wordLine(
    style.dim,
    'progress',
    event.node,
    [
      ...reached(event),
      ...(event.rate === undefined ? [] : [`${formatFigure(event.rate)} ${event.unit}/s`]),
      ...(event.secondsLeft === undefined ? [] : [`${formatSeconds(event.secondsLeft)} left`]),
    ].join(', '),
  );
}

/** How far a node has come: `7/20 epoch`, `loss 0.31`. */
function reached({
  done,
  total,
  unit,
  values,
}: Pick<StepProgress, 'done' | 'total' | 'unit' | 'values'>): readonly string[] {
  const figures = Object.entries(values).map(([name, value]) => `${name} ${formatFigure(value)}`);
  return [formatProgress(done, total, unit), ...figures];
}

/** The lines that tell of a node's outcome. */
export function finishLines(event: StepFinish, style: Style): string[] {
  const key = event.key === undefined ? '' : `, key ${shortDigest(event.key)}`;
  switch (event.outcome) {
    case 'ran':
      return [
        wordLine(style.green, 'ran', event.node, `${formatSeconds(event.seconds)}${key} (${event.reason})`),
      ];
    case 'hit':
    case 'joined':
      return [wordLine(style.green, event.outcome, event.node, `${event.reason}${key}`)];
    case 'skipped':
    case 'cancelled':
      return [wordLine(style.yellow, event.outcome, event.node, event.reason)];
    case 'failed': {
      const { failure } = event;
      return [
        wordLine(
          style.red,
          'failed',
          event.node,
          `${formatSeconds(event.seconds)}: ${(failure?.message ?? event.reason).split('\n').join(' ')}`,
        ),
        ...(failure?.progress === undefined
          ? []
          : [`          at: ${printable(reached(failure.progress).join(', '))}`]),
        ...(failure?.lastLines ?? []).map((text) => `          | ${printable(text)}`),
        ...(failure?.hint === undefined ? [] : [`          hint: ${printable(failure.hint)}`]),
        ...(failure?.log === undefined ? [] : [`          log: ${printable(failure.log)}`]),
        ...(failure?.left === undefined ? [] : [`          files: ${printable(failure.left)}/`]),
      ];
    }
  }
}

/** Every outcome that occurred with its count, and their sum, so that a reader sees that nothing is missing. */
export function summaryLine(event: RunComputed | RunFinish, style: Style): string {
  const { counts, repaired = [] } = event;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const parts = (['ran', 'hit', 'joined', 'failed', 'skipped', 'cancelled'] as const)
    .filter((outcome) => counts[outcome] > 0 || outcome === 'ran' || outcome === 'hit')
    .map((outcome) => `${counts[outcome]} ${outcome}`);
  const done = event.exitCode === 0;
  // A damaged result is the only other way to this exit code.
  const healed = event.exitCode === 1 && counts.failed === 0 && repaired.length > 0;
  const word = done ? 'done' : healed ? 'repaired' : event.exitCode >= 128 ? 'cancelled' : 'failed';
  const mark = done ? style.green : healed ? style.yellow : style.red;
  const again =
    repaired.length === 0 ? '' : `; ${formatCount(repaired.length, 'damaged result')} computed again`;
  return `${mark(word.padEnd(9))} ${formatCount(total, 'node')}: ${parts.join(' + ')}, in ${formatSeconds(event.seconds)}${again}`;
}
