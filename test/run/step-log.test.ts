import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lastLinesOf, logFileName, StepLog } from '../../src/run/step-log.js';

const folder = mkdtempSync(join(tmpdir(), 'kshot-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('names a log as its node, where every character may stand in a file name', () => {
  expect(logFileName('tune[inner_lr=0.02]')).toBe('tune[inner_lr=0.02].log');
  expect(logFileName('validate[a=1,b=2]@200')).toBe('validate[a=1,b=2]@200.log');
});

it('gives different names to nodes that differ only in characters that may not, or far to the right', () => {
  const ids = ['a[x=1/2]', 'a[x=1:2]', `b[${'x'.repeat(300)}1]`, `b[${'x'.repeat(300)}2]`, '..', '.'];
  const names = ids.map(logFileName);
  expect(new Set(names).size).toBe(ids.length);
  for (const name of names) {
    expect(name).toMatch(/^[^./][^/]*\.log$/);
    expect(name.length).toBeLessThan(200);
  }
});

it('keeps the last lines of a log, and none of one that was never written', () => {
  const log = new StepLog(join(folder, 'a.log'));
  expect(lastLinesOf(log.file)).toEqual([]);
  for (let line = 1; line <= 5000; line++) log.write(`line ${line}\n`);
  log.close();
  expect(lastLinesOf(log.file, 2)).toEqual(['line 4999', 'line 5000']);
});

it('holds notes on lines of their own, which are no last lines of the step', () => {
  const log = new StepLog(join(folder, 'b.log'));
  log.note('starts\nbecause');
  log.write('said, and broken off');
  log.note('ended');
  log.close();
  expect(readFileSync(log.file, 'utf8')).toBe(
    '[kshot] starts\n[kshot] because\nsaid, and broken off\n[kshot] ended\n',
  );
  expect(lastLinesOf(log.file)).toEqual(['said, and broken off']);
});

it('ends, without failing its step, where the disk takes no more', () => {
  for (const file of ['/dev/full', folder]) {
    const log = new StepLog(file);
    expect(() => log.write('lost')).not.toThrow();
    expect(() => log.note('lost')).not.toThrow();
    log.close();
  }
});

it('keeps the beginning and the end of a long log, and says how much is left out', () => {
  const log = new StepLog(join(folder, 'long.log'), 10_000);
  let written = 0;
  for (let line = 1; line <= 20_000; line++) {
    const text = `line ${line}\n`;
    written += text.length;
    log.write(text);
    // Notes of the process that started the step go to the same file.
    if (line === 10_000) {
      const other = new StepLog(log.file, 10_000);
      other.note('noted');
      other.close();
      written += '[kshot] noted\n'.length;
    }
    if (line % 1000 === 0) expect(statSync(log.file).size).toBeLessThanOrEqual(31_000);
  }
  log.close();
  const lines = readFileSync(log.file, 'utf8').trimEnd().split('\n');
  const cuts = lines.filter((line) => line.startsWith('[kshot] '));
  expect(cuts).toHaveLength(1);
  const [, leftOut] = /^\[kshot\] (\d+) bytes are left out here/.exec(cuts[0] ?? '') ?? [];
  const kept = lines.filter((line) => line !== cuts[0]);
  expect(Number(leftOut) + kept.join('\n').length + 1).toBe(written);
  const cut = lines.indexOf(cuts[0] ?? '');
  expect(lines.slice(0, cut)).toEqual(lines.slice(0, cut).map((_, index) => `line ${index + 1}`));
  const after = lines.slice(cut + 1);
  expect(after).toEqual(after.map((_, index) => `line ${20_001 - after.length + index}`));
  expect(after.join('\n').length).toBeGreaterThan(9_900);
});

it('is cut in the middle of a line where there is none that ends', () => {
  const log = new StepLog(join(folder, 'line.log'), 1_000);
  for (let part = 0; part < 100; part++) log.write('x'.repeat(100));
  log.close();
  expect(readFileSync(log.file, 'utf8')).toMatch(/^x{1000}\n\[kshot\] \d+ bytes are left out here.*\nx+$/);
});

it('has at its end what has not ended yet, in its latest state, which is no whole line', () => {
  const log = new StepLog(join(folder, 'open.log'));
  const text = () => readFileSync(log.file, 'utf8');
  log.print(['a'], ['10 %']);
  expect(text()).toBe('a\n10 %');
  log.print([], ['20 %', 'inner 3']);
  expect(text().split('\n')).toHaveLength(2);
  expect(lastLinesOf(log.file)).toEqual(['a', '20 %', 'inner 3']);
  log.print(['b']);
  expect(lastLinesOf(log.file)).toEqual(['a', 'b', '20 %', 'inner 3']);
  log.print(['100 %'], []);
  expect(text()).toBe('a\nb\n100 %\n');
  log.close();
});

it('keeps what was open where something else was written after it', () => {
  const log = new StepLog(join(folder, 'mixed.log'));
  const other = new StepLog(log.file);
  log.print([], ['open']);
  other.write('the runtime says');
  log.print(['next'], ['more']);
  other.note('ended');
  expect(readFileSync(log.file, 'utf8')).toBe('openthe runtime says\nnext\nmore\n[kshot] ended\n');
  log.close();
  other.close();
});

it('keeps what is open where its middle is taken out', () => {
  const log = new StepLog(join(folder, 'open-long.log'), 1_000);
  for (let line = 1; line <= 2_000; line++) log.print([`line ${line}`], [`bar ${line}`]);
  const lines = readFileSync(log.file, 'utf8').split('\n');
  expect(lines.at(-1)).toBe('bar 2000');
  expect(lines.at(-2)).toBe('line 2000');
  expect(lines.filter((line) => line.startsWith('bar'))).toHaveLength(1);
  expect(lines.join('\n').length).toBeLessThan(4_000);
  log.close();
});
