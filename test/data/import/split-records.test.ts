import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RecordLayout, RecordSplitter } from '../../../src/data/import/split-records.js';

const layout: RecordLayout = {
  delimiter: ',',
  quote: '"',
  comment: '#',
  commentsOnTop: true,
  header: false,
  cells: 3,
  wanted: { user: 0, item: 1, time: 2 },
  ragged: 'refuse',
};

/** Splits a text that comes in pieces, and takes what is written apart as the simplest reader would. */
function split(text: string, layout: RecordLayout, pieceBytes = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(text);
  const splitter = new RecordSplitter(layout);
  const written: Buffer[] = [];
  let rest = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    rest = Buffer.concat([rest, bytes.subarray(at, at + pieceBytes)]);
    rest = rest.subarray(splitter.split(rest, false));
    written.push(...splitter.take());
  }
  splitter.split(rest, true);
  written.push(...splitter.take());
  const lines = Buffer.concat(written).toString('utf8').split('\n');
  const last = lines.pop() ?? '';
  const whole = last === '' ? lines : [...lines, last];
  const letters: { [letter: string]: string } = { n: '\n', r: '\r', d: splitter.delimiter, e: '\u000e' };
  const rows = whole.map((line) =>
    line
      .split(splitter.delimiter)
      .map((cell) => cell.replaceAll(/\u000e(.)/g, (_, letter: string) => letters[letter] ?? '')),
  );
  expect(splitter.rows).toBe(rows.length);
  return { rows, reasons: [...splitter.reasons].map(([why, { count, line }]) => ({ why, count, line })) };
}

const cell = fc.stringMatching(/^[a#é"', \t\n\r\u000e\u0001;]{0,6}$/);
const lineEnd = fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\n');
const record = fc.record({
  cells: fc.tuple(cell, cell, cell),
  quoted: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  end: lineEnd,
});

test('cells come out as they went in, whatever they hold, however the file is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(record), fc.integer({ min: 1, max: 40 }), (records, pieceBytes) => {
      const text = records
        .map(({ cells, quoted, end }) => {
          const written = cells.map((one, index) =>
            quoted[index] === true || /[",\r\n#]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one,
          );
          return written.join(',') + end;
        })
        .join('');
      const { rows, reasons } = split(text, layout, pieceBytes);
      expect(reasons).toEqual([]);
      expect(rows).toEqual(records.map(({ cells }) => cells));
    }),
    { numRuns: 1000 },
  );
});

const anyText = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      ',',
      ',',
      '"',
      '"',
      '\n',
      '\n',
      '\r\n',
      '\r',
      'a,b,1\n',
      'c,d,2\n',
      ' ',
      '#',
      '\0',
      '\u000e',
      'é',
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

test('any text gives the same records and faults however it is cut into pieces', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 9 }), (text, pieceBytes) => {
      expect(split(text, layout, pieceBytes)).toEqual(split(text, layout));
    }),
    { numRuns: 2000 },
  );
});

test('lines that pass as they are give what reading with care gives', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      // A delimiter of two characters is always read with care.
      const careful = split(text.replaceAll(',', '::'), { ...layout, delimiter: '::' });
      const rows = careful.rows.map((row) => row.map((cell) => cell.replaceAll('::', ',')));
      expect(split(text, layout)).toEqual({ ...careful, rows });
    }),
    { numRuns: 2000 },
  );
});

test('without quoting every line but blank ones and comments on top is a record or a fault', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { quote: _, ...unquoted } = layout;
      const { rows, reasons } = split(text, unquoted);
      const lines = text.split(/\r\n|\n|\r/).filter((line) => !/^[ \t]*$/.test(line));
      const first = lines.findIndex((line) => !line.startsWith('#'));
      const faults = reasons.reduce((sum, { count }) => sum + count, 0);
      expect(rows.length + faults).toBe(first < 0 ? 0 : lines.length - first);
    }),
    { numRuns: 2000 },
  );
});

test('a line longer than 16 MiB is left out, and reading goes on behind it', () => {
  const text = `a,b,1\na,${'x'.repeat((1 << 24) + 10)},2\nc,d,3\n`;
  for (const pieceBytes of [1 << 22, text.length]) {
    const { rows, reasons } = split(text, layout, pieceBytes);
    expect(rows.map(([user]) => user)).toEqual(['a', 'c']);
    expect(reasons).toEqual([{ why: 'is longer than 16 MiB', count: 1, line: 2 }]);
  }
});
