import { displayWidth, printable } from '../base/terminal-text.js';

const graphemes = new Intl.Segmenter();

/** A text with a mark that takes no columns, such as a colour. */
export interface TextSpan {
  readonly text: string;
  readonly mark?: (text: string) => string;
}

/** The text made safe to print, cut to at most `width` columns; `cut` stands where something is missing. */
export function fitText(text: string, width: number, cut: string): string {
  const safe = printable(text);
  if (displayWidth(safe) <= width) return safe;
  // By hand: cli-truncate and slice-ansi keep a wide character that sticks out by a column.
  let fitted = '';
  let columns = 0;
  for (const { segment } of graphemes.segment(safe)) {
    columns += displayWidth(segment);
    if (columns > width - 1) break;
    fitted += segment;
  }
  return width < 1 ? '' : fitted + cut;
}

/** The text in exactly `width` columns: cut, or filled with spaces behind. */
export function padText(text: string, width: number, cut: string): string {
  const fitted = fitText(text, width, cut);
  return fitted + ' '.repeat(Math.max(0, width - displayWidth(fitted)));
}

/**
 * A text in lines of at most `width` columns, broken between words; later lines are indented. A word that is too long
 * for any line stays whole, for the terminal to break, which gives it back whole where it is copied. Colours take no
 * columns.
 */
export function wrapWords(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let now = '';
  let isEmpty = true;
  for (const [part] of text.matchAll(/ +|[^ ]+/g)) {
    if (part.startsWith(' ')) {
      now += part;
      continue;
    }
    if (!isEmpty && displayWidth(now + part) > width) {
      lines.push(now.trimEnd());
      now = indent;
    }
    now += part;
    isEmpty = false;
  }
  return [...lines, now];
}

/** The spans beside one another in at most `width` columns, marked after they were cut. */
export function fitSpans(spans: readonly TextSpan[], width: number, cut: string): string {
  let left = width;
  let line = '';
  for (const { text, mark } of spans) {
    if (left <= 0) break;
    const fitted = fitText(text, left, cut);
    left -= displayWidth(fitted);
    line += mark === undefined || fitted.trim() === '' ? fitted : mark(fitted);
  }
  return line;
}
