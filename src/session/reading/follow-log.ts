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
import { chooseCacheFolder } from '../../pipeline/choose-cache.js';
import { hasLogEnding } from '../../run/log-heading.js';
import { cutPlace, withOpenLines } from '../../run/step-log.js';
import { isInUse } from '../../store/local/hold-cache.js';
import { isNamed } from './find-logs.js';

const pollMilliseconds = 150;

/** What a run under way has written to a log since the piece before. */
export interface LogPiece {
  readonly node: string;
  /** The log, absolute. */
  readonly file: string;
  /** Whole lines. */
  readonly text: string;
  /** What stands after them now, such as a prompt or the state of a progress bar; may be several lines. */
  readonly open: string;
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
  const folder = await chooseCacheFolder(root);
  if (!folder.ok) return folder;
  const cache = { folder: folder.value };
  const isUnderWay = () => isInUse(cache);
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
  const read = new Map<string, { readonly place: number; readonly open: string }>();
  for (;;) {
    // Asked before reading, so that nothing written until then is missed.
    const ended = hasEnded(run.folder) || !isUnderWay();
    let last = '';
    for (const log of unfinishedLogs(run, step)) {
      const before = read.get(log.file) ?? { place: 0, open: '' };
      const { start, bytes, open } = readFrom(log, before.place);
      if (bytes.length === 0 && open === before.open) continue;
      // Counted as they are in the file: what is no UTF-8 is longer as text.
      read.set(log.file, { place: start + bytes.length, open });
      const text = bytes.toString('utf8');
      yield { node: log.node, file: log.file, text, open };
      if (log.node === step) last = text;
    }
    if (ended || hasLogEnding(last)) return;
    await sleep(pollMilliseconds);
  }
}

/** What a log holds from a place on, or from where it was cut since: up to the last end of a line, and after it. */
function readFrom(
  { file }: UnfinishedLog,
  before: number,
): { readonly start: number; readonly bytes: Buffer; readonly open: string } {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const start = size < before ? cutPlace(descriptor) : before;
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const all = buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, start));
    const end = all.lastIndexOf('\n') + 1;
    return { start, bytes: all.subarray(0, end), open: withOpenLines(all.toString('utf8', end)) };
  } finally {
    closeSync(descriptor);
  }
}
