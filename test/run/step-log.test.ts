import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
