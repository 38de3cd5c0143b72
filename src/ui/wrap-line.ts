import { displayWidth } from '../base/terminal-text.js';

/**
 * A line as lines of `width` columns at most, broken between words: what goes on stands below the last column of text
 * that begins in the first two thirds, else two further than the line. A word that is too long for any line stays
 * whole, for the terminal to break, which gives it back whole where it is copied. Colours take no columns.
 */
export function wrapLine(line: string, width: number): readonly string[] {
  const columnsOf = (text: string) => displayWidth(text.replace(/\u001b\[[\d;]*m/g, ''));
  if (columnsOf(line) <= width) return [line];
  const plain = line.replace(/\u001b\[[\d;]*m/g, '');
  const lead = displayWidth(/^ */.exec(plain)?.[0] ?? '');
  const columns = [...plain.matchAll(/\S {2,}(?=\S)/g)].map(({ index, 0: gap }) =>
    displayWidth(plain.slice(0, index + gap.length)),
  );
  const hang =
    columns.findLast((column) => column <= (2 * width) / 3) ?? Math.min(lead + 2, Math.floor(width / 2));
  const lines: string[] = [];
  let now = '';
  let isEmpty = true;
  for (const [part] of line.matchAll(/ +|[^ ]+/g)) {
    if (part.startsWith(' ')) {
      now += part;
      continue;
    }
    if (!isEmpty && columnsOf(now + part) > width) {
      lines.push(now.trimEnd());
      now = ' '.repeat(hang);
    }
    now += part;
    isEmpty = false;
  }
  return [...lines, now];
}
