import { largestExitCode } from '../base/exit-code.js';
import type { Failure } from '../base/failure.js';
import { printable, printableLines } from '../base/terminal-text.js';
import { runFailed } from '../session/failures-as-data.js';
import { ndjsonLine } from '../ui/ndjson.js';
import { type Style, styleFor } from '../ui/style.js';
import { failuresAsJson, formatFailures } from '../ui/views/print-failures.js';
import { wrapLine } from '../ui/wrap-line.js';
import { shownPath } from './shown-path.js';

/** Options that every command takes. */
export interface CommonOptions {
  readonly root?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False with `--no-color`. */
  readonly color: boolean;
}

/** Where a command's words go: data to stdout, all else to stderr. */
export interface Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  /** How stdout is to look. */
  readonly dataStyle: Style;
  /** How stderr is to look. */
  readonly style: Style;
  /** Columns of stderr, and of stdout; infinite where it is no terminal. */
  readonly width: number;
  readonly dataWidth: number;
  /** Data, as it is. */
  data(text: string): void;
  /** Data that a program wrote: on a terminal, nothing in it is obeyed. */
  written(text: string): void;
  /** Data of any length, piece by piece: resolves when the reader can take more, with false where it is gone. */
  stream(piece: string | Uint8Array): Promise<boolean>;
  /** What a command answers with `--json`: a document on one line, whose `version` counts incompatible changes. */
  document(value: object): void;
  /** A file was written: its path is the answer. */
  wrote(path: string): void;
  /** A line of data for people: on a terminal broken between words. */
  show(line: string): void;
  /** A line for people, broken between words; nothing with `--quiet`. */
  say(line: string): void;
  /** A line for people as it is, such as a row of a table or a command to type; nothing with `--quiet`. */
  sayWhole(line: string): void;
  /** What is no error but worth a line; nothing with `--quiet`. */
  warn(warning: Failure): void;
  /** What changes what a number means, or what a file is taken for: also with `--quiet`. */
  caution(caution: string | Failure): void;
  /** Failures: JSON on stdout with `--json`, else text on stderr. Returns the exit code. */
  fail(failures: readonly Failure[]): number;
}

function widthOf({ isTTY, columns }: Partial<NodeJS.WriteStream>): number {
  return isTTY === true && columns !== undefined && columns > 0 ? columns : Number.POSITIVE_INFINITY;
}

function warningText({ location, message, hint }: Failure): string {
  const place = location === undefined ? '' : `${location.file}:${location.line}:${location.column}: `;
  const rest = hint === undefined ? '' : ` (${hint})`;
  return `${place}${message}${rest}`;
}

/** The terminal of this process; with `events` what it prints with `--json` are events of a run, failures too. */
export function openTerminal(
  { json = false, quiet = false, color }: CommonOptions,
  { events = false }: { readonly events?: boolean } = {},
): Terminal {
  const style = styleFor(process.stderr, process.env, color);
  const sayWhole = (line: string) => {
    if (!quiet) process.stderr.write(`${line}\n`);
  };
  const wrapped = (line: string) => wrapLine(line, widthOf(process.stderr)).join('\n');
  const say = (line: string) => sayWhole(wrapped(line));
  return {
    json,
    quiet,
    style,
    get width() {
      return widthOf(process.stderr);
    },
    get dataWidth() {
      return widthOf(process.stdout);
    },
    dataStyle: styleFor(process.stdout, process.env, color),
    data: (text) => void process.stdout.write(text),
    written: (text) => void process.stdout.write(process.stdout.isTTY ? printableLines(text) : text),
    stream: (piece) => new Promise((resolve) => process.stdout.write(piece, (error) => resolve(!error))),
    document: (value) => void process.stdout.write(`${JSON.stringify({ version: 1, ...value })}\n`),
    wrote: (path) =>
      void process.stdout.write(json ? `${JSON.stringify({ version: 1, path })}\n` : `${shownPath(path)}\n`),
    show: (line) => void process.stdout.write(`${wrapLine(line, widthOf(process.stdout)).join('\n')}\n`),
    say,
    sayWhole,
    warn: (warning) => say(`${style.yellow('warning: ')}${printable(warningText(warning))}`),
    caution(caution) {
      const text = typeof caution === 'string' ? caution : warningText(caution);
      process.stderr.write(`${wrapped(`${style.yellow('warning: ')}${printable(text)}`)}\n`);
    },
    fail(failures) {
      if (json && events) {
        if (failures.length > 0) process.stdout.write(ndjsonLine(runFailed(failures)));
      } else if (json) process.stdout.write(failuresAsJson(failures));
      else process.stderr.write(formatFailures(failures, style, widthOf(process.stderr)));
      return largestExitCode(failures);
    },
  };
}
