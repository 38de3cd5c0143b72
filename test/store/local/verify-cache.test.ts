import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/local/open-store.js';
import { compute, hexDigest, inFolder, keyOf } from './rig.js';

describe('verifyCache', () => {
  it('finds nothing wrong in a good cache, and counts what it read', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      await compute(store, 'a', 'first');
      await compute(store, 'b', 'second');
      expect(await store.verifyAll()).toEqual({
        objects: 2,
        bytes: 11,
        entries: 2,
        badObjects: [],
        badEntries: [],
        incomplete: [],
      });
    }));

  it('sets aside objects and entries that are not what they should be, and names what will run again', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      for (const name of ['flipped', 'gone', 'entry', 'later', 'good']) await compute(store, name, name);
      const entryPath = (name: string) =>
        join(folder, 'steps', keyOf(name).slice(0, 2), `${keyOf(name)}.json`);

      const flipped = store.objectPath(hexDigest('flipped'));
      chmodSync(flipped, 0o644);
      writeFileSync(flipped, 'fl1pped');
      rmSync(store.objectPath(hexDigest('gone')), { force: true });
      writeFileSync(
        entryPath('entry'),
        readFileSync(entryPath('entry'), 'utf8').replace('"name":"entry"', '"name":"other"'),
      );
      writeFileSync(
        entryPath('later'),
        readFileSync(entryPath('later'), 'utf8').replace('"format":1', '"format":2'),
      );

      const report = await (await openStore(folder)).verifyAll();
      expect(report.badObjects).toEqual([hexDigest('flipped')]);
      expect(report.badEntries).toEqual([keyOf('entry')]);
      expect(report.incomplete.map(({ key }) => key).sort()).toEqual(
        [keyOf('flipped'), keyOf('gone')].sort(),
      );
      expect(report.entries).toBe(3);
      expect(existsSync(flipped)).toBe(false);
      expect(existsSync(entryPath('later'))).toBe(true);
      expect(await store.readEntry(keyOf('entry'))).toBeUndefined();
    }));
});
