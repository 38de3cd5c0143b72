import type { ReadStream, WriteStream } from 'node:tty';
import type { Instance } from 'ink';
import { loadInProduction } from '../../base/load-in-production.js';
import { displayWidth } from '../../base/terminal-text.js';
import type { RunEvent } from '../../run/event.js';
import type { Style } from '../style.js';
import type { Symbols } from '../symbols.js';
import { liveRows } from './live-rows.js';
import { messageLines } from './message-lines.js';
import {
  type Action,
  type Chosen,
  nothingChosen,
  type PressedKey,
  pressKey,
  stepWithNode,
} from './press-key.js';
import { reduceView, withNotice } from './reduce-view.js';
import { emptyView, type Message, type ViewState } from './view-state.js';

export interface LiveViewOptions {
  readonly output: WriteStream;
  /** Where keys are read from; absent where it is no terminal. */
  readonly input?: ReadStream;
  readonly style: Style;
  readonly symbols: Symbols;
  /** The last lines of a log, given its path relative to the root. */
  readonly tailOf: (log: string) => readonly string[];
  readonly onAction: (action: Action) => void;
  /** Told of an error in drawing. */
  readonly onFailure: (error: unknown) => void;
}

/** A view of a run on a terminal. */
export interface LiveView {
  emit(event: RunEvent): void;
  /** The run is being stopped; the line says so, and stays. */
  stopping(line: string): void;
  /** Takes the view away and gives the terminal back; what was printed above it stays. */
  pause(): void;
  /** Shows it again. */
  resume(): void;
  /** What has not been written, as after events while it was away. */
  unprinted(): readonly Message[];
}

/** Between two drawings, keys apart: figures that change faster are not read, and each drawing costs. */
const drawEveryMilliseconds = 250;
/** How often time is drawn where no event comes; an open log is looked at with every drawing. */
const tickMilliseconds = 1000;

/**
 * Shows a run on a terminal: events become a state, the state rows, both by pure functions; rows are drawn where
 * they have changed. Loads Ink.
 *
 * @param past the events so far, to which more may be added until the view is there
 * @param isWanted asked when all is loaded; without a view where it is not wanted any more
 */
export async function openLiveView(
  options: LiveViewOptions,
  past: readonly RunEvent[],
  isWanted: () => boolean,
): Promise<LiveView | undefined> {
  const ink = await loadInk();
  if (!isWanted()) return undefined;
  const view = new InkView(options, ink, past.reduce(reduceView, emptyView));
  view.resume();
  return view;
}

class InkView implements LiveView {
  private readonly options: LiveViewOptions;
  private readonly ink: Awaited<ReturnType<typeof loadInk>>;
  private state: ViewState;
  private chosen: Chosen = nothingChosen;
  private isStopping = false;
  /** What stays above the rows; of the state's messages the first `printed`. */
  private blocks: readonly (readonly string[])[] = [];
  private printed = 0;
  private rows: readonly string[] = [];
  private instance: Instance | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ticker: NodeJS.Timeout | undefined;
  private drawnAt = 0;

  constructor(options: LiveViewOptions, ink: Awaited<ReturnType<typeof loadInk>>, state: ViewState) {
    this.options = options;
    this.ink = ink;
    this.state = state;
  }

  emit(event: RunEvent): void {
    this.state = reduceView(this.state, event);
    this.drawSoon();
  }

  stopping(line: string): void {
    this.isStopping = true;
    this.state = withNotice(this.state, line);
    this.drawSoon();
  }

  unprinted(): readonly Message[] {
    return this.state.messages.slice(this.printed);
  }

  pause(): void {
    const { output, input } = this.options;
    if (this.instance === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    clearInterval(this.ticker);
    output.off('resize', this.onResize);
    this.printMessages();
    this.instance.rerender(this.app());
    this.instance.unmount();
    this.instance = undefined;
    // What is typed from here on is for the shell. Later, since a stream that was read by Ink's way does not pause
    // before it has taken in that its listener is gone.
    setImmediate(() => {
      if (this.instance === undefined) input?.pause();
    });
    // Ink leaves the last rows where they are.
    output.write(`${this.rows.length === 0 ? '' : `\u001b[${this.rows.length}A`}\r\u001b[J`);
    this.blocks = [];
    this.rows = [];
  }

  resume(): void {
    const { output, input, onFailure } = this.options;
    if (this.instance !== undefined) return;
    // Before Ink's own listener.
    output.on('resize', this.onResize);
    this.instance = this.ink.render(this.app(), {
      stdout: withoutHeight(output),
      stderr: output,
      ...(input === undefined ? {} : { stdin: input }),
      exitOnCtrlC: false,
      patchConsole: false,
    });
    this.instance.waitUntilExit().catch(onFailure);
    this.ticker = setInterval(() => {
      const isDue = performance.now() - this.drawnAt >= tickMilliseconds;
      if (this.chosen.log !== undefined || isDue) this.drawSoon();
    }, drawEveryMilliseconds);
    this.ticker.unref();
    this.draw();
  }

  private get width(): number {
    return Math.max(20, this.options.output.columns || 80);
  }

  private readonly onKey = (key: PressedKey): void => {
    const { log } = this.chosen;
    const node = log && stepWithNode(this.state, log.node)?.nodes.get(log.node);
    const logLines = node?.log === undefined ? 0 : this.options.tailOf(node.log).length;
    const pressed = pressKey(this.chosen, key, this.state, logLines);
    this.chosen = pressed.chosen;
    if (pressed.action !== undefined) this.options.onAction(pressed.action);
    this.draw();
  };

  /**
   * A terminal that becomes narrower wraps the rows that are on it, and Ink would erase as many lines as it drew: the
   * lines that came by wrapping are taken away first.
   */
  private readonly onResize = (): void => {
    const wrapped = reflows()
      ? this.rows.reduce((sum, row) => sum + Math.ceil(plainWidth(row) / this.width) - 1, 0)
      : 0;
    if (wrapped > 0) this.options.output.write('\u001b[2K\u001b[1A'.repeat(wrapped));
    this.draw();
  };

  private app() {
    const { createElement, LiveApp } = this.ink;
    const onKey = this.options.input === undefined ? undefined : this.onKey;
    return createElement(LiveApp, { blocks: this.blocks, rows: this.rows, onKey });
  }

  /** Puts what there is to say since above the rows, as lines of the terminal's present width. */
  private printMessages(): void {
    const { style, symbols } = this.options;
    const drawing = { width: this.width, style, symbols };
    this.blocks = [...this.blocks, ...this.unprinted().map((one) => messageLines(one, drawing))];
    this.printed = this.state.messages.length;
  }

  private draw(): void {
    const { output, input, style, symbols, tailOf } = this.options;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.instance === undefined) return;
    this.drawnAt = performance.now();
    const next = liveRows(this.state, this.chosen, {
      width: this.width,
      height: output.rows || 24,
      now: Date.now(),
      style,
      symbols,
      hasKeys: input !== undefined,
      isStopping: this.isStopping,
      tailOf,
    });
    const isSame = next.length === this.rows.length && next.every((row, index) => row === this.rows[index]);
    if (isSame && this.printed === this.state.messages.length) return;
    this.rows = next;
    this.printMessages();
    this.instance.rerender(this.app());
  }

  private drawSoon(): void {
    const dueIn = Math.max(0, this.drawnAt + drawEveryMilliseconds - performance.now());
    this.timer ??= setTimeout(() => this.draw(), dueIn);
  }
}

async function loadInk() {
  const [{ render }, { createElement }, { LiveApp }] = await loadInProduction(() =>
    Promise.all([import('ink'), import('react'), import('./live-app.js')]),
  );
  return { render, createElement, LiveApp };
}

/**
 * The stream as one of a terminal without a bottom. Where a view is as high as its terminal Ink clears the terminal
 * with all that the user had on it; our rows are never as many, but a terminal can become less high.
 */
function withoutHeight(output: WriteStream): WriteStream {
  return new Proxy(output, {
    get(target, name) {
      if (name === 'rows') return Number.MAX_SAFE_INTEGER;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Whether the terminal wraps again what is on it when its width changes; xterm and the Linux console cut it. */
function reflows(): boolean {
  return process.env['XTERM_VERSION'] === undefined && process.env['TERM'] !== 'linux';
}

function plainWidth(row: string): number {
  return Math.max(1, displayWidth(row));
}
