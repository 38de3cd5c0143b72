import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkedJson, checkedText } from '../../../src/base/files/checked-json.js';
import { layoutOf } from '../../../src/store/local/layout.js';
import { openStatIndex } from '../../../src/store/local/stat-index.js';
import { hexDigest, inFolder } from './rig.js';

/** A clock so far ahead that any file counts as settled. */
const later = () => Date.now() + 60_000;

async function digest(folder: string, path: string, clock: () => number = later): Promise<string> {
  const index = openStatIndex(layoutOf(join(folder, 'cache')), clock);
  const result = await index.digestFile(path);
  index.save();
  if (!result.ok) throw new Error(result.failure.message);
  return result.value.digest;
}

/** Makes the saved index answer `forged` for every file it knows, which shows whether a file was read. */
function forgeIndex(folder: string): void {
  const path = join(folder, 'cache', 'stat-index.json');
  const text = checkedText(readFileSync(path, 'utf8'))?.replace(
    /"digest":"[0-9a-f]{64}"/g,
    `"digest":"${forged}"`,
  );
  writeFileSync(path, checkedJson(JSON.parse(text ?? '')));
}
const forged = '0'.repeat(64);

function withFile(body: (folder: string, path: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    mkdirSync(join(folder, 'cache'));
    const path = join(folder, 'input.csv');
    writeFileSync(path, 'one');
    await body(folder, path);
  });
}

describe('the stat index', () => {
  it('does not read an unchanged file again', () =>
    withFile(async (folder, path) => {
      expect(await digest(folder, path)).toBe(hexDigest('one'));
      forgeIndex(folder);
      expect(await digest(folder, path)).toBe(forged);
    }));

  it('does not trust a file that was written within two seconds of the indexing', () =>
    withFile(async (folder, path) => {
      expect(await digest(folder, path, Date.now)).toBe(hexDigest('one'));
      // Nothing was learned, so nothing is written.
      expect(readdirSync(join(folder, 'cache'))).toEqual([]);
      writeFileSync(path, 'two');
      expect(await digest(folder, path, Date.now)).toBe(hexDigest('two'));
    }));

  it('forgets what it knew when the file has just been written again', () =>
    withFile(async (folder, path) => {
      await digest(folder, path);
      writeFileSync(path, 'two');
      expect(await digest(folder, path, Date.now)).toBe(hexDigest('two'));
      const saved = readFileSync(join(folder, 'cache', 'stat-index.json'), 'utf8');
      expect(JSON.parse(saved)).toMatchObject({ format: 1, files: {} });
      expect(saved).not.toContain(path);
    }));

  it('notices other content of the same size under an mtime that was set back', () =>
    withFile(async (folder, path) => {
      execFileSync('touch', ['-d', '2020-01-01 00:00:00.5', path]);
      await digest(folder, path);
      writeFileSync(path, 'two');
      execFileSync('touch', ['-d', '2020-01-01 00:00:00.5', path]);
      expect(await digest(folder, path)).toBe(hexDigest('two'));
    }));

  it('notices that another file was moved to the same path', () =>
    withFile(async (folder, path) => {
      const other = join(folder, 'other');
      writeFileSync(other, 'two');
      const time = new Date('2020-01-01');
      utimesSync(path, time, time);
      utimesSync(other, time, time);
      await digest(folder, path);
      renameSync(other, path);
      expect(await digest(folder, path)).toBe(hexDigest('two'));
    }));

  it('reads a file that was touched, and finds the same digest', () =>
    withFile(async (folder, path) => {
      await digest(folder, path);
      forgeIndex(folder);
      execFileSync('touch', [path]);
      expect(await digest(folder, path)).toBe(hexDigest('one'));
    }));

  it('trusts nothing where the clock stands before the indexing', () =>
    withFile(async (folder, path) => {
      await digest(folder, path);
      forgeIndex(folder);
      expect(await digest(folder, path, () => Date.now() + 30_000)).toBe(hexDigest('one'));
    }));

  it('keeps what another process saved meanwhile, and drops files that are gone', () =>
    withFile(async (folder, path) => {
      const [second, third] = [join(folder, 'second'), join(folder, 'third')];
      writeFileSync(second, '2');
      writeFileSync(third, '3');
      const layout = layoutOf(join(folder, 'cache'));
      const one = openStatIndex(layout, later);
      const other = openStatIndex(layout, later);
      await one.digestFile(path);
      await other.digestFile(second);
      await other.digestFile(third);
      other.save();
      renameSync(third, join(folder, 'moved'));
      one.save();
      const { files } = JSON.parse(readFileSync(layout.statIndex, 'utf8')) as { files: object };
      expect(Object.keys(files).sort()).toEqual([path, second].sort());
    }));

  it.each(['', 'null', '{"format":2,"files":{}}', '{"format":1,"files":{"x":{"digest":"../x"}}}', '{"form'])(
    'reads the files where the index is %j',
    (text) =>
      withFile(async (folder, path) => {
        writeFileSync(join(folder, 'cache', 'stat-index.json'), text);
        expect(await digest(folder, path)).toBe(hexDigest('one'));
      }),
  );

  it('reads the files where a digest in the index was changed', () =>
    withFile(async (folder, path) => {
      await digest(folder, path);
      const index = join(folder, 'cache', 'stat-index.json');
      const text = readFileSync(index, 'utf8');
      writeFileSync(index, text.replace(hexDigest('one'), forged));
      expect(await digest(folder, path)).toBe(hexDigest('one'));
    }));

  it('gives a failure for a file that is missing or a folder', () =>
    withFile(async (folder) => {
      const index = openStatIndex(layoutOf(folder));
      expect(await index.digestFile(join(folder, 'none'))).toMatchObject({
        ok: false,
        failure: { reason: 'file-not-found' },
      });
      expect(await index.digestFile(folder)).toMatchObject({
        ok: false,
        failure: { reason: 'file-not-found' },
      });
    }));
});
