import { plainStyle, styleFor } from './style.js';

/** What kshot takes the terminal of this process for. */
export interface TerminalFacts {
  readonly stdout_is_terminal: boolean;
  readonly stderr_is_terminal: boolean;
  readonly columns: number | null;
  readonly term: string | null;
  readonly ci: boolean;
  readonly colors: boolean;
}

/** Looks at the terminal; `color` is whether colours are wanted there. */
export function terminalFacts(color: boolean): TerminalFacts {
  const { stdout, stderr, env } = process;
  return {
    stdout_is_terminal: stdout.isTTY === true,
    stderr_is_terminal: stderr.isTTY === true,
    columns: stderr.columns ?? stdout.columns ?? null,
    term: env['TERM'] ?? null,
    ci: isContinuousIntegration(env),
    colors: styleFor(stderr, env, color) !== plainStyle,
  };
}

/** Whether the environment says that nobody watches, as Ink takes it. */
export function isContinuousIntegration(environment: {
  readonly [name: string]: string | undefined;
}): boolean {
  return ['CI', 'CONTINUOUS_INTEGRATION'].some(
    (name) => name in environment && !['0', 'false'].includes(environment[name] ?? ''),
  );
}
