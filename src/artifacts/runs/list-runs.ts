import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../run/event.js';
import { isPinned } from '../pins.js';
import type { RunOrigin } from '../provenance/provenance.js';
import { identityOf, type RunRecord, readRuns, runFolderOf } from '../register.js';
import { type UnfinishedRun, unfinishedRuns } from '../unfinished-runs.js';
import { endingOf, type RunEnding } from './run-ending.js';
import { isUnderWay, readStarted } from './started-run.js';

/** A run of a project, whatever it executed and however it ended. What is not known of it is null. */
export interface ListedRun {
  /** `<pipeline>/<tag>` */
  readonly run: string;
  readonly pipeline: string;
  /** The pipeline's file. */
  readonly file: string | null;
  /** UTC, ISO 8601. */
  readonly started_at: string;
  readonly ended: RunEnding;
  readonly seconds: number | null;
  readonly exit_code: number | null;
  readonly engine: string | null;
  /** Whether any of the data was made up. */
  readonly synthetic: boolean | null;
  readonly nodes: number | null;
  readonly counts: { readonly [outcome in Outcome]: number } | null;
  readonly pinned: boolean;
  /** Where it comes from: what was typed, which commit, which machine. */
  readonly origin: RunOrigin | null;
  /** Folders, `<pipeline>/<tag>`, that are copies of it and count for nothing; absent where there are none. */
  readonly copies?: readonly string[];
}

/**
 * All runs whose folders are there, in the order of their starts.
 *
 * @param present what was read of them, where it was
 */
export function listRuns(root: string, present = readRuns(root)): readonly ListedRun[] {
  const { runs } = present.register;
  const copied = [...present.copies];
  const copiesOf = (run: string) => copied.flatMap(([copy, of]) => (of === run ? [copy] : []));
  return [
    ...runs.map((record) => withCopies(recordedRun(root, record), copiesOf(identityOf(record)))),
    ...unfinishedRuns(root, runs).map((one) => withCopies(unrecordedRun(root, one), one.copies)),
  ].sort((one, other) => compare(one.started_at, other.started_at) || compare(one.run, other.run));
}

function withCopies(run: ListedRun, copies: readonly string[]): ListedRun {
  return copies.length === 0 ? run : { ...run, copies };
}

function recordedRun(root: string, record: RunRecord): ListedRun {
  const { pipeline, file, started_at, seconds, exit_code, counts } = record;
  return {
    run: identityOf(record),
    pipeline,
    file,
    started_at,
    ended: endingOf(exit_code),
    seconds,
    exit_code,
    engine: record.engine ?? null,
    synthetic: record.synthetic ?? null,
    nodes: Object.values(counts).reduce((sum, count) => sum + count, 0),
    counts,
    pinned: isPinned(root, record),
    origin: record.origin ?? null,
  };
}

function unrecordedRun(root: string, { run, folder }: UnfinishedRun): ListedRun {
  const started = readStarted(folder);
  const [pipeline = '', tag = ''] = run.split('/');
  return {
    run,
    pipeline,
    file: started?.file ?? null,
    // A run of an earlier version of kshot left its logs alone.
    started_at: started?.started_at ?? statSync(join(folder, 'logs')).birthtime.toISOString(),
    ended: isUnderWay(runFolderOf(root, run)) ? 'running' : 'killed',
    seconds: null,
    exit_code: null,
    engine: started?.engine ?? null,
    synthetic: started?.synthetic ?? null,
    nodes: started?.nodes ?? null,
    counts: null,
    pinned: isPinned(root, { pipeline, run: tag }),
    origin: started?.origin ?? null,
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
