import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** Why no terminal can be had; undefined where there is tmux. */
export const noTmux: string | undefined =
  spawnSync('tmux', ['-V']).status === 0 ? undefined : 'tmux is not installed';

export interface TerminalOptions {
  readonly folder: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: { readonly [name: string]: string };
}

/** A shell in a real terminal. */
export interface TerminalSession {
  /** Types text and presses Enter. */
  type(line: string): void;
  /** Presses keys by tmux's names, such as `Down`, `C-c`, `q`. */
  press(...keys: readonly string[]): void;
  resize(columns: number, rows: number): void;
  /** What is on the screen, trailing blanks cut. */
  screen(): string;
  /** What is on the screen and what has gone off it at the top. */
  history(): string;
  /** Closes the terminal, as one closes a window. */
  close(): void;
  /** A format of tmux, such as `#{alternate_on}`. */
  ask(format: string): string;
  /** Resolves when the screen (or the history) matches; rejects with both after a minute. */
  until(pattern: RegExp, where?: 'screen' | 'history'): Promise<void>;
}

let opened = 0;

/** Opens a terminal with a shell of its own, gone at the end of the test; nothing of the user's tmux is touched. */
export function openTerminalSession({
  folder,
  columns = 80,
  rows = 24,
  environment = {},
}: TerminalOptions): TerminalSession {
  const socket = `kshot-test-${process.pid}-${opened++}`;
  const env: NodeJS.ProcessEnv = { ...process.env, LANG: 'C.UTF-8', TERM: 'xterm-256color' };
  for (const name of [
    'CI',
    'CONTINUOUS_INTEGRATION',
    'NO_COLOR',
    'FORCE_COLOR',
    'TMUX',
    'LC_ALL',
    'NODE_ENV',
  ])
    delete env[name];
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-L', socket, '-f', '/dev/null', '-u', ...args], { encoding: 'utf8', env });
  const set = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const size = ['-x', String(columns), '-y', String(rows)];
  tmux('new-session', '-d', '-s', 't', ...size, '-c', folder, ...set, "env PS1='$ ' bash --norc --noprofile");
  onTestFinished(() => {
    spawnSync('tmux', ['-L', socket, 'kill-server']);
  });
  const trimmed = (text: string) => text.replace(/ +$/gm, '').trimEnd();
  const session: TerminalSession = {
    type(line) {
      tmux('send-keys', '-t', 't', '-l', line);
      tmux('send-keys', '-t', 't', 'Enter');
    },
    press: (...keys) => void tmux('send-keys', '-t', 't', ...keys),
    resize: (wide, high) => void tmux('resize-window', '-t', 't', '-x', String(wide), '-y', String(high)),
    screen: () => trimmed(tmux('capture-pane', '-p', '-t', 't')),
    // Joined where a line was wrapped.
    history: () => trimmed(tmux('capture-pane', '-p', '-J', '-S', '-', '-t', 't')),
    close: () => void tmux('kill-server'),
    ask: (format) => tmux('display-message', '-p', '-t', 't', format).trim(),
    async until(pattern, where = 'screen') {
      const deadline = performance.now() + 60_000;
      while (!pattern.test(session[where]())) {
        if (performance.now() > deadline) {
          throw new Error(
            `no ${pattern} on the ${where}\n--- screen\n${session.screen()}\n--- history\n${session.history()}`,
          );
        }
        await setTimeout(50);
      }
    },
  };
  return session;
}
