import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  hasEnded,
  type UnfinishedLog,
  type UnfinishedRun,
  unfinishedLogs,
} from '../artifacts/unfinished-runs.js';
import { cutPlace } from '../run/step-log.js';
import { shownPath } from './shown-path.js';
import type { Terminal } from './terminal.js';

const pollMilliseconds = 150;

/**
 * Prints the logs of a step as a run under way writes them, until the node or the run has ended. Says which log what
 * follows is from whenever that changes.
 *
 * @param isUnderWay whether any run is; a run that was killed leaves no record to wait for
 * @returns whether there was any log
 */
export async function followLogs(
  run: UnfinishedRun,
  step: string,
  terminal: Terminal,
  isUnderWay: () => boolean,
): Promise<boolean> {
  const read = new Map<string, number>();
  let shown: string | undefined;
  if (unfinishedLogs(run, step).length === 0) terminal.say(`waiting for ${step} in ${run.run}`);
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
      if (terminal.json) terminal.document({ run: run.run, node: log.node, text });
      else {
        if (shown !== log.file) terminal.say(`${log.node} in ${run.run} (${shownPath(log.file)})`);
        terminal.data(text);
      }
      shown = log.file;
      if (log.node === step) last = text;
    }
    if (ended || /^\[kshot\] ended .*\n$/m.test(last.slice(last.lastIndexOf('\n', last.length - 2) + 1))) {
      return shown !== undefined;
    }
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
