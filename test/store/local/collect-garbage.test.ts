import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkedJson } from '../../../src/base/files/checked-json.js';
import type { Entry } from '../../../src/store/entry.js';
import { layoutOf } from '../../../src/store/local/layout.js';
import { thisProcess } from '../../../src/store/local/lock-owner.js';
import { acquireLock, releaseLock } from '../../../src/store/local/locks.js';
import { openStore } from '../../../src/store/local/open-store.js';
import { Actor, allOf, claimed, compute, hexDigest, inFolder, keyOf, recordOf, stage } from './rig.js';

const inputsFrom = (entry: Entry): Entry['inputs'] => ({
  data: entry.outputs['value'] ?? { type: 'list', elements: [] },
});

describe('garbage', () => {
  it('is what the kept keys do not reach, through inputs and code manifests', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const source = await compute(store, 'source', 'source bytes');
      await compute(store, 'kept', 'kept bytes', { inputs: inputsFrom(source) });
      const dropped = await compute(store, 'dropped', 'dropped bytes', { inputs: inputsFrom(source) });
      await store.putText('code');

      const keptKeys = new Set([keyOf('kept')]);
      const plan = await store.planGarbage({ keptKeys });
      expect(plan.garbage.map(({ type }) => type)).toEqual(['entry', 'object']);
      expect(plan.bytes).toBe(checkedJson(dropped).length + 'dropped bytes'.length);
      expect(await store.readEntry(keyOf('dropped'))).toBeDefined();

      expect(await store.collectGarbage({ keptKeys })).toEqual({ ok: true, value: plan });
      expect((await allOf(store.entries())).map(({ key }) => key).sort()).toEqual(
        [keyOf('kept'), keyOf('source')].sort(),
      );
      for (const { key } of await allOf(store.entries())) expect(await store.find(key)).toBeDefined();
      expect(existsSync(store.objectPath(hexDigest('dropped bytes')))).toBe(false);
      expect(await store.getText(hexDigest('code'))).toBe('code');
      expect(await store.planGarbage({ keptKeys })).toEqual({ garbage: [], bytes: 0, inUseBy: [] });
    }));

  it('is nothing that a run in progress may need', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      await compute(store, 'a', 'text');
      const holder = new Actor('hold', folder, keyOf('running'));
      await holder.says(/claimed/);
      const options = { keptKeys: new Set<string>(), leftoverSeconds: 0 };
      const during = await store.collectGarbage(options);
      await holder.kill();
      expect(during).toMatchObject({
        ok: true,
        value: { garbage: [], inUseBy: [expect.stringContaining(String(holder.child.pid))] },
      });
      const after = await store.collectGarbage(options);
      expect(after.ok && after.value.garbage.map(({ type }) => type)).toEqual(['entry', 'object', 'partial']);
      expect(readdirSync(join(folder, 'partial'))).toEqual([]);
    }));

  it('holds old state, quarantine and unfinished files, and spares fresh ones', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const old = new Date('2020-01-01');
      for (const age of ['old', 'fresh']) {
        const workspace = await claimed(store, keyOf(age));
        writeFileSync(workspace.stateFile, 'state');
        await store.release(workspace);
        mkdirSync(join(folder, 'objects', 'ab'), { recursive: true });
        mkdirSync(join(folder, 'quarantine'), { recursive: true });
        const files = [join(folder, 'objects', 'ab', `.${age}.tmp`), join(folder, 'quarantine', `${age}.x`)];
        for (const file of files) writeFileSync(file, 'xx');
        if (age === 'old') {
          for (const path of [...files, workspace.stateFile, join(folder, 'partial', keyOf(age))])
            utimesSync(path, old, old);
        }
      }
      const result = await store.collectGarbage({ keptKeys: new Set() });
      expect(result.ok && result.value).toMatchObject({ bytes: 2 + 5 + 2 });
      expect(readdirSync(join(folder, 'partial'))).toEqual([keyOf('fresh')]);
      expect(readdirSync(join(folder, 'quarantine'))).toEqual(['fresh.x']);
      expect(readdirSync(join(folder, 'objects', 'ab'))).toEqual(['.fresh.tmp']);
    }));

  it('takes what a failed step left a week ago, be its key kept with its state or not', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const old = new Date('2020-01-01');
      const left = async (name: string, age: Date | undefined) => {
        const workspace = await claimed(store, keyOf(name));
        writeFileSync(workspace.stateFile, 'state');
        writeFileSync(join(workspace.scratch, 'file'), 'left');
        const kept = (await store.release(workspace, true))!;
        if (age !== undefined) for (const path of [join(kept, 'file'), kept]) utimesSync(path, age, age);
        return kept;
      };
      const [stale, fresh] = [await left('stale', old), await left('fresh', undefined)];
      const keptKeys = new Set([keyOf('stale'), keyOf('fresh')]);
      const result = await store.collectGarbage({ keptKeys });
      expect(result.ok && result.value.garbage).toEqual([{ type: 'partial', path: stale, bytes: 4 }]);
      expect(existsSync(fresh)).toBe(true);
      expect(readdirSync(join(folder, 'partial', keyOf('stale')))).toEqual(['state']);
    }));

  it('is not what was set aside lately for comparison', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      await compute(store, 'a', 'first');
      const workspace = await claimed(store, keyOf('a'));
      await store.commit(workspace, recordOf('a'), { value: stage(workspace, 'value', 'second') });
      expect((await store.planGarbage({ keptKeys: new Set() })).garbage).toEqual([]);
      const types = (await store.planGarbage({ keptKeys: new Set(), leftoverSeconds: 0 })).garbage.map(
        ({ type }) => type,
      );
      expect(types).toEqual(expect.arrayContaining(['object', 'object', 'quarantine', 'quarantine']));
    }));

  it('is collected by one at a time, and no key can be claimed meanwhile', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      mkdirSync(join(folder, 'locks'));
      acquireLock(join(folder, 'locks', 'collection'));
      expect(await store.collectGarbage({ keptKeys: new Set() })).toMatchObject({ ok: false });
      expect((await store.claim(keyOf('a'))).type).toBe('busy');
      expect(readdirSync(join(folder, 'locks'))).toEqual(['collection']);
    }));
});

describe('a hold on the cache', () => {
  it('keeps all results until it is closed, though no key is claimed', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      await compute(store, 'a', 'text');
      const hold = await store.hold();
      const options = { keptKeys: new Set<string>() };
      expect(await store.collectGarbage(options)).toMatchObject({ ok: true, value: { garbage: [] } });
      hold.close();
      const after = await store.collectGarbage(options);
      expect(after.ok && after.value.garbage.map(({ type }) => type)).toEqual(['entry', 'object']);
    }));

  it('waits until a collection is over, and removes the holds of runs that were killed', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const { locks, collectionLock } = layoutOf(store.folder);
      mkdirSync(locks, { recursive: true });
      const dead = { ...thisProcess('t'), processStart: 'long ago' };
      symlinkSync(JSON.stringify(dead), join(locks, 'run-0123'));
      const collection = acquireLock(collectionLock);
      if (collection.type !== 'acquired') throw new Error('the lock is free');
      let held = false;
      const holding = store.hold().then((hold) => {
        held = true;
        return hold;
      });
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(held).toBe(false);
      expect((await store.planGarbage({ keptKeys: new Set() })).inUseBy).toHaveLength(1);
      releaseLock(collectionLock, collection.token);
      (await holding).close();
      expect(readdirSync(locks)).toEqual([]);
    }));
});
