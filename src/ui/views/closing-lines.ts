import type { FinishedRun } from '../../artifacts/finished-run.js';
import { isEvaluation } from '../../artifacts/metric-table.js';
import { identityOf } from '../../artifacts/register.js';
import type { Report } from '../../artifacts/run-documents.js';
import { printable } from '../../base/terminal-text.js';
import { kinds } from '../../kinds/registry.js';
import type { LeftFile } from '../../report/publish/left-files.js';
import type { PublishedFile } from '../../report/publish/published-history.js';
import type { RemoteExchange } from '../../store/exchange.js';
import { exchangeLines } from './exchange-lines.js';
import { type FigureLayout, notesWithoutFigures, resultLines } from './metric-lines.js';

export interface Closing {
  readonly finished: FinishedRun;
  /** Absent where it could not be written. */
  readonly report?: Report;
  readonly published: readonly Pick<PublishedFile, 'path' | 'outcome' | 'replaced'>[];
  readonly left: readonly LeftFile[];
  readonly remote?: RemoteExchange;
  /** Where the page or the folder of the run is, as it is typed where the run was started. */
  readonly place: string;
  /** What kshot was started with: how to type its name, a file and targets, options. */
  readonly command: string;
  readonly targets: readonly string[];
  readonly options: {
    readonly root?: string;
    readonly set?: readonly string[];
    readonly engine?: string;
    readonly keepGoing?: boolean;
    readonly jobs?: number;
  };
}

/**
 * What a run ends with: where its results are, what can be typed next, each command as it works here, and last, where
 * they stay in view, the results.
 */
export function closingLines(closing: Closing, layout: FigureLayout): readonly string[] {
  const { report, place } = closing;
  const { style } = layout;
  const results = report === undefined ? { lines: [], isAll: true } : resultLines(report, layout);
  const next = nextCommands(closing, results.lines.length > 0, results.isAll);
  return [
    ...(results.lines.length > 0 ? [''] : []),
    `${style.bold('report'.padEnd(9))} ${place}`,
    ...publishedLines(closing.published, style),
    ...leftLines(closing.left, style),
    ...exchangeLines(closing.remote, style),
    ...next.map(({ command, why }, index) => {
      const word = index === 0 ? style.bold('next'.padEnd(9)) : ' '.repeat(9);
      // A comment to a shell, so that the whole line can be typed; left out where it would be wrapped.
      const comment = `  # ${why}`;
      const fits = 10 + command.length + comment.length <= layout.width;
      return `${word} ${command}${fits ? style.dim(comment) : ''}`;
    }),
    ...(results.lines.length > 0
      ? ['', ...results.lines]
      : report === undefined
        ? []
        : notesWithoutFigures(report, layout)),
  ];
}

const publishedNamed = 3;

/**
 * `published models/best.safetensors, results/summary.csv (1 written, 1 unchanged)`; apart from them what was kept,
 * which is not what the run gave.
 */
function publishedLines(files: Closing['published'], style: FigureLayout['style']): readonly string[] {
  const pathsOf = (outcome: string) =>
    files.filter((file) => file.outcome === outcome).map(({ path }) => path);
  const [written, unchanged, kept] = [pathsOf('written'), pathsOf('unchanged'), pathsOf('kept')];
  const counts = [
    ...(written.length === 0 ? [] : [`${written.length} written`]),
    ...(unchanged.length === 0 ? [] : [`${unchanged.length} unchanged`]),
  ];
  const them = kept.length === 1 ? 'it' : 'them';
  return [
    // What changed is what one wants to open.
    ...(counts.length === 0
      ? []
      : [
          `${style.bold('published'.padEnd(9))} ${pathsShown([...written, ...unchanged])} (${counts.join(', ')})`,
        ]),
    ...byRun(files.map(({ path, replaced }) => ({ path, run: replaced }))).flatMap(({ run, paths }) =>
      run === undefined
        ? []
        : [
            `${style.bold('replaced'.padEnd(9))} ${pathsShown(paths)} (of run ${printable(run)}: another pipeline publishes there, too)`,
          ],
    ),
    ...(kept.length === 0
      ? []
      : [
          `${style.bold('kept'.padEnd(9))} ${pathsShown(kept)} (not as kshot wrote ${them}: delete ${them} to get what this run gave)`,
        ]),
  ];
}

/** `removed   models/lr=0.3.pt (of run sweep/first, and made no more)`; then, in the same way, what is stale. */
function leftLines(left: readonly LeftFile[], style: FigureLayout['style']): readonly string[] {
  return (['removed', 'stale'] as const).flatMap((outcome) => {
    const files = left.filter((one) => one.outcome === outcome).map(({ published }) => published);
    return byRun(files).map(({ run, paths }) => {
      const why = outcome === 'removed' ? 'no longer made' : 'not made anew';
      const of = run === undefined ? why : `of run ${printable(run)}, ${why}`;
      return `${style.bold(outcome.padEnd(9))} ${pathsShown(paths)} (${of})`;
    });
  });
}

function byRun(files: readonly { readonly path: string; readonly run?: string | undefined }[]) {
  return [...new Set(files.map(({ run }) => run))].map((run) => ({
    run,
    paths: files.filter((one) => one.run === run).map(({ path }) => path),
  }));
}

function pathsShown(paths: readonly string[]): string {
  const left = paths.length - publishedNamed;
  return `${paths.slice(0, publishedNamed).map(printable).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

interface NextCommand {
  readonly command: string;
  readonly why: string;
}

/** Of an evaluation of kshot's own, how far adaptation moved a model is among them. */
function allResults(report: Report | undefined): string {
  const hasEvaluations = report?.metrics.some(isEvaluation) === true;
  return hasEvaluations ? 'every metric, comparison and drift' : 'every metric and comparison';
}

function nextCommands(
  { finished, report, command, targets, options }: Closing,
  hasResults: boolean,
  isAll: boolean,
): readonly NextCommand[] {
  const { root } = options;
  const line = (...words: readonly string[]) =>
    [command, ...[...words, ...(root === undefined ? [] : ['--root', root])].map(quoted)].join(' ');
  const identity = identityOf({ pipeline: finished.graph.name, run: finished.run });
  const failed = finished.nodes.find(({ outcome }) => outcome === 'failed');
  const isUnfinished = finished.nodes.some(({ outcome }) =>
    ['failed', 'skipped', 'cancelled'].includes(outcome),
  );
  const planning = [
    ...targets,
    ...(options.set ?? []).flatMap((set) => ['--set', set]),
    ...(options.engine === undefined ? [] : ['--engine', options.engine]),
  ];
  const running = [
    ...planning,
    ...(options.keepGoing === true ? ['--keep-going'] : []),
    ...(options.jobs === undefined ? [] : ['--jobs', String(options.jobs)]),
  ];
  return [
    ...(failed?.log === undefined ? [] : [{ command: line('logs', failed.node.id), why: 'what it printed' }]),
    ...(failed !== undefined && isProgramKept(failed)
      ? [{ command: line('shell', failed.node.id), why: 'a shell where it failed' }]
      : []),
    ...(isUnfinished ? [{ command: line('run', ...running), why: whatFollows(finished) }] : []),
    ...(hasResults
      ? [
          {
            command: line('results', identity),
            why: isAll ? 'these results again' : allResults(report),
          },
          { command: line('sql', 'FROM latest_metrics'), why: 'any question' },
        ]
      : []),
    ...(isUnfinished
      ? []
      : hasResults
        ? [{ command: line('plan', ...planning), why: 'after a change: what would run' }]
        : [
            { command: line('status', ...planning), why: 'what there is' },
            { command: line('sql', 'FROM latest_steps'), why: 'any question' },
          ]),
  ];
}

/** Whether there is a folder to look at, of what was started with a command. */
function isProgramKept({ node, left }: FinishedRun['nodes'][number]): boolean {
  return left !== undefined && kinds[node.kind]?.declarations !== undefined;
}

/** What another run does; where a node has kept no state, it begins anew. */
function whatFollows({ nodes }: FinishedRun): string {
  const brokenOff = nodes.filter(({ outcome, log }) => outcome === 'cancelled' && log !== undefined);
  const fromStart = brokenOff.filter(
    ({ node, keepsState }) => kinds[node.kind]?.segmentation === undefined && keepsState !== true,
  );
  const steps = [...new Set(fromStart.map(({ node }) => node.step))];
  if (steps.length === 0) return 'goes on from what is done';
  const names =
    steps.length > 2
      ? `${steps.length} steps start`
      : `${steps.join(' and ')} start${steps.length === 1 ? 's' : ''}`;
  return `keeps what is done; ${names} over`;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return /^[\w ]+$/.test(word) ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
