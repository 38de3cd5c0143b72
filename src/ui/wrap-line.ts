import { displayWidth, withoutColours } from '../base/terminal-text.js';
import { wrapWords } from './fit-text.js';

/**
 * A line as lines of `width` columns at most (see `wrapWords`): what goes on stands below the last column of text that
 * begins in the first two thirds, else two further than the line.
 */
export function wrapLine(line: string, width: number): readonly string[] {
  const plain = withoutColours(line);
  if (displayWidth(plain) <= width) return [line];
  const lead = displayWidth(/^ */.exec(plain)?.[0] ?? '');
  const columns = [...plain.matchAll(/\S {2,}(?=\S)/g)].map(({ index, 0: gap }) =>
    displayWidth(plain.slice(0, index + gap.length)),
  );
  const hang =
    columns.findLast((column) => column <= (2 * width) / 3) ?? Math.min(lead + 2, Math.floor(width / 2));
  return wrapWords(line, width, ' '.repeat(hang));
}
