/** What differs from run to run and machine to machine, and what stands for it in a comparison. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/\b\d{8}-\d{6}-[0-9a-f]{4}\b/g, 'TAG'],
  [/\b(?:[0-9a-f]{64}|[0-9a-f]{8})\b/g, 'KEY'],
  [/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?/g, 'DATE'],
  [/\b\d+(?:\.\d+)? (?:ms|s|min|h)\b/g, 'TIME'],
  [/\b\d+ slots?\b/g, 'SLOTS'],
  // Why it was chosen, and in which form it computes.
  [/^engine +([\w:-]+?)(?::| {2}).*/g, 'engine $1'],
  // Columns are as wide as what is in them.
  [/-{2,}/g, '--'],
  [/ {2,}/g, '  '],
];

function comparable(line: string): string {
  return volatile.reduce((text, [pattern, name]) => text.replace(pattern, name), line).trim();
}

/** What a command printed, as lines, without blank ones at the end. */
export function linesOf(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.trimEnd().split('\n');
}

const isElision = (line: string) => line.trim() === '…';

/** A comparison that failed: both sides as they were compared. */
export interface Mismatch {
  readonly shown: readonly string[];
  readonly printed: readonly string[];
}

/**
 * Whether what a document shows is what a command printed; undefined where it is. A line `…` stands for any lines,
 * `…` inside a line for any text.
 */
export function mismatch(shown: readonly string[], printed: readonly string[]): Mismatch | undefined {
  const pattern = shown.map((line) =>
    isElision(line) ? '(?:[^\n]*\n)*' : `${comparable(line).split('…').map(escapeRegExp).join('[^\n]*')}\n`,
  );
  const text = printed.map((line) => `${comparable(line)}\n`).join('');
  if (new RegExp(`^${pattern.join('')}$`).test(text)) return undefined;
  return { shown: shown.map(comparable), printed: printed.map(comparable) };
}

/** What a document should show in place of what it does: the same beginning and end around its `…`, if it has one. */
export function updated(shown: readonly string[], printed: readonly string[]): readonly string[] {
  const first = shown.findIndex(isElision);
  if (first < 0) return printed;
  const behind = shown.length - 1 - shown.findLastIndex(isElision);
  if (first + behind >= printed.length) return printed;
  return [...printed.slice(0, first), '…', ...printed.slice(printed.length - behind)];
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
