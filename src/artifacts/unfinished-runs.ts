import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseLogHeading } from '../run/log-heading.js';
import { isCalledById } from './recorded-nodes.js';
import { foldersIn, identityOf, type RunRecord, runFolderOf } from './register.js';
import { readStarted } from './runs/started-run.js';

/** A run that has no record: it is under way, or was killed. */
export interface UnfinishedRun {
  /** `<pipeline>/<run>` */
  readonly run: string;
  /** Absolute. */
  readonly folder: string;
  /** Folders beside it, `<pipeline>/<run>`, that are copies of it. */
  readonly copies: readonly string[];
}

/** A log of such a run, and what its first line tells. */
export interface UnfinishedLog {
  readonly node: string;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  /** Absolute. */
  readonly file: string;
}

/** The runs without a record, the latest first. */
export function unfinishedRuns(root: string, runs: readonly RunRecord[]): readonly UnfinishedRun[] {
  const registered = new Set(runs.map(identityOf));
  const artifacts = join(root, 'artifacts');
  const found = foldersIn(artifacts)
    .flatMap((pipeline) => foldersIn(join(artifacts, pipeline)).map((tag) => `${pipeline}/${tag}`))
    .filter((run) => !registered.has(run))
    .map((run) => ({ run, folder: runFolderOf(root, run), copies: [] }))
    .filter(({ folder }) => existsSync(join(folder, 'logs')) && !hasEnded(folder))
    .map((one) => ({ one, made: statSync(join(one.folder, 'logs')).birthtimeMs }))
    .sort((first, other) => other.made - first.made || (first.one.run < other.one.run ? 1 : -1))
    .map(({ one }) => one);
  return withoutCopies(found);
}

/** What says who runs it is of one run, whose folder is the one that was made first: the last of these. */
function withoutCopies(runs: readonly UnfinishedRun[]): readonly UnfinishedRun[] {
  const byOwner = new Map<string, UnfinishedRun[]>();
  for (const run of runs) {
    const token = readStarted(run.folder)?.owner.token ?? run.folder;
    byOwner.set(token, [...(byOwner.get(token) ?? []), run]);
  }
  return [...byOwner.values()].flatMap((same) => {
    const own = same.at(-1);
    return own === undefined ? [] : [{ ...own, copies: same.slice(0, -1).map(({ run }) => run) }];
  });
}

/** Whether the run of a folder has written its record by now. */
export function hasEnded(folder: string): boolean {
  return existsSync(join(folder, 'record.json'));
}

/** The logs of the nodes that a name stands for, in the order of their starts. */
export function unfinishedLogs({ folder }: UnfinishedRun, name: string): readonly UnfinishedLog[] {
  const logs = join(folder, 'logs');
  return readdirSync(logs)
    .flatMap((file) => readHeading(join(logs, file)) ?? [])
    .filter(({ node }) => isCalledById(node, name))
    .sort((one, other) => compare(one.startedAt, other.startedAt) || compare(one.node, other.node));
}

/** Undefined of a log that has not got its first line yet. */
function readHeading(file: string): UnfinishedLog | undefined {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(1024);
    const text = buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
    const heading = parseLogHeading(text);
    return heading && { node: heading.node, startedAt: heading.startedAt, file };
  } finally {
    closeSync(descriptor);
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
