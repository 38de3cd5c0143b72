import { describe, expect, it } from 'vitest';
import {
  formatApart,
  formatFigure,
  formatNumber,
  formatProgress,
  parseBytes,
  parseSeconds,
} from '../../src/base/quantities.js';

it.each([
  ['90 s', 90],
  ['90s', 90],
  ['2 h', 7200],
  ['1 h 30 min', 5400],
  ['1h30min', 5400],
  ['0.5 s', 0.5],
  ['2 d', 172_800],
  ['90', undefined],
  ['', undefined],
  ['0 s', undefined],
  ['-1 s', undefined],
  ['2 hours', undefined],
  ['1 h and 3 min', undefined],
  ['1 m', undefined],
])('%j as a duration is %s s', (text, seconds) => {
  expect(parseSeconds(text)).toBe(seconds);
});

it.each([
  ['4 GiB', 4 * 2 ** 30],
  ['500 MB', 5e8],
  ['1.5kB', 1500],
  ['16gib', 2 ** 34],
  ['100 B', 100],
  ['4 G', undefined],
  ['4', undefined],
  ['0 GB', undefined],
  ['-4 GB', undefined],
  ['4 iB', undefined],
  ['four GB', undefined],
])('%j as a size is %s bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

describe('progress', () => {
  it.each([
    [1, undefined, 'steps', '1 step'],
    [0, undefined, 'steps', '0 steps'],
    [1, 20, 'steps', '1/20 steps'],
    [1, 1, 'batches', '1/1 batch'],
    [1, undefined, 'loss', '1 loss'],
  ])('is counted in words: %s of %s %s', (done, total, unit, text) => {
    expect(formatProgress(done, total, unit)).toBe(text);
  });
});

it.each([
  [123_456_789.123, '123456789.123', '123456789'],
  [1_764_472_513.123456, '1764472513.123456', '1764472513'],
  [-1_234_567.891, '-1234567.891', '-1234568'],
  [20_240_101, '20240101', '20240101'],
  [123_456.7891234, '123456.789123', '123457'],
  [12.3456789, '12.345679', '12.35'],
  [1 / 3, '0.333333', '0.3333'],
  [0.1 + 0.2, '0.3', '0.3'],
  [1.23456789e-7, '1.23457e-7', '1.235e-7'],
  [1.5e300, '1.5e+300', '1.5e+300'],
])('%d is %s in a table, and %s in a sentence', (value, inTable, inSentence) => {
  expect([formatNumber(value), formatFigure(value)]).toEqual([inTable, inSentence]);
});

it('numbers that stand for themselves stay apart', () => {
  expect(formatApart([0.1, 0.1 + 0.2, 1e-3])).toEqual(['0.1', '0.3', '0.001']);
  expect(formatApart([0.12345671, 0.12345672])).toEqual(['0.12345671', '0.12345672']);
});
