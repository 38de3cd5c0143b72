import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leavesOf } from '../../src/base/files/tree.js';
import { openStore } from '../../src/store/local/open-store.js';
import { RemoteClient } from '../../src/store/remote/remote-client.js';
import { openRemoteStore } from '../../src/store/remote/remote-store.js';
import type { Store } from '../../src/store/store.js';
import { CacheServer } from '../support/cache-server.js';
import { allOf, claimed, compute, hexDigest, inFolder, keyOf, recordOf, stage } from './local/rig.js';
import { quickLimits } from './remote/rig.js';

let empty: CacheServer;

beforeAll(async () => {
  empty = await CacheServer.start();
});

afterAll(async () => await empty.close());

async function openBefore(folder: string, what: 'empty' | 'absent'): Promise<Store> {
  const url = what === 'empty' ? empty.url : 'http://127.0.0.1:9';
  const client = await RemoteClient.open(url, {}, quickLimits);
  return openRemoteStore(await openStore(join(folder, 'cache')), client, { url, mode: 'read' });
}

/** What opens each store in a folder of its own. All of them must do what is written below. */
const stores: { readonly [name: string]: (folder: string) => Promise<Store> } = {
  local: (folder) => openStore(join(folder, 'cache')),
  'before a remote one that has nothing': (folder) => openBefore(folder, 'empty'),
  'before a remote one that is not there': (folder) => openBefore(folder, 'absent'),
};

describe.each(Object.entries(stores))('the store %s', (_name, open) => {
  const withStore = (body: (store: Store, folder: string) => Promise<void>) =>
    inFolder(async (folder) => body(await open(folder), folder));

  it('has no entry of a key before it was committed, and the same one afterwards for whoever opens it', async () => {
    await withStore(async (store, folder) => {
      expect(await store.find(keyOf('a'))).toBeUndefined();
      const entry = await compute(store, 'a', 'text');
      const again = await open(folder);
      expect(await again.find(keyOf('a'))).toEqual(entry);
      expect(await again.readEntry(keyOf('a'))).toEqual(entry);
      const [object] = [...leavesOf(entry.outputs['value']!)].map(({ leaf }) => leaf);
      expect(object).toEqual({ digest: hexDigest('text'), bytes: 4 });
      expect(await again.verify(object!)).toBe(true);
      expect(readFileSync(again.objectPath(object!.digest), 'utf8')).toBe('text');
      expect(await again.getText(object!.digest)).toBe('text');
    });
  });

  it('gives a key to one owner at a time, and keeps the state of one that gives it back', async () => {
    await withStore(async (store) => {
      const workspace = await claimed(store, keyOf('a'));
      expect(await store.claim(keyOf('a'))).toMatchObject({ type: 'busy' });
      writeFileSync(workspace.stateFile, 'half');
      await store.release(workspace);
      expect(await store.find(keyOf('a'))).toBeUndefined();
      const next = await claimed(store, keyOf('a'));
      expect(readFileSync(next.stateFile, 'utf8')).toBe('half');
      await store.commit(next, recordOf('a'), { value: stage(next, 'value', 'whole') });
      expect(existsSync(next.stateFile)).toBe(false);
    });
  });

  it('keeps the scratch folder of one that gives its key back so, until that of the next or a result', async () => {
    await withStore(async (store) => {
      const attempt = async (text: string | undefined, keep = true) => {
        const workspace = await claimed(store, keyOf('a'));
        if (text !== undefined) writeFileSync(join(workspace.scratch, 'file'), text);
        return await store.release(workspace, keep);
      };
      expect(await attempt(undefined)).toBeUndefined();
      const kept = (await attempt('one'))!;
      expect(readFileSync(join(kept, 'file'), 'utf8')).toBe('one');
      expect(await attempt('other', false)).toBeUndefined();
      expect(await attempt(undefined)).toBeUndefined();
      expect(readFileSync(join(kept, 'file'), 'utf8')).toBe('one');
      expect(await attempt('two')).toBe(kept);
      expect(readFileSync(join(kept, 'file'), 'utf8')).toBe('two');
      await compute(store, 'a', 'whole');
      expect(existsSync(kept)).toBe(false);
    });
  });

  it('finds no entry whose object is gone or bad, and has it again when it was computed again', async () => {
    await withStore(async (store) => {
      const [gone, bad] = [await compute(store, 'a', 'gone'), await compute(store, 'b', 'fine')];
      rmSync(store.objectPath(hexDigest('gone')));
      chmodSync(store.objectPath(hexDigest('fine')), 0o644);
      writeFileSync(store.objectPath(hexDigest('fine')), 'evil');
      expect(await store.find(gone.key)).toBeUndefined();
      expect(await store.readEntry(gone.key)).toEqual(gone);
      expect(await store.find(bad.key)).toEqual(bad);
      expect(await store.verify({ digest: hexDigest('fine'), bytes: 4 })).toBe(false);
      expect(await store.find(bad.key)).toBeUndefined();
      expect(await store.getText(hexDigest('fine'))).toBeUndefined();
      await compute(store, 'a', 'gone');
      await compute(store, 'b', 'fine');
      expect(await store.find(gone.key)).toBeDefined();
      expect(await store.find(bad.key)).toBeDefined();
    });
  });

  it('refuses other bytes from a computation that is said to repeat itself', async () => {
    await withStore(async (store) => {
      await compute(store, 'a', 'one');
      const workspace = await claimed(store, keyOf('a'));
      const result = await store.commit(workspace, recordOf('a'), {
        value: stage(workspace, 'value', 'two'),
      });
      expect(result).toMatchObject({ ok: false, failure: { reason: 'not-deterministic' } });
      expect(await store.find(keyOf('a'))).toBeUndefined();
    });
  });

  it('keeps texts, and digests of files outside', async () => {
    await withStore(async (store, folder) => {
      const digest = await store.putText('a manifest');
      expect(digest).toBe(hexDigest('a manifest'));
      expect(await store.getText(digest)).toBe('a manifest');
      expect(await store.getText(hexDigest('nothing'))).toBeUndefined();
      writeFileSync(join(folder, 'file'), 'outside');
      expect(await store.digestFile(join(folder, 'file'))).toEqual({
        ok: true,
        value: { digest: hexDigest('outside'), bytes: 7 },
      });
      expect(await store.digestFile(join(folder, 'none'))).toMatchObject({ ok: false });
      await store.saveIndex();
    });
  });

  it('does not count what is computed now as unfinished', async () => {
    await withStore(async (store) => {
      const workspace = await claimed(store, keyOf('a'));
      writeFileSync(workspace.stateFile, 'half');
      expect((await store.survey()).partial.count).toBe(0);
      await store.release(workspace);
      expect((await store.survey()).partial.count).toBe(1);
    });
  });

  it('is surveyed, verified and collected through the same interface', async () => {
    await withStore(async (store) => {
      const kept = await compute(store, 'a', 'kept');
      await compute(store, 'b', 'dropped');
      expect(await store.survey()).toMatchObject({ entries: 2, objects: 2, incomplete: 0, unreadable: 0 });
      expect(await store.verifyAll()).toMatchObject({
        entries: 2,
        objects: 2,
        badObjects: [],
        badEntries: [],
      });
      const hold = await store.hold();
      const options = { keptKeys: new Set([kept.key]) };
      expect(await store.planGarbage(options)).toMatchObject({ garbage: [], inUseBy: [expect.any(String)] });
      hold.close();
      expect(await store.collectGarbage(options)).toMatchObject({ ok: true, value: { inUseBy: [] } });
      expect((await allOf(store.entries())).map(({ key }) => key)).toEqual([kept.key]);
      expect(await store.getText(hexDigest('dropped'))).toBeUndefined();
      expect(await store.find(kept.key)).toEqual(kept);
    });
  });
});
