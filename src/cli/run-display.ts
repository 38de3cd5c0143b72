import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../run/event.js';
import { tailOf } from '../run/step-log.js';
import type { LiveView } from '../ui/live/live-view.js';
import { messageLines } from '../ui/live/message-lines.js';
import { reduceView } from '../ui/live/reduce-view.js';
import { emptyView } from '../ui/live/view-state.js';
import { ndjsonLine } from '../ui/ndjson.js';
import { createPlainLines } from '../ui/plain-lines.js';
import { symbolsFor } from '../ui/symbols.js';
import { isContinuousIntegration } from '../ui/terminal-facts.js';
import type { Terminal } from './terminal.js';

/** Shows a run while it is under way. */
export interface RunDisplay {
  emit(event: RunEvent): void;
  /** The run is being stopped; the line says so. */
  stopping(line: string): void;
  /** Ends the showing, so that other things can be printed; what comes later is printed plainly. */
  close(): void;
}

export interface RunDisplayOptions {
  /** The project's root, absolute. */
  readonly root: string;
  /** Whether no live view is opened. */
  readonly isPlain: boolean;
  /** Asks the run to stop, as a signal does. */
  readonly stop: () => void;
}

/** NDJSON with `--json`, the live view on a terminal, else plain lines. */
export function openRunDisplay(terminal: Terminal, options: RunDisplayOptions): RunDisplay {
  if (terminal.json) {
    return {
      emit: (event) => terminal.data(ndjsonLine(event)),
      stopping: (line) => void process.stderr.write(`${line}\n`),
      close: () => undefined,
    };
  }
  const plain = plainDisplay(terminal);
  const isLive = !options.isPlain && !terminal.quiet && isInteractive() && isInForeground();
  return isLive ? liveDisplay(terminal, options, plain) : plain;
}

function plainDisplay(terminal: Terminal): RunDisplay {
  const plain = createPlainLines(terminal.style);
  return {
    emit(event) {
      for (const line of plain(event)) terminal.say(line);
    },
    stopping: (line) => void process.stderr.write(`${line}\n`),
    close: () => undefined,
  };
}

/** Whether somebody watches: no pipe, no CI, where Ink draws nothing, and a terminal that can move its cursor. */
function isInteractive(): boolean {
  const { stderr, env } = process;
  return stderr.isTTY === true && !isContinuousIntegration(env) && env['TERM'] !== 'dumb';
}

/** A process in the background that takes keys would be stopped, and one that draws spoils what is in front. */
function isInForeground(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    // After the name in brackets: state, parent, group, session, terminal, the group in the terminal's foreground.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[2] === fields[5];
  } catch {
    return true;
  }
}

/** For how long an open log is not read again. */
const tailMilliseconds = 250;

function liveDisplay(terminal: Terminal, { root, stop }: RunDisplayOptions, plain: RunDisplay): RunDisplay {
  const symbols = symbolsFor(process.env);
  const { style } = terminal;
  /** Until the view is there, what it will have to know. */
  const past: RunEvent[] = [];
  let view: LiveView | undefined;
  let isLoading = false;
  let isClosed = false;

  const load = async (): Promise<void> => {
    const { openLiveView } = await import('../ui/live/live-view.js');
    const opened = await openLiveView(
      {
        output: process.stderr,
        ...(process.stdin.isTTY === true ? { input: process.stdin } : {}),
        style,
        symbols,
        tailOf: readingSeldom((log) => tailOf(join(root, log))),
        onAction(action) {
          if (action === 'stop') stop();
          // Keys that are read raw do not become signals by themselves.
          else if (action === 'interrupt') process.kill(process.pid, 'SIGINT');
          else suspend();
        },
        onFailure: raise,
      },
      past,
      () => !isClosed,
    );
    if (opened !== undefined) view = opened;
  };

  const resume = (): void => {
    if (isClosed || !isInForeground()) return;
    process.off('SIGCONT', resume);
    view?.resume();
  };
  const suspend = (): void => {
    view?.pause();
    process.on('SIGCONT', resume);
    process.kill(0, 'SIGTSTP');
    // A process that no shell looks after is not stopped, and never told to go on.
    setTimeout(resume, 200).unref();
  };

  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    process.off('uncaughtException', close);
    process.off('exit', close);
    process.off('SIGCONT', resume);
    view?.pause();
    const drawing = { width: process.stderr.columns || 80, style, symbols };
    const messages = view === undefined ? past.reduce(reduceView, emptyView).messages : view.unprinted();
    for (const line of messages.flatMap((one) => messageLines(one, drawing))) terminal.say(line);
  };
  // What is printed of a bug must not be drawn over, and the terminal be as it was.
  process.prependListener('uncaughtException', close);
  process.on('exit', close);

  return {
    emit(event) {
      if (isClosed) {
        plain.emit(event);
        return;
      }
      if (view === undefined) past.push(event);
      else view.emit(event);
      if (event.event === 'run.start') plain.emit(event);
      if (event.event === 'step.start' && !isLoading) {
        isLoading = true;
        // After the first processes have been started, which take as long to begin.
        setImmediate(() => {
          load().catch(raise);
        });
      }
      if (event.event === 'run.computed' || event.event === 'run.finish') {
        close();
        plain.emit(event);
      }
    },
    stopping(line) {
      if (view === undefined || isClosed) terminal.say(line);
      else view.stopping(line);
    },
    close,
  };
}

/** An error that nothing waits for is a bug, and told of as one. */
function raise(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

/** The function, asked again for the same log only after a while. */
function readingSeldom(read: (log: string) => readonly string[]): (log: string) => readonly string[] {
  let last: { readonly log: string; readonly at: number; readonly lines: readonly string[] } | undefined;
  return (log) => {
    const now = performance.now();
    if (last?.log !== log || now - last.at > tailMilliseconds) last = { log, at: now, lines: read(log) };
    return last.lines;
  };
}
