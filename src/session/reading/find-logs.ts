import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findRunAmong, noResults } from '../../artifacts/find-run.js';
import { recordedNodesCalled } from '../../artifacts/recorded-nodes.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../artifacts/register.js';
import { type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import { isUnderWay } from '../../artifacts/runs/started-run.js';
import { type UnfinishedRun, unfinishedLogs, unfinishedRuns } from '../../artifacts/unfinished-runs.js';
import type { Failure } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import { failed, type Result, success } from '../../base/result.js';
import { logFileName } from '../../run/step-log.js';

/** A node's log, and where the node was listed when the log was looked for. */
export interface FoundLog {
  /** The run that executed it. */
  readonly run: string;
  readonly node: string;
  /** Absolute. */
  readonly file: string;
  /** Whether that run is under way, or was killed; and which of these. */
  readonly unfinished?: true;
  readonly ended?: 'running' | 'killed';
  /** The run that was asked for, where that did not execute it, and what it did instead. */
  readonly listed?: { readonly run: string; readonly outcome: ManifestNode['outcome'] };
}

/**
 * The logs of a step's nodes, as of the latest run that lists the step, be it under way. Of a node that this run did
 * not execute, the log of the run that did.
 */
export async function findLogs(
  root: string,
  step: string,
  run?: string,
): Promise<Result<readonly FoundLog[], Failure[]>> {
  const { runs } = readRegister(root);
  const unfinished = unfinishedRuns(root, runs).filter((one) => isNamed(one.run, run));
  const only = run === undefined || unfinished.length > 0 ? undefined : findRunAmong(root, runs, run);
  if (only !== undefined && !only.ok) return failed([only.failure]);
  const registered = only !== undefined ? [only.value] : run === undefined ? runs : [];
  const history = openLogHistory(root, runs);
  const names = new Set<string>();
  const listing = listingOf(step, registered, history, names);
  const found = latestUnfinished(unfinished, step, listing?.startedAt) ?? logsOf(listing, history);
  if (found === undefined) {
    return failed([runs.length + unfinished.length === 0 ? noResults() : noSuchStep(step, names)]);
  }
  if (found.length === 0 && listing !== undefined) return failed([noLog(step, listing)]);
  return success(found);
}

/** Whether the run is the one that is named, by its tag too. */
export function isNamed(run: string, name: string | undefined): boolean {
  return name === undefined || run === name || run.endsWith(`/${name}`);
}

/** The step's logs in the latest run without a record that has any and that is later than `after`. */
function latestUnfinished(
  unfinished: readonly UnfinishedRun[],
  step: string,
  after: string | undefined,
): readonly FoundLog[] | undefined {
  for (const one of unfinished) {
    const found = unfinishedLogs(one, step);
    if (found.length === 0 || found.every(({ startedAt }) => startedAt < (after ?? ''))) continue;
    const ended = isUnderWay(one.folder) ? 'running' : 'killed';
    return found.map(({ node, file }) => ({ run: one.run, node, file, unfinished: true, ended }));
  }
  return undefined;
}

function logsOf(listing: StepListing | undefined, history: LogHistory): readonly FoundLog[] | undefined {
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
    const nodes = recordedNodesCalled(history.nodesOf(run), step).filter((node) => isWorthLog(node, step));
    if (nodes.length > 0) return { run, startedAt: record.started_at, nodes };
  }
  return undefined;
}

/** What is derived from a step's node has little to say, unless it failed, or is asked for itself. */
function isWorthLog(node: ManifestNode, step: string): boolean {
  return node.step !== step || node.derived_from === undefined || node.outcome === 'failed';
}

/**
 * The node's own log. Of a node whose result came from elsewhere, that of the latest execution of its key, whenever
 * that was; of one that has no result, that of its latest execution before.
 */
function logOf(node: ManifestNode, listed: string, history: LogHistory): FoundLog | undefined {
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

function noLog(step: string, { run, nodes }: StepListing): Failure {
  return {
    reason: 'no-results',
    message: `no log is left of ${step}: ${run} did not execute it, and no earlier run whose folder is there`,
    details: nodes.map(({ id, outcome, reason }) => `${id} in ${run}: ${outcome}, ${reason}`),
    hint: 'kshot status says what the results are from; kshot explain, why a step would run',
  };
}

/** What is said of a step that is in none of the runs looked at, whose steps and nodes are `names`. */
export function noSuchStep(step: string, names: ReadonlySet<string>): Failure {
  const hint = suggestion(step, names);
  return {
    reason: 'unknown-step',
    message: `no run has a step ${step}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
