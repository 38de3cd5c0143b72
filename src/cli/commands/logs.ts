import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRunAmong, noResults } from '../../artifacts/find-run.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../artifacts/register.js';
import { type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import { type UnfinishedRun, unfinishedLogs, unfinishedRuns } from '../../artifacts/unfinished-runs.js';
import type { Failure } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import { printable } from '../../base/terminal-text.js';
import { logFileName } from '../../run/step-log.js';
import { isHeld } from '../../store/hold-cache.js';
import { findRoot } from '../find-pipeline.js';
import { followLogs } from '../follow-logs.js';
import { shownPath } from '../shown-path.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface LogsOptions extends CommonOptions {
  readonly run?: string;
  readonly follow?: boolean;
}

/** A node's log, and where the node was listed when the log was looked for. */
interface Log {
  /** The run that executed it. */
  readonly run: string;
  readonly node: string;
  readonly file: string;
  /** Whether that run is under way, or was killed. */
  readonly unfinished?: true;
  /** The run that was asked for, where that did not execute it, and what it did instead. */
  readonly listed?: { readonly run: string; readonly outcome: ManifestNode['outcome'] };
}

/**
 * `kshot logs STEP`: the logs of a step's nodes on stdout, as of the latest run that lists the step, be it under way.
 * Of a node that this run did not execute, the log of the run that did.
 */
export async function logs(options: LogsOptions, step: string): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const { runs } = readRegister(root.value);
  const unfinished = unfinishedRuns(root.value, runs).filter(({ run }) => isNamed(run, options.run));
  const following = options.follow === true ? toFollow(root.value, unfinished, step) : undefined;
  if (following !== undefined) {
    const cache = { folder: join(root.value, 'cache') };
    if (await followLogs(following, step, terminal, () => isHeld(cache))) return 0;
    return terminal.fail([unknownStep(step, new Set())]);
  }
  const only =
    options.run === undefined || unfinished.length > 0
      ? undefined
      : findRunAmong(root.value, runs, options.run);
  if (only !== undefined && !only.ok) return terminal.fail([only.failure]);
  const registered = only !== undefined ? [only.value] : options.run === undefined ? runs : [];
  const history = openLogHistory(root.value, runs);
  const names = new Set<string>();
  const listing = listingOf(step, registered, history, names);
  const found = latestUnfinished(unfinished, step, listing?.startedAt) ?? logsOf(listing, history);
  if (found === undefined) {
    if (runs.length === 0 && unfinished.length === 0) return terminal.fail([noResults()]);
    return terminal.fail([unknownStep(step, names)]);
  }
  if (found.length === 0 && listing !== undefined) return terminal.fail([noLog(step, listing)]);
  for (const log of found) {
    const text = readFileSync(log.file, 'utf8');
    if (terminal.json) terminal.document({ ...log, text });
    else {
      terminal.say(printable(heading(log)));
      terminal.data(text.endsWith('\n') || text === '' ? text : `${text}\n`);
    }
  }
  return 0;
}

function isNamed(run: string, name: string | undefined): boolean {
  return name === undefined || run === name || run.endsWith(`/${name}`);
}

/** The latest run under way that has a log of the step, or may get one. */
function toFollow(
  root: string,
  unfinished: readonly UnfinishedRun[],
  step: string,
): UnfinishedRun | undefined {
  if (!isHeld({ folder: join(root, 'cache') })) return undefined;
  return unfinished.find((run) => unfinishedLogs(run, step).length > 0) ?? unfinished[0];
}

/** The step's logs in the latest run without a record that has any and that is later than `after`. */
function latestUnfinished(
  unfinished: readonly UnfinishedRun[],
  step: string,
  after: string | undefined,
): readonly Log[] | undefined {
  for (const one of unfinished) {
    const found = unfinishedLogs(one, step);
    if (found.length === 0 || found.every(({ startedAt }) => startedAt < (after ?? ''))) continue;
    return found.map(({ node, file }) => ({ run: one.run, node, file, unfinished: true }));
  }
  return undefined;
}

function logsOf(listing: StepListing | undefined, history: LogHistory): readonly Log[] | undefined {
  return listing?.nodes.flatMap((node) => logOf(node, listing.run, history) ?? []);
}

interface LogHistory {
  /** The runs, the earliest first. */
  readonly runs: readonly string[];
  nodesOf(run: string): readonly ManifestNode[];
  /** The log of a node that a run executed; undefined where it did not, or where its folder is gone. */
  fileOf(run: string, node: string): string | undefined;
}

function openLogHistory(root: string, records: readonly RunRecord[]): LogHistory {
  const manifests = new Map<string, readonly ManifestNode[]>();
  return {
    runs: records.map(identityOf),
    nodesOf(run) {
      const nodes = manifests.get(run) ?? readManifest(root, run)?.nodes ?? [];
      manifests.set(run, nodes);
      return nodes;
    },
    fileOf(run, node) {
      const file = join(runFolderOf(root, run), 'logs', logFileName(node));
      return existsSync(file) ? file : undefined;
    },
  };
}

interface StepListing {
  readonly run: string;
  readonly startedAt: string;
  readonly nodes: readonly ManifestNode[];
}

/** The latest of the runs that lists the step, with its nodes there; adds all names that it comes across. */
function listingOf(
  step: string,
  records: readonly RunRecord[],
  history: LogHistory,
  names: Set<string>,
): StepListing | undefined {
  for (const record of records.toReversed()) {
    const run = identityOf(record);
    for (const node of history.nodesOf(run)) names.add(node.step).add(node.id);
    const nodes = history.nodesOf(run).filter((node) => node.id === step || isLogOfStep(node, step));
    if (nodes.length > 0) return { run, startedAt: record.started_at, nodes };
  }
  return undefined;
}

/** What is derived from a step's node has little to say, unless it failed. */
function isLogOfStep(node: ManifestNode, step: string): boolean {
  return node.step === step && (node.derived_from === undefined || node.outcome === 'failed');
}

/**
 * The node's own log. Of a node whose result came from elsewhere, that of the latest execution of its key, whenever
 * that was; of one that has no result, that of its latest execution before.
 */
function logOf(node: ManifestNode, listed: string, history: LogHistory): Log | undefined {
  const own = history.fileOf(listed, node.id);
  if (own !== undefined) return { run: listed, node: node.id, file: own };
  const hasResult = node.outcome === 'hit' || node.outcome === 'joined';
  const pipeline = listed.slice(0, listed.lastIndexOf('/') + 1);
  const runs = hasResult
    ? history.runs
    : history.runs.slice(0, history.runs.indexOf(listed)).filter((run) => run.startsWith(pipeline));
  for (const run of runs.toReversed()) {
    for (const other of history.nodesOf(run)) {
      const isSame = hasResult ? other.key === node.key : other.id === node.id;
      const file = isSame ? history.fileOf(run, other.id) : undefined;
      if (file !== undefined) {
        return { run, node: other.id, file, listed: { run: listed, outcome: node.outcome } };
      }
    }
  }
  return undefined;
}

function heading({ run, node, file, listed, unfinished }: Log): string {
  const place = `${node} in ${run}${unfinished === true ? ', which has not ended' : ''} (${shownPath(file)})`;
  return listed === undefined ? place : `${listed.outcome} in ${listed.run}; last executed as ${place}`;
}

function noLog(step: string, { run, nodes }: StepListing): Failure {
  return {
    reason: 'no-results',
    message: `no log is left of ${step}: ${run} did not execute it, and no earlier run whose folder is there`,
    details: nodes.map(({ id, outcome, reason }) => `${id} in ${run}: ${outcome}, ${reason}`),
    hint: 'kshot status says what the results are from; kshot explain, why a step would run',
  };
}

function unknownStep(step: string, names: ReadonlySet<string>): Failure {
  const hint = suggestion(step, names);
  return {
    reason: 'unknown-step',
    message: `no run has a step ${step}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
