import type { Failure, Location } from '../../base/failure.js';
import { formatCount } from '../../base/quantities.js';
import { displayWidth, printable } from '../../base/terminal-text.js';
import { failuresAsData } from '../../session/failures-as-data.js';
import { plainStyle, type Style } from '../style.js';
import { wrapLine } from '../wrap-line.js';

const longestLine = 120;

/**
 * The failures as people read them: place and message, the line with what is wrong underlined, details, what to do
 * instead; and at the end how many there are. Ends with a line end; empty for no failures.
 *
 * @param width columns that there are: text is broken between words, lines of files are cut
 */
export function formatFailures(
  failures: readonly Failure[],
  style: Style = plainStyle,
  width = Number.POSITIVE_INFINITY,
): string {
  if (failures.length === 0) return '';
  const blocks = failures.map((failure) => formatFailure(failure, style, width).join('\n'));
  const count = failures.length > 1 ? [style.bold(formatCount(failures.length, 'error'))] : [];
  return `${[...blocks, ...count].join('\n\n')}\n`;
}

function formatFailure(failure: Failure, style: Style, width: number): string[] {
  const { location, message, details = [], hint } = failure;
  const place =
    location === undefined ? 'kshot: ' : `${printable(location.file)}:${location.line}:${location.column}: `;
  const text = message.split('\n').map(printable).join('\n');
  const wrapped = (lines: readonly string[]) => lines.flatMap((line) => wrapLine(line, width));
  return [
    ...wrapped(`${style.bold(place)}${style.red(text)}`.split('\n')),
    ...(location === undefined ? [] : excerpt(location, style, width)),
    ...wrapped(details.flatMap((detail) => detail.split('\n')).map((detail) => `  ${printable(detail)}`)),
    ...wrapped(hint === undefined ? [] : hintLines(hint, style)),
  ];
}

function hintLines(hint: string, style: Style): string[] {
  return hint
    .split('\n')
    .map((line, index) => `  ${index === 0 ? style.cyan('hint: ') : '      '}${printable(line)}`);
}

/** The line and the carets under it; a long line is cut around the place. */
function excerpt(location: Location, style: Style, width: number): string[] {
  const { line, column, length, lineText } = location;
  if (lineText.trim() === '') return [];
  const start = Math.min(column - 1, lineText.length);
  // The number with its bar stands before, and dots may stand on both sides.
  const room = Math.max(20, Math.min(longestLine, width - String(line).length - 5 - 6));
  const cutLeft = lineText.length > room ? Math.max(0, start - Math.floor(room / 3)) : 0;
  const cutRight = Math.min(lineText.length, cutLeft + room);
  const dotsLeft = cutLeft > 0 ? '...' : '';
  const dotsRight = cutRight < lineText.length ? '...' : '';
  const before = printable(lineText.slice(cutLeft, start)).replaceAll('\t', '  ');
  const marked = printable(lineText.slice(start, Math.min(start + length, cutRight))).replaceAll('\t', '  ');
  const after = printable(lineText.slice(start + length, cutRight)).replaceAll('\t', '  ');
  const number = String(line);
  const padding = ' '.repeat(displayWidth(dotsLeft + before));
  const carets = '^'.repeat(Math.max(1, displayWidth(marked)));
  return [
    `${style.dim(`  ${number} | `)}${dotsLeft}${before}${marked}${after}${dotsRight}`,
    `${style.dim(`  ${' '.repeat(number.length)} | `)}${padding}${style.red(carets)}`,
  ];
}

/** The failures as JSON for `--json`: `{"version": 1, "failures": [...]}` on one line; causes are left out. */
export function failuresAsJson(failures: readonly Failure[]): string {
  return `${JSON.stringify({ version: 1, failures: failuresAsData(failures) })}\n`;
}
