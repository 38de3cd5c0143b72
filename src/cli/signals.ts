const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Turns SIGINT and SIGTERM into an abort. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** 130 or 143 once a signal has come, else 0. */
  exitCode(): number;
  /** Gives the signals their usual meaning back. */
  stop(): void;
}

/** The first signal aborts, so that what runs can end in order; the second ends this process at once. */
export function cancelOnSignals(): Cancellation {
  const controller = new AbortController();
  let exitCode = 0;
  const listeners = Object.entries(exitCodes).map(([name, code]) => {
    const listener = () => {
      // Workers watch their parent and end with it.
      if (exitCode !== 0) process.exit(code);
      exitCode = code;
      process.stderr.write(`${name}: ending what runs; again to end at once\n`);
      controller.abort();
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    stop() {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}
