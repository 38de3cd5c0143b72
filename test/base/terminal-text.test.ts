import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { displayWidth, printable, printableLines } from '../../src/base/terminal-text.js';

it.each([
  ['course', 6],
  ['é', 1],
  ['e\u0301', 1],
  ['©', 1],
  ['한', 2],
  ['𠮷', 2],
  ['1️⃣', 2],
  ['👨‍👩‍👧', 2],
  ['\u001b[31mred\u001b[39m', 3],
])('%j takes as many columns as a terminal gives it', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

it('ASCII, coloured or not, takes what the library says', () => {
  const text = fc.string({ unit: 'grapheme-ascii' });
  const coloured = fc.tuple(text, text).map(([one, other]) => `${one}\u001b[1;31m${other}\u001b[39m`);
  fc.assert(fc.property(fc.oneof(text, coloured), (any) => displayWidth(any) === stringWidth(any)));
});

it('what a terminal would obey is made visible', () => {
  expect(printable('a\u001b[2Jb\u202ec\u009b')).toBe('a␛[2Jb\ufffdc\ufffd');
});

it('what a program wrote can be shown on a terminal, line by line and without its colours', () => {
  expect(printableLines('\u001b[32mgreen\u001b[0m\r\n\tb\rc\u001b]0;title\u0007\n\u001b[2J')).toBe(
    'green\n\tb␍c␛]0;title␇\n␛[2J',
  );
});
