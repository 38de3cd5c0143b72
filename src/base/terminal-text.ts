import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { builtFile } from './files/built-file.js';

/**
 * The text with what a terminal would obey (escape sequences, carriage returns, bidirectional overrides) made
 * visible, so that data cannot draw on the screen. Tabs stay; other line ends must have been split before.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

/**
 * Text of any number of lines, of a program that may have coloured it, as it can be shown on a terminal: without
 * colours, and all else that a terminal would obey made visible. A piece may end within a line.
 */
export function printableLines(text: string): string {
  return withoutColours(text)
    .split('\n')
    .map((line) => printable(line.endsWith('\r') ? line.slice(0, -1) : line))
    .join('\n');
}

/** The text without the escape sequences of `Style`. */
export function withoutColours(text: string): string {
  return text.replace(/\u001b\[[\d;]*m/g, '');
}

/** Columns that a text takes on a terminal: wide characters and emoji two, combining ones and colours none. */
export function displayWidth(text: string): number {
  const plain = withoutColours(text);
  // One column for each of these, and most text has no others.
  return /^[ -~]*$/.test(plain) ? plain.length : stringWidth()(text);
}

let loaded: ((text: string) => number) | undefined;

/** Loaded where it is needed: compiling its tables of emoji takes a tenth of what a command does. */
function stringWidth(): (text: string) => number {
  const file = fileURLToPath(builtFile('packages/string-width.cjs'));
  loaded ??= (createRequire(import.meta.url)(file) as { default: (text: string) => number }).default;
  return loaded;
}
