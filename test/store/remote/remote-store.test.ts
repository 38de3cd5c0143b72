import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leavesOf } from '../../../src/base/files/tree.js';
import type { Entry } from '../../../src/store/entry.js';
import { outputsOf } from '../../../src/store/references.js';
import type { RemoteStore } from '../../../src/store/remote/remote-store.js';
import { claimed, compute, hexDigest, keyOf, recordOf, stage } from '../local/rig.js';
import { withServer } from './rig.js';

function outputOf(entry: Entry) {
  return [...leavesOf(entry.outputs['value']!)][0]!.leaf;
}

describe('a store with a remote one behind it', () => {
  it('gives a colleague what another computed: entries when asked, objects when their bytes are', async () => {
    await withServer(async (server, open) => {
      const mine = await open('mine');
      const entry = await compute(mine, 'a', 'text');
      expect(await mine.exchanged()).toMatchObject({
        sent: { entries: 1, objects: 1, bytes: 4 },
        warnings: [],
      });

      const hers = await open('hers', { mode: 'read' });
      expect(await hers.find(entry.key)).toEqual(entry);
      expect(await hers.exchanged()).toMatchObject({ found: 1, left: { objects: 1, bytes: 4 } });
      expect(await hers.here.readEntry(entry.key)).toBeUndefined();
      expect(server.pathsOf('GET')).not.toContain(`/cas/${hexDigest('text')}`);
      expect(await hers.verify(outputOf(entry))).toBe(true);
      expect(readFileSync(hers.objectPath(hexDigest('text')), 'utf8')).toBe('text');
      expect(await hers.exchanged()).toMatchObject({
        fetched: { objects: 1, bytes: 4 },
        left: { objects: 0 },
        warnings: [],
      });

      // All of it is here now, and asks nothing.
      const before = server.requests.length;
      const again = await open('hers');
      expect(await again.find(entry.key)).toEqual(entry);
      expect(await again.verify(outputOf(entry))).toBe(true);
      expect(await again.bring([outputOf(entry)])).toBe(true);
      expect(server.requests).toHaveLength(before);
    });
  });

  it('sends objects first and the entry last, the code of the pre-image too where it is here', async () => {
    await withServer(async (server, open) => {
      const store = await open('mine');
      await store.putText('code');
      const { key } = await compute(store, 'a', 'text');
      await store.exchanged();
      const sent = server.pathsOf('PUT');
      expect(sent.at(-1)).toBe(`/ac/${key}`);
      expect(sent.slice(0, -1).sort()).toEqual(
        [`/cas/${hexDigest('code')}`, `/cas/${hexDigest('text')}`].sort(),
      );
      expect(await (await open('hers')).getText(hexDigest('code'))).toBe('code');
    });
  });

  it('sends nothing in mode read', async () => {
    await withServer(async (server, open) => {
      const store = await open('mine', { mode: 'read' });
      await compute(store, 'a', 'text');
      expect(await store.exchanged()).toMatchObject({ sent: { entries: 0 }, unsent: 0 });
      expect(server.pathsOf('PUT')).toEqual([]);
    });
  });

  it('lets the first entry of a computation stay that does not repeat itself', async () => {
    await withServer(async (server, open) => {
      const [one, other] = [await open('one'), await open('other')];
      const first = await compute(one, 'a', 'first', { deterministic: false });
      await one.exchanged();
      const stored = server.files.get(`/ac/${first.key}`);
      const second = await compute(other, 'a', 'second', { deterministic: false });
      expect(await other.exchanged()).toMatchObject({ sent: { entries: 0 }, unsent: 0, warnings: [] });
      expect(server.files.get(`/ac/${first.key}`)).toEqual(stored);
      expect(await other.find(first.key)).toEqual(second);
      expect(await (await open('third')).find(first.key)).toEqual(first);
    });
  });

  it('is whole for a CI that reads while two colleagues compute the same and send it at once', async () => {
    await withServer(async (server, open) => {
      const names = Array.from({ length: 12 }, (_, index) => `step ${index}`);
      const [one, other] = [await open('one'), await open('other')];
      let looks = 0;
      let found = 0;
      const look = async () => {
        // A new one each time: what was not there is not asked for again at once.
        const reader = await open(`ci ${looks++}`, { mode: 'read' });
        for (const name of names) {
          const entry = await reader.find(keyOf(name));
          // What has an entry can be had as a whole, from the first moment on.
          if (entry !== undefined && ++found > 0) expect(await reader.bring(outputsOf(entry))).toBe(true);
        }
        expect((await reader.exchanged())?.warnings).toEqual([]);
      };
      const colleague = async (store: RemoteStore, who: string) => {
        for (const name of names) {
          await compute(store, name, `${name} by ${who}`, { deterministic: false });
          await look();
        }
        return await store.exchanged();
      };
      const exchanged = await Promise.all([colleague(one, 'one'), colleague(other, 'other')]);
      for (const exchange of exchanged) expect(exchange).toMatchObject({ unsent: 0, warnings: [] });
      const keys = names.map(keyOf);
      const late = await open('late', { mode: 'read' });
      expect(await late.check(keys)).toMatchObject({ entries: 12, badEntries: [], badObjects: [] });
      expect(found).toBeGreaterThan(0);
      expect(server.pathsOf('PUT').filter((path) => path.startsWith('/ac/')).length).toBeGreaterThan(11);
    });
  });

  it('says so where a computation that repeats itself has other bytes there, and leaves them', async () => {
    await withServer(async (server, open) => {
      const [one, other] = [await open('one'), await open('other')];
      const first = await compute(one, 'a', 'first');
      await one.exchanged();
      const stored = server.files.get(`/ac/${first.key}`);
      await compute(other, 'a', 'second');
      const { warnings } = (await other.exchanged())!;
      expect(warnings.map(({ message }) => message).join()).toMatch(/gave other bytes here/);
      expect(server.files.get(`/ac/${first.key}`)).toEqual(stored);
    });
  });

  it('asks once for a key that is not there, however often it is looked for within seconds', async () => {
    await withServer(async (server, open) => {
      const store = await open('mine');
      await Promise.all([store.find(keyOf('a')), store.find(keyOf('a'))]);
      await store.find(keyOf('a'));
      expect(server.pathsOf('GET')).toEqual([`/ac/${keyOf('a')}`]);
    });
  });

  it('replaces a damaged object of its own by the one that is there, and says so', async () => {
    await withServer(async (_server, open) => {
      const store = await open('mine');
      const entry = await compute(store, 'a', 'text');
      await store.exchanged();
      const path = store.objectPath(hexDigest('text'));
      chmodSync(path, 0o644);
      writeFileSync(path, 'evil');
      expect(await store.verify(outputOf(entry))).toBe(true);
      expect(readFileSync(path, 'utf8')).toBe('text');
      expect((await store.exchanged())?.warnings.map(({ message }) => message).join()).toMatch(
        /fetched again/,
      );
      // Once.
      expect((await store.exchanged())?.warnings).toEqual([]);
    });
  });

  it('turns an entry whose objects are not there into none, and puts it right when it was computed', async () => {
    await withServer(async (server, open) => {
      const mine = await open('mine');
      const entry = await compute(mine, 'a', 'text');
      await mine.exchanged();
      server.files.delete(`/cas/${hexDigest('text')}`);
      const hers = await open('hers');
      expect(await hers.find(entry.key)).toEqual(entry);
      expect(await hers.bring([outputOf(entry)])).toBe(false);
      expect(await hers.find(entry.key)).toBeUndefined();
      expect(await hers.verify(outputOf(entry))).toBe(false);
      await compute(hers, 'a', 'text');
      expect(await hers.exchanged()).toMatchObject({ sent: { entries: 1, objects: 1 } });
      expect(server.files.has(`/cas/${hexDigest('text')}`)).toBe(true);
    });
  });

  it('replaces, by another command, what one found to be of the right size and other bytes', async () => {
    await withServer(async (server, open) => {
      const store = await open('mine');
      const entry = await compute(store, 'a', 'text');
      await store.exchanged();
      const path = `/cas/${hexDigest('text')}`;
      server.files.set(path, Buffer.from('tixt'));
      // Asked no more than whether it is there, and how large, the server says that all is well.
      expect(await (await open('mine')).sendEntry(entry)).toEqual({ type: 'there' });
      expect(await (await open('mine')).check([entry.key])).toMatchObject({
        badObjects: [hexDigest('text')],
      });
      expect(await (await open('mine')).sendEntry(entry)).toEqual({ type: 'sent' });
      expect(server.files.get(path)?.toString()).toBe('text');
      expect(await (await open('mine')).check([entry.key])).toMatchObject({ badObjects: [] });
      const before = server.pathsOf('PUT').length;
      expect(await (await open('mine')).sendEntry(entry)).toEqual({ type: 'there' });
      expect(server.pathsOf('PUT')).toHaveLength(before);
    });
  });

  it('has what a command before could not get computed again, unless it is right by now', async () => {
    await withServer(async (server, open) => {
      const mine = await open('mine');
      const entry = await compute(mine, 'a', 'text');
      await mine.exchanged();
      const path = `/cas/${hexDigest('text')}`;
      server.files.set(path, Buffer.from('tixt'));
      const hers = await open('hers');
      expect(await hers.find(entry.key)).toEqual(entry);
      expect(await hers.verify(outputOf(entry))).toBe(false);
      // Another command plans: it looks once more, and has no hit.
      expect(await (await open('hers')).find(entry.key)).toBeUndefined();
      const later = await open('hers');
      server.files.set(path, Buffer.from('text'));
      expect(await later.find(entry.key)).toEqual(entry);
      expect(await later.here.find(entry.key)).toEqual(entry);
      // Of another store nothing is known, nor of what only did not answer.
      server.fault = () => ({ status: 500 });
      const third = await open('third');
      expect(await third.verify(outputOf(entry))).toBe(false);
      server.fault = () => undefined;
      expect(await (await open('third')).find(entry.key)).toEqual(entry);
    });
  });

  it('sends nothing of a result whose bytes are bad here', async () => {
    await withServer(async (server, open) => {
      const quiet = await open('mine', { mode: 'read' });
      const entry = await compute(quiet, 'a', 'text');
      rmSync(quiet.objectPath(hexDigest('text')));
      const store = await open('mine');
      expect(await store.sendEntry(entry)).toEqual({ type: 'incomplete' });
      expect(server.pathsOf('PUT')).toEqual([]);
    });
  });

  it('leaves a result unsent when the run is stopped, and keeps it here', async () => {
    await withServer(async (server, open) => {
      server.fault = ({ method }) => (method === 'PUT' ? 'hang' : undefined);
      const store = await open('mine', { limits: { idleMilliseconds: 60_000, graceMilliseconds: 60_000 } });
      const entry = await compute(store, 'a', 'text');
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 50);
      expect(await store.exchanged(controller.signal)).toMatchObject({ unsent: 1, sent: { entries: 0 } });
      expect(await store.find(entry.key)).toEqual(entry);
      expect(existsSync(store.objectPath(hexDigest('text')))).toBe(true);
    });
  });

  it('does not send again what was forced and came out the same', async () => {
    await withServer(async (server, open) => {
      const store = await open('mine');
      await compute(store, 'a', 'text');
      await store.exchanged();
      const workspace = await claimed(store, keyOf('a'));
      await store.commit(workspace, recordOf('a'), { value: stage(workspace, 'value', 'text') });
      expect(await store.exchanged()).toMatchObject({ sent: { entries: 1, objects: 1 } });
      expect(server.pathsOf('PUT').filter((path) => path.startsWith('/ac/'))).toHaveLength(1);
    });
  });

  it('reads and hashes all that is there of some keys, and says what is wrong', async () => {
    await withServer(async (server, open) => {
      const store = await open('mine');
      const [good, bad, gone] = [
        await compute(store, 'a', 'good'),
        await compute(store, 'b', 'bad'),
        await compute(store, 'c', 'gone'),
      ];
      await store.exchanged();
      const keys = [good.key, bad.key, gone.key, keyOf('never')];
      expect(await store.check(keys)).toMatchObject({ entries: 3, objects: 3, absent: 1, badObjects: [] });
      server.files.set(`/cas/${hexDigest('bad')}`, Buffer.from('dab'));
      server.files.set(`/ac/${gone.key}`, Buffer.from('{}'));
      expect(await store.check(keys)).toEqual({
        entries: 2,
        objects: 1,
        bytes: 4,
        absent: 1,
        badEntries: [gone.key],
        badObjects: [hexDigest('bad')],
      });
    });
  });
});
