import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProgramScreen } from '../../../src/kinds/program/program-lines.js';

/** The lines of a text that comes in parts of these sizes, again and again, and is asked for after each. */
function linesOf(text: string, sizes: readonly number[] = [1_000_000]): readonly string[] {
  const lines: string[] = [];
  const screen = new ProgramScreen();
  const bytes = Buffer.from(text);
  for (let start = 0, part = 0; start < bytes.length; part++) {
    const size = sizes[part % sizes.length] ?? 1;
    screen.write(bytes.subarray(start, start + size));
    start += size;
    for (const line of screen.take().ended) lines.push(line);
  }
  return [...lines, ...screen.end()];
}

/** What is open after a text. */
function openAfter(text: string): readonly string[] {
  const screen = new ProgramScreen();
  screen.write(Buffer.from(text));
  return screen.take().open;
}

describe('lines of a program', () => {
  it('are the same in whatever parts they come', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '𝄞', ' '), maxLength: 40 });
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(line), sizes, (lines, parts) => {
        expect(linesOf(lines.map((one) => `${one}\n`).join(''), parts)).toEqual(lines);
      }),
    );
    expect(linesOf('a\r\n\nb', [2])).toEqual(['a', '', 'b']);
  });

  it('are the same in whatever parts they come with escape sequences, returns and backspaces too', () => {
    const piece = fc.constantFrom(
      'ab',
      '€',
      '\r',
      '\n',
      '\b',
      '\u001b[31m',
      '\u001b[K',
      '\u001b[2K',
      '\u001b]0;x\u0007',
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(piece), sizes, (pieces, parts) => {
        expect(linesOf(pieces.join(''), parts)).toEqual(linesOf(pieces.join('')));
      }),
    );
  });

  it('that are long are kept at their beginning and end, cut no character, and say what is left out', () => {
    for (const character of ['x', 'é', '€', '𝄞']) {
      for (const offset of ['', 'a', 'ab', 'abc']) {
        const text = offset + character.repeat(30_000);
        const [line = '', ...others] = linesOf(text, [8_191, 64_000]);
        expect(others).toEqual([]);
        const [, first = '', leftOut, last = ''] =
          /^(.*) \[kshot: (\d+) bytes of this line left out\] (.*)$/.exec(line) ?? [];
        expect(text.startsWith(first) && text.endsWith(last)).toBe(true);
        expect(Buffer.byteLength(first + last) + Number(leftOut)).toBe(Buffer.byteLength(text));
        expect(first.length).toBeGreaterThan(4_090);
        expect(last.length).toBeGreaterThan(4_090);
      }
    }
  });
});

describe('a line that is drawn again and again', () => {
  const bar = (count: number) => `\r${String(count).padStart(3)}%|${'#'.repeat(count / 10)}`;

  it('is one line, in its last state', () => {
    const text = Array.from({ length: 101 }, (_, count) => bar(count)).join('');
    expect(linesOf(`before\n${text}\nafter\n`, [7])).toEqual(['before', '100%|##########', 'after']);
  });

  it('is open while it has no end, like a prompt', () => {
    expect(openAfter(`done\n${bar(10)}${bar(20)}`)).toEqual([' 20%|##']);
    expect(openAfter('Continue? ')).toEqual(['Continue? ']);
    expect(openAfter('done\n')).toEqual([]);
  });

  it('keeps what a shorter state does not reach, as on a terminal, but for spaces written over it', () => {
    expect(linesOf('abcdef\rxy')).toEqual(['xycdef']);
    expect(linesOf('abcdef\rxy    \n')).toEqual(['xy']);
    expect(linesOf('abcdef\r\u001b[Kxy\n')).toEqual(['xy']);
    expect(linesOf('12%\b\b\b34%\n')).toEqual(['34%']);
  });

  it('is one line for each bar where bars are nested, as tqdm draws them', () => {
    // Nested bars of tqdm 4: the inner one goes down a line, draws, and comes up again.
    const inner = (text: string) => `\n\r${text}\u001b[A`;
    let text = '\router 0/2';
    for (const epoch of [1, 2]) {
      for (let batch = 0; batch <= 50; batch++) text += inner(`inner ${batch}/50`);
      text += `\router ${epoch}/2`;
    }
    expect(linesOf(`${text}\n\ndone\n`)).toEqual(['outer 2/2', 'inner 50/50', 'done']);
    // In parts, what was above may have ended before the program goes up for the first time.
    const inParts = linesOf(`${text}\n\ndone\n`, [11]);
    expect(inParts.slice(-3)).toEqual(['outer 2/2', 'inner 50/50', 'done']);
    expect(inParts.length).toBeLessThan(6);
  });

  it('begins anew where it had become long', () => {
    expect(linesOf(`${'x'.repeat(20_000)}\rshort\n`)).toEqual(['short']);
  });
});

describe('what a terminal would obey', () => {
  it('is left out where it colours or names, and else made visible', () => {
    expect(
      linesOf('\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u001b\\link\u001b]8;;\u0007 \u001b(Bend\n'),
    ).toEqual(['red link end']);
    expect(linesOf('\u001b[2J\u001b[Hcleared\u0007 \u0000\u0001 \u009b31m\n')).toEqual([
      'cleared␇ ␀␁ \ufffd31m',
    ]);
    expect(linesOf('a \u001b\n')).toEqual(['a ␛']);
    expect(linesOf('cut \u001b[3')).toEqual(['cut ␛[3']);
  });

  it('is what any bytes are shown without, and no byte makes a line more or less', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (parts) => {
        const screen = new ProgramScreen();
        for (const part of parts) screen.write(Buffer.from(part));
        const lines = screen.end();
        expect(lines.join('')).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/);
        const ends = parts.flatMap((part) => [...part]).filter((byte) => byte === 10).length;
        expect(lines.length).toBeLessThanOrEqual(ends + 16);
      }),
    );
  });
});
