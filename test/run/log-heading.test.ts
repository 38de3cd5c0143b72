import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasLogEnding, logEnding, logHeading, parseLogHeading } from '../../src/run/log-heading.js';
import { StepLog } from '../../src/run/step-log.js';

it('the first line of a log is read back as it was written, whatever the node is called', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kshot-log-heading-'));
  try {
    for (const node of ['train', 'train[inner_lr=0.05]@1000', 'a (b) starts here[name=x y]']) {
      const heading = { node, kind: 'maml.train', startedAt: '2026-11-29T05:00:00.000Z' };
      const log = new StepLog(join(folder, `${node.length}.log`));
      log.note(logHeading(heading, 'threads 2, key 12ab'));
      log.note('because: new');
      log.close();
      expect(parseLogHeading(readFileSync(log.file, 'utf8'))).toEqual(heading);
    }
    expect(parseLogHeading('[kshot] train (maml.tr')).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('the last line of a log is known as the end of it, once it is whole', () => {
  const ending = `[kshot] ${logEnding('2026-11-29T05:00:00.000Z', 1.5, 'ran')}\n`;
  expect(hasLogEnding(`a word\n${ending}`)).toBe(true);
  expect(hasLogEnding(ending)).toBe(true);
  for (const text of ['', 'a word\n', ending.slice(0, -1), `${ending}a word\n`]) {
    expect(hasLogEnding(text), text).toBe(false);
  }
});
