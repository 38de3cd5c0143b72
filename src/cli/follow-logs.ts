import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Terminal } from './terminal.js';
import { hasEnded, type UnfinishedLog, type UnfinishedRun, unfinishedLogs } from './unfinished-runs.js';

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
      const text = readFrom(log, read.get(log.file) ?? 0);
      const bytes = Buffer.byteLength(text);
      if (bytes === 0) continue;
      read.set(log.file, (read.get(log.file) ?? 0) + bytes);
      if (terminal.json) terminal.data(`${JSON.stringify({ run: run.run, node: log.node, text })}\n`);
      else {
        if (shown !== log.file) terminal.say(`${log.node} in ${run.run} (${log.file})`);
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

/** What a log holds from a place on, up to the last end of a line. */
function readFrom({ file }: UnfinishedLog, start: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - start));
    const bytes = readSync(descriptor, buffer, 0, buffer.length, start);
    const end = buffer.subarray(0, bytes).lastIndexOf('\n');
    return buffer.toString('utf8', 0, end + 1);
  } finally {
    closeSync(descriptor);
  }
}
