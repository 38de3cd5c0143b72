const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Turns SIGINT and SIGTERM into an abort. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** Aborts as the first SIGINT does; nothing where it has been aborted. */
  cancel(): void;
  /** 130 or 143 once it has been aborted, else 0. */
  exitCode(): number;
  /** Gives the signals their usual meaning back. */
  stop(): void;
}

/**
 * The first signal aborts, so that what runs can end in order; the second ends this process at once. `say` is told
 * what is going on.
 */
export function cancelOnSignals(say: (line: string) => void): Cancellation {
  const controller = new AbortController();
  let exitCode = 0;
  const listeners = Object.entries(exitCodes).map(([name, code]) => {
    const listener = () => {
      // Workers watch their parent and end with it.
      if (exitCode !== 0) process.exit(code);
      exitCode = code;
      say(`${name}: ending what runs; again to end at once`);
      controller.abort();
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    cancel() {
      if (exitCode !== 0) return;
      exitCode = exitCodes.SIGINT;
      say('stopping: ending what runs; Ctrl-C to end at once');
      controller.abort();
    },
    exitCode: () => exitCode,
    stop() {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}
