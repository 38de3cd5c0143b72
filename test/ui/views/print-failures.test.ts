import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/base/failure.js';
import { colourStyle } from '../../../src/ui/style.js';
import { failuresAsJson, formatFailures } from '../../../src/ui/views/print-failures.js';

const located = (lineText: string, column: number, length: number): Failure => ({
  reason: 'unknown-parameter',
  message: 'data.pairs has no parameter session_gap',
  location: { file: 'pipelines/a.yaml', line: 12, column, length, lineText },
});

describe('printing of failures', () => {
  it('shows place, line, carets, details and hint', () => {
    const failure: Failure = {
      ...located('    with: { session_gap: 3 }', 13, 11),
      details: ['from params', 'to steps'],
      hint: 'write session_gap_seconds',
    };
    expect(formatFailures([failure])).toBe(
      [
        'pipelines/a.yaml:12:13: data.pairs has no parameter session_gap',
        '  12 |     with: { session_gap: 3 }',
        '     |             ^^^^^^^^^^^',
        '  from params',
        '  to steps',
        '  hint: write session_gap_seconds',
        '',
      ].join('\n'),
    );
  });

  it('counts several at the end, and one not', () => {
    const one: Failure = { reason: 'usage', message: 'no' };
    expect(formatFailures([one])).toBe('kshot: no\n');
    expect(formatFailures([one, one])).toBe('kshot: no\n\nkshot: no\n\n2 errors\n');
    expect(formatFailures([])).toBe('');
  });

  it('puts the caret under the text after tabs and after wide characters', () => {
    const caretLine = (failure: Failure) => formatFailures([failure]).split('\n')[2];
    expect(caretLine(located('\tname: x', 2, 4))).toBe('     |   ^^^^');
    expect(caretLine(located('名前: x', 5, 1))).toBe('     |       ^');
  });

  it('cuts a long line around the place', () => {
    const text = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`;
    const [, line = '', carets = ''] = formatFailures([located(text, 501, 4)]).split('\n');
    expect(line.length).toBeLessThan(140);
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('HERE');
  });

  it('marks the end of a line where a value is missing', () => {
    expect(formatFailures([located('kind:', 6, 1)]).split('\n')[2]).toBe('     |      ^');
  });

  it('lets no escape sequence of a file reach the terminal', () => {
    const text = formatFailures([located('x: \u001b[2J\u202e', 4, 2)], colourStyle);
    expect(text).not.toContain('\u001b[2J');
    expect(text).not.toContain('\u202e');
  });

  it('gives JSON with places and without causes', () => {
    const failure = { ...located('x: 1', 1, 1), cause: new Error('inner') };
    expect(JSON.parse(failuresAsJson([failure]))).toEqual({
      version: 1,
      failures: [
        {
          reason: 'unknown-parameter',
          message: 'data.pairs has no parameter session_gap',
          file: 'pipelines/a.yaml',
          line: 12,
          column: 1,
          length: 1,
        },
      ],
    });
  });
});
