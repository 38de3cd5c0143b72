import { setImmediate as turn } from 'node:timers/promises';
import { Interrupted } from '../session/running/interrupted.js';

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 } as const;
type Signal = keyof typeof exitCodes;

/** What signals ask of a run while it is under way. */
export interface Cancellation {
  /** Aborts as the first SIGINT does; nothing where it has been aborted. */
  cancel(): void;
  /** All is done: one more signal changes nothing, and a second ends the process at once. */
  stop(): void;
}

/** What the first signal does where something has to be ended in order; otherwise it ends this process. */
let endInOrder: ((signal: Signal) => void) | undefined;
let exitCode = 0;

function receive(signal: Signal): void {
  const isFirst = exitCode === 0;
  // A terminal that is closed sends SIGHUP, and the shell in it another.
  if (endInOrder !== undefined && !isFirst && signal === 'SIGHUP') return;
  // Workers watch their parent and end with it.
  if (endInOrder === undefined || !isFirst) process.exit(exitCodes[signal]);
  exitCode = exitCodes[signal];
  endInOrder(signal);
}

/**
 * Listens to SIGINT, SIGTERM and SIGHUP, which a terminal sends as it is closed. To be called before anything that
 * takes time, so that no signal has its usual action.
 */
export function hearSignals(): void {
  for (const signal of Object.keys(exitCodes) as Signal[]) process.on(signal, receive);
}

/** Leaves Ctrl-C to another program that has the terminal; gives what hears it again. */
export function leaveInterrupts(): () => void {
  const ignore = () => {};
  process.off('SIGINT', receive);
  process.on('SIGINT', ignore);
  return () => {
    process.off('SIGINT', ignore);
    process.on('SIGINT', receive);
  };
}

/**
 * Gives the signals their usual action back, once those that have come were heard: one that comes while this process
 * computes is only told of when it next waits.
 */
export async function forgetSignals(): Promise<void> {
  await turn();
  for (const signal of Object.keys(exitCodes) as Signal[]) process.off(signal, receive);
}

/**
 * Until it is stopped, the first signal aborts, so that what runs can end in order; the second ends this process at
 * once. `say` is told what is going on.
 */
export function cancelOnSignals(controller: AbortController, say: (line: string) => void): Cancellation {
  endInOrder = (signal) => {
    say(`${signal}: ending what runs; again to end at once`);
    controller.abort(new Interrupted(exitCode));
  };
  return {
    cancel() {
      if (exitCode !== 0) return;
      exitCode = exitCodes.SIGINT;
      say('stopping: ending what runs; Ctrl-C to end at once');
      controller.abort(new Interrupted(exitCode));
    },
    stop() {
      // What has ended says by its own exit code whether the signal has kept anything from being done.
      exitCode = 0;
      endInOrder = () => undefined;
    },
  };
}
