import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRegister } from '../../artifacts/register.js';
import {
  hasEnded,
  type UnfinishedLog,
  type UnfinishedRun,
  unfinishedLogs,
  unfinishedRuns,
} from '../../artifacts/unfinished-runs.js';
import type { Failure } from '../../base/failure.js';
import { type Result, success } from '../../base/result.js';
import { hasLogEnding } from '../../run/log-heading.js';
import { cutPlace } from '../../run/step-log.js';
import { cacheFolder } from '../../store/cache-folder.js';
import { isHeld } from '../../store/local/hold-cache.js';
import { isNamed } from './find-logs.js';

const pollMilliseconds = 150;

/** What a run under way has written to a log since the piece before: whole lines. */
export interface LogPiece {
  readonly node: string;
  /** The log, absolute. */
  readonly file: string;
  readonly text: string;
}

/** The logs of a step in a run under way. */
export interface FollowedLogs {
  readonly run: string;
  /** Whether there is none yet. */
  readonly isWaiting: boolean;
  /** What is written to them, until the node or the run has ended. */
  readonly pieces: AsyncIterable<LogPiece>;
}

/** Follows the latest run under way that has a log of the step, or may get one; undefined where none is under way. */
export async function followLogs(
  root: string,
  step: string,
  name?: string,
): Promise<Result<FollowedLogs | undefined, Failure[]>> {
  const cache = { folder: cacheFolder(root) };
  const isUnderWay = () => isHeld(cache);
  if (!isUnderWay()) return success(undefined);
  const unfinished = unfinishedRuns(root, readRegister(root).runs).filter(({ run }) => isNamed(run, name));
  const run = unfinished.find((one) => unfinishedLogs(one, step).length > 0) ?? unfinished[0];
  if (run === undefined) return success(undefined);
  return success({
    run: run.run,
    isWaiting: unfinishedLogs(run, step).length === 0,
    pieces: piecesOf(run, step, isUnderWay),
  });
}

/** @param isUnderWay whether any run is; a run that was killed leaves no record to wait for */
async function* piecesOf(
  run: UnfinishedRun,
  step: string,
  isUnderWay: () => boolean,
): AsyncGenerator<LogPiece> {
  const read = new Map<string, number>();
  for (;;) {
    // Asked before reading, so that nothing written until then is missed.
    const ended = hasEnded(run.folder) || !isUnderWay();
    let last = '';
    for (const log of unfinishedLogs(run, step)) {
      const { start, bytes } = readFrom(log, read.get(log.file) ?? 0);
      if (bytes.length === 0) continue;
      // Counted as they are in the file: what is no UTF-8 is longer as text.
      read.set(log.file, start + bytes.length);
      const text = bytes.toString('utf8');
      yield { node: log.node, file: log.file, text };
      if (log.node === step) last = text;
    }
    if (ended || hasLogEnding(last)) return;
    await sleep(pollMilliseconds);
  }
}

/** What a log holds from a place on, or from where it was cut since, up to the last end of a line. */
function readFrom(
  { file }: UnfinishedLog,
  before: number,
): { readonly start: number; readonly bytes: Buffer } {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const start = size < before ? cutPlace(descriptor) : before;
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const bytes = readSync(descriptor, buffer, 0, buffer.length, start);
    return { start, bytes: buffer.subarray(0, buffer.subarray(0, bytes).lastIndexOf('\n') + 1) };
  } finally {
    closeSync(descriptor);
  }
}
