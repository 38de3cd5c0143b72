import type { ReadStream, WriteStream } from 'node:tty';
import { loadInProduction } from '../../base/load-in-production.js';
import { displayWidth } from '../../base/terminal-text.js';
import type { RunEvent } from '../../run/event.js';
import type { Style } from '../style.js';
import type { Symbols } from '../symbols.js';
import { liveRows } from './live-rows.js';
import {
  type Action,
  type Chosen,
  nothingChosen,
  type PressedKey,
  pressKey,
  stepWithNode,
} from './press-key.js';
import { reduceView, withNotice } from './reduce-view.js';
import { toldLines } from './told-lines.js';
import { emptyView, type Told, type ViewState } from './view-state.js';

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
  /** Takes the view away and gives the terminal back; what was told stays. */
  pause(): void;
  /** Shows it again. */
  resume(): void;
  /** What has not been written, as after events while it was away. */
  untold(): readonly Told[];
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
  const { render, createElement, LiveApp } = await loadInk();
  if (!isWanted()) return undefined;
  const { output, input, style, symbols, tailOf, onAction, onFailure } = options;
  let state: ViewState = past.reduce(reduceView, emptyView);
  let chosen: Chosen = nothingChosen;
  let told: (readonly string[])[] = [];
  let toldCount = 0;
  let rows: readonly string[] = [];
  let isStopping = false;
  let instance: ReturnType<typeof render> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ticker: NodeJS.Timeout | undefined;
  let drawnAt = 0;

  const width = () => Math.max(20, output.columns || 80);

  const onKey = (key: PressedKey): void => {
    const node =
      chosen.log === undefined ? undefined : stepWithNode(state, chosen.log.node)?.nodes.get(chosen.log.node);
    const pressed = pressKey(chosen, key, state, node?.log === undefined ? 0 : tailOf(node.log).length);
    chosen = pressed.chosen;
    if (pressed.action !== undefined) onAction(pressed.action);
    draw();
  };

  const app = () => createElement(LiveApp, { told, rows, onKey: input === undefined ? undefined : onKey });

  /** What has been told since, as lines of the terminal's present width. */
  const takeTold = (): void => {
    const drawing = { width: width(), style, symbols };
    told = [...told, ...state.told.slice(toldCount).map((one) => toldLines(one, drawing))];
    toldCount = state.told.length;
  };

  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (instance === undefined) return;
    drawnAt = performance.now();
    const next = liveRows(state, chosen, {
      width: width(),
      height: output.rows || 24,
      now: Date.now(),
      style,
      symbols,
      hasKeys: input !== undefined,
      isStopping,
      tailOf,
    });
    const isSame = next.length === rows.length && next.every((row, index) => row === rows[index]);
    if (isSame && toldCount === state.told.length) return;
    rows = next;
    takeTold();
    instance.rerender(app());
  };

  const drawSoon = (): void => {
    timer ??= setTimeout(draw, Math.max(0, drawnAt + drawEveryMilliseconds - performance.now()));
  };

  /**
   * A terminal that becomes narrower wraps the rows that are on it, and Ink would erase as many lines as it drew: the
   * lines that came by wrapping are taken away first.
   */
  const onResize = (): void => {
    const wrapped = reflows()
      ? rows.reduce((sum, row) => sum + Math.ceil(plainWidth(row) / width()) - 1, 0)
      : 0;
    if (wrapped > 0) output.write('\u001b[2K\u001b[1A'.repeat(wrapped));
    draw();
  };

  const view: LiveView = {
    emit(event) {
      state = reduceView(state, event);
      drawSoon();
    },
    stopping(line) {
      isStopping = true;
      state = withNotice(state, line);
      drawSoon();
    },
    pause() {
      if (instance === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      clearInterval(ticker);
      output.off('resize', onResize);
      takeTold();
      instance.rerender(app());
      instance.unmount();
      instance = undefined;
      // What is typed from here on is for the shell. Later, since a stream that was read by Ink's way does not pause
      // before it has taken in that its listener is gone.
      setImmediate(() => {
        if (instance === undefined) input?.pause();
      });
      // Ink leaves the last rows where they are.
      output.write(`${rows.length === 0 ? '' : `\u001b[${rows.length}A`}\r\u001b[J`);
      told = [];
      rows = [];
    },
    untold: () => state.told.slice(toldCount),
    resume() {
      if (instance !== undefined) return;
      // Before Ink's own listener.
      output.on('resize', onResize);
      instance = render(app(), {
        stdout: withoutHeight(output),
        stderr: output,
        ...(input === undefined ? {} : { stdin: input }),
        exitOnCtrlC: false,
        patchConsole: false,
      });
      instance.waitUntilExit().catch(onFailure);
      ticker = setInterval(() => {
        if (chosen.log !== undefined || performance.now() - drawnAt >= tickMilliseconds) drawSoon();
      }, drawEveryMilliseconds);
      ticker.unref();
      draw();
    },
  };
  view.resume();
  return view;
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
