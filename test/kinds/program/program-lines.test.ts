import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineReader } from '../../../src/kinds/program/program-lines.js';

/** The lines of a text that comes in parts of these sizes, again and again. */
function linesOf(text: string, sizes: readonly number[]): readonly string[] {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line));
  const bytes = Buffer.from(text);
  for (let start = 0, part = 0; start < bytes.length; part++) {
    const size = sizes[part % sizes.length] ?? 1;
    reader.write(bytes.subarray(start, start + size));
    start += size;
  }
  reader.end();
  return lines;
}

it('gives the same lines in whatever parts they come', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '𝄞', ' '), maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(line),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (lines, sizes) => {
        expect(linesOf(lines.map((one) => `${one}\n`).join(''), sizes)).toEqual(lines);
      },
    ),
  );
  expect(linesOf('a\r\n\nb', [2])).toEqual(['a', '', 'b']);
});

it('keeps the beginning and the end of a long line, cuts no character, and counts what is left out', () => {
  for (const character of ['x', 'é', '€', '𝄞']) {
    for (const offset of ['', 'a', 'ab', 'abc']) {
      const text = offset + character.repeat(30_000);
      const [line = '', ...others] = linesOf(text, [8_191, 64_000]);
      expect(others).toEqual([]);
      const [, first = '', leftOut, last = ''] =
        /^(.*) \[kshot: (\d+) bytes of this line left out\] (.*)$/.exec(line) ?? [];
      expect(text.startsWith(first) && text.endsWith(last)).toBe(true);
      expect(Buffer.byteLength(first + last) + Number(leftOut)).toBe(Buffer.byteLength(text));
      expect(Buffer.byteLength(first)).toBeGreaterThan(4_090);
      expect(Buffer.byteLength(last)).toBeGreaterThan(4_090);
    }
  }
});
