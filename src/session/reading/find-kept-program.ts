import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findRunAmong, noResults } from '../../artifacts/find-run.js';
import { recordedNodesCalled } from '../../artifacts/recorded-nodes.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../artifacts/register.js';
import { type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { type LaunchRecord, readLaunch } from '../../kinds/program/lasting/launch-record.js';
import { stateFilesIn } from '../../kinds/program/lasting/program-state.js';
import { nodeFileName } from '../../run/step-log.js';
import { stateIn } from '../../store/local/workspaces.js';
import { noSuchStep } from './find-logs.js';

/** A program that failed or was cancelled, and what is kept of it. */
export interface KeptProgram {
  /** In which it failed. */
  readonly run: string;
  readonly node: string;
  /** What it had written, absolute: its working folder. */
  readonly folder: string;
  readonly launch: LaunchRecord;
  /** What it had left in KSHOT_STATE, absolute; absent where that was nothing. */
  readonly state?: string;
}

/**
 * What is kept of the program of a step, or of one node, that failed in the latest run in which one did, unless the
 * step was done since.
 */
export async function findKeptProgram(
  root: string,
  step: string,
  run?: string,
): Promise<Result<KeptProgram, Failure[]>> {
  const { runs } = readRegister(root);
  if (runs.length === 0) return failed([noResults()]);
  const only = run === undefined ? undefined : findRunAmong(root, runs, run);
  if (only !== undefined && !only.ok) return failed([only.failure]);
  const names = new Set<string>();
  const listings = listingsOf(root, step, only === undefined ? runs.toReversed() : [only.value], names);
  let latest: Listing | undefined;
  for (const listing of listings) {
    latest ??= listing;
    const kept = listing.nodes.flatMap((node) => keptOf(root, listing.run, node) ?? []);
    const [first, ...others] = kept;
    if (first !== undefined) return others.length === 0 ? success(first) : failed([severalKept(step, kept)]);
    // What was done since needs no looking at.
    if (listing.nodes.every(({ outcome }) => isDone.has(outcome))) break;
  }
  return failed([latest === undefined ? noSuchStep(step, names) : nothingKept(step, latest)]);
}

/** A run and the nodes of a step in it. */
interface Listing {
  readonly run: string;
  readonly nodes: readonly ManifestNode[];
}

/** The runs that list a step, or a node; adds all names that it comes across. */
function* listingsOf(
  root: string,
  step: string,
  records: readonly RunRecord[],
  names: Set<string>,
): Generator<Listing> {
  for (const record of records) {
    const run = identityOf(record);
    const all = readManifest(root, run)?.nodes ?? [];
    for (const node of all) names.add(node.step).add(node.id);
    const nodes = recordedNodesCalled(all, step);
    if (nodes.length > 0) yield { run, nodes };
  }
}

const isDone: ReadonlySet<ManifestNode['outcome']> = new Set(['ran', 'hit', 'joined']);

function keptOf(root: string, run: string, { id, outcome }: ManifestNode): KeptProgram | undefined {
  const link = join(runFolderOf(root, run), 'nodes', nodeFileName(id));
  if (isDone.has(outcome) || !existsSync(link)) return undefined;
  const folder = realpathSync(link);
  const launch = readLaunch(folder);
  const state = stateFilesIn(stateIn(dirname(folder)));
  if (launch === undefined) return undefined;
  return { run, node: id, folder, launch, ...(existsSync(state) ? { state } : {}) };
}

function severalKept(step: string, kept: readonly KeptProgram[]): Failure {
  return {
    reason: 'ambiguous-port',
    message: `the programs of ${kept.length} nodes of ${step} failed`,
    hint: `name one: ${kept
      .slice(0, 8)
      .map(({ node }) => node)
      .join(', ')}`,
  };
}

function nothingKept(step: string, { run, nodes }: Listing): Failure {
  const failures = nodes.filter(({ outcome }) => !isDone.has(outcome));
  return {
    reason: 'no-results',
    message:
      failures.length === 0
        ? `${step} did not fail in ${run}, and nothing is kept of a program that is done`
        : `nothing is kept of ${step}: it is no program, had no files, or was tried again since`,
    details: failures.map(({ id, outcome, reason }) => `${id} in ${run}: ${outcome}, ${reason}`),
    hint: `kshot logs ${step} has what it printed`,
  };
}
