import { Worker } from 'node:worker_threads';
import { builtFile } from '../../base/files/built-file.js';
import type { Beating } from '../store.js';
import { beat, beatMilliseconds, removeBeat } from './beat.js';

/** Of locks that this process speaks for, when it began to. */
const since = new Map<string, number>();
/** Those of them whose files the thread rewrites. */
const beating = new Set<string>();
let timer: NodeJS.Timeout | undefined;
let thread: Worker | undefined;

/**
 * Begins to say that this process has a lock and lives, in a file that comes to be when the lock is some seconds old:
 * most are gone before that. Rewriting is the work of a thread, so that nothing which this process does for long looks
 * like its death.
 *
 * @param isAtOnce where this process may be kept busy from now on
 */
export function startBeating(file: string, isAtOnce = false): Beating {
  const begun = performance.now();
  since.set(file, isAtOnce ? Number.NEGATIVE_INFINITY : begun);
  timer ??= setInterval(takeUp, beatMilliseconds() / 4).unref();
  if (isAtOnce) takeUp();
  return {
    stop() {
      since.delete(file);
      if (since.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
      if (beating.delete(file)) informThread();
      if (isAtOnce || isDue(begun)) removeBeat(file);
    },
  };
}

function isDue(begun: number): boolean {
  return performance.now() - begun >= beatMilliseconds() / 2;
}

/** Begins the files of locks that have become old enough. Not the thread: a lock that was given back has no file. */
function takeUp(): void {
  const before = beating.size;
  for (const [file, begun] of since) {
    if (!beating.has(file) && isDue(begun) && beat(file, 'w')) beating.add(file);
  }
  if (beating.size > before) informThread();
}

function informThread(): void {
  thread ??= startThread();
  thread?.postMessage([...beating]);
}

function startThread(): Worker | undefined {
  try {
    const started = new Worker(builtFile('store/local/beat-thread.js'), {
      workerData: beatMilliseconds(),
      stdout: true,
      stderr: true,
    });
    started.on('error', () => {
      // A system without threads or memory to spare: what goes on for long may then be taken for dead.
      thread = undefined;
    });
    started.unref();
    return started;
  } catch {
    return undefined;
  }
}
