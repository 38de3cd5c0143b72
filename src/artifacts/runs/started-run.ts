import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type LockOwner, livenessOf, thisProcess } from '../../store/local/lock-owner.js';
import type { RunOrigin } from '../provenance/provenance.js';

/** What a run is, as is known when it begins. */
export interface RunBeginning {
  /** The pipeline's file. */
  readonly file?: string;
  readonly engine?: string;
  readonly synthetic?: boolean;
  readonly nodes?: number;
  readonly origin?: RunOrigin;
}

/** `started.json`: in a run's folder from its first moment, and gone when all that it writes is there. */
export interface StartedRun extends RunBeginning {
  readonly version: 1;
  /** UTC, ISO 8601. */
  readonly started_at: string;
  /** The process that runs it. */
  readonly owner: LockOwner;
}

/** The document's name. */
export const startedName = 'started.json';

/** The document of a run that this process begins. */
export function startedText(beginning: RunBeginning, now: Date): string {
  const owner = thisProcess(randomBytes(8).toString('hex'));
  const started: StartedRun = { version: 1, ...beginning, started_at: now.toISOString(), owner };
  return `${JSON.stringify(started, null, 1)}\n`;
}

/** Undefined where a run's folder has none, or one that was spoilt. */
export function readStarted(folder: string): StartedRun | undefined {
  try {
    const started = JSON.parse(readFileSync(join(folder, startedName), 'utf8')) as Partial<StartedRun> | null;
    return typeof started?.owner?.host === 'string' ? (started as StartedRun) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process may still write into a run's folder; of one on another host nothing says that it does not. */
export function isUnderWay(folder: string): boolean {
  const started = readStarted(folder);
  return started !== undefined && livenessOf(started.owner) !== 'dead';
}

/** Says that nothing more will be written into a run's folder. */
export function markEnded(folder: string): void {
  try {
    rmSync(join(folder, startedName), { force: true });
  } catch {
    // Its process ends, and says so too.
  }
}
