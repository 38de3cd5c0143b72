import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/base/failure.js';
import { leavesOf } from '../../../src/base/files/tree.js';
import type { Entry, ObjectReference } from '../../../src/store/entry.js';
import { openStore } from '../../../src/store/local/open-store.js';
import { Actor, allOf, claimed, compute, hexDigest, inFolder, keyOf, recordOf, stage } from './rig.js';

function valueIn(entry: Entry): ObjectReference {
  const tree = entry.outputs['value'];
  if (tree?.type !== 'file') throw new Error('no value');
  return tree.leaf;
}

/** Overwrites bytes of a read-only object, keeping its size. */
function corrupt(path: string): void {
  chmodSync(path, 0o644);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/./g, 'X'));
}

describe('commit', () => {
  it('publishes outputs by their content, read-only, and leaves no lock and no workspace', () =>
    inFolder(async (folder) => {
      const store = await openStore(join(folder, 'cache'));
      const workspace = await claimed(store, keyOf('a'));
      writeFileSync(workspace.stateFile, 'state');
      const result = await store.commit(workspace, recordOf('a'), {
        list: {
          type: 'list',
          elements: [stage(workspace, 'list/0', 'same'), stage(workspace, 'list/1', 'same')],
        },
        bundle: { type: 'bundle', ports: { x: stage(workspace, 'bundle/x', '') } },
      });
      expect(result.ok).toBe(true);
      const entry = await store.readEntry(keyOf('a'));
      expect(entry).toEqual(result.ok && result.value);
      expect(entry?.outputs['bundle']).toEqual({
        type: 'bundle',
        ports: { x: { type: 'file', leaf: { digest: hexDigest(''), bytes: 0 } } },
      });
      const path = store.objectPath(hexDigest('same'));
      expect(readFileSync(path, 'utf8')).toBe('same');
      expect(statSync(path).mode & 0o777).toBe(0o444);
      expect(existsSync(join(store.folder, 'partial', keyOf('a')))).toBe(false);
      expect(readdirSync(join(store.folder, 'locks'))).toEqual([]);
      expect(await store.verify({ digest: hexDigest('same'), bytes: 4 })).toBe(true);
    }));

  it('refuses an output that is missing or of another size, and gives the key back', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      for (const spoil of ['missing', 'short'] as const) {
        const workspace = await claimed(store, keyOf('a'));
        const value = stage(workspace, 'value', 'text');
        if (spoil === 'missing') execFileSync('rm', [join(workspace.outputs, 'value')]);
        else truncateSync(join(workspace.outputs, 'value'), 2);
        const result = await store.commit(workspace, recordOf('a'), { value });
        expect(result).toMatchObject({ ok: false, failure: { reason: 'output-missing' } });
      }
      expect(await store.readEntry(keyOf('a'))).toBeUndefined();
      expect((await store.claim(keyOf('a'))).type).toBe('claimed');
    }));

  it('copies an output that has another name elsewhere, so that nobody can write into the object', () =>
    inFolder(async (folder) => {
      const store = await openStore(join(folder, 'cache'));
      const mine = join(folder, 'mine');
      writeFileSync(mine, 'text');
      const workspace = await claimed(store, keyOf('a'));
      linkSync(mine, join(workspace.outputs, 'value'));
      const leaf = { path: join(workspace.outputs, 'value'), digest: hexDigest('text'), bytes: 4 };
      await store.commit(workspace, recordOf('a'), { value: { type: 'file', leaf } });
      appendFileSync(mine, ' and more');
      expect(readFileSync(store.objectPath(leaf.digest), 'utf8')).toBe('text');
      expect(statSync(mine).mode & 0o200).toBe(0o200);
    }));

  it('fails where a deterministic computation gives other bytes, and keeps both', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      await compute(store, 'a', 'first');
      const workspace = await claimed(store, keyOf('a'));
      const result = await store.commit(workspace, recordOf('a'), {
        value: stage(workspace, 'value', 'second'),
      });
      expect(result).toMatchObject({
        ok: false,
        failure: { reason: 'not-deterministic', details: [expect.stringContaining(hexDigest('second'))] },
      });
      expect(await store.readEntry(keyOf('a'))).toBeUndefined();
      const kept = readdirSync(join(folder, 'quarantine')).map((name) =>
        valueIn(JSON.parse(readFileSync(join(folder, 'quarantine', name), 'utf8')) as Entry),
      );
      expect(kept.map((value) => value.digest).sort()).toEqual(
        [hexDigest('first'), hexDigest('second')].sort(),
      );
      for (const value of kept) expect(await store.verify(value)).toBe(true);
    }));

  it('replaces the entry where the computation is not deterministic, and repeats it where bytes are equal', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      await compute(store, 'a', 'first', { deterministic: false });
      const entry = await compute(store, 'a', 'second', { deterministic: false });
      expect(await store.readEntry(keyOf('a'))).toEqual(entry);
      await compute(store, 'b', 'same');
      await compute(store, 'b', 'same');
      expect(await store.readEntry(keyOf('b'))).toBeDefined();
    }));

  it('never leaves an entry without its objects, however often it is killed', () =>
    inFolder(async (folder) => {
      const printed: string[] = [];
      for (let round = 0; round < 10; round += 1) {
        const actor = new Actor('commits', folder, `round ${round}`);
        await actor.says(/\n/);
        // 0 to 45 ms later: some of those kills fall between the parts of a commit.
        await new Promise((resolve) => setTimeout(resolve, round * 5));
        printed.push(...(await actor.kill()).split('\n').filter((line) => line.length === 64));
      }
      const store = await openStore(folder);
      const entries = await allOf(store.entries());
      expect(entries.map((entry) => entry.key)).toEqual(expect.arrayContaining(printed));
      for (const entry of entries) {
        expect(await store.find(entry.key)).toEqual(entry);
        for (const tree of Object.values(entry.outputs)) {
          for (const { leaf } of leavesOf(tree)) expect(await store.verify(leaf)).toBe(true);
        }
      }
    }));
});

describe('release', () => {
  it('keeps the resumable state for the next owner, and nothing else', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const first = await claimed(store, keyOf('a'));
      writeFileSync(first.stateFile, 'iteration 30');
      stage(first, 'value', 'half');
      await store.release(first);
      expect(existsSync(first.folder)).toBe(false);
      const second = await claimed(store, keyOf('a'));
      expect(readFileSync(second.stateFile, 'utf8')).toBe('iteration 30');
      expect(readdirSync(second.outputs)).toEqual([]);
    }));
});

describe('a workspace', () => {
  it("is given empty, whether its folders are new or were another key's", () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      for (const name of ['a', 'b', 'c', 'd']) {
        const workspace = await claimed(store, keyOf(name));
        expect(workspace.folder).toContain(keyOf(name));
        expect(readdirSync(workspace.folder).sort()).toEqual(['outputs', 'scratch']);
        expect(readdirSync(workspace.outputs)).toEqual([]);
        expect(readdirSync(workspace.scratch)).toEqual([]);
        expect(existsSync(workspace.stateFile)).toBe(false);
        if (name === 'b') writeFileSync(join(workspace.scratch, 'left'), '');
        if (name === 'c') writeFileSync(workspace.stateFile, 'state');
        const value = stage(workspace, 'value', name);
        expect((await store.commit(workspace, recordOf(name), { value })).ok).toBe(true);
      }
    }));

  it.skipIf(process.platform !== 'linux')(
    'gives no program of an earlier key a way into its scratch folder (works through /proc)',
    () =>
      inFolder(async (folder) => {
        const store = await openStore(folder);
        const first = await claimed(store, keyOf('a'));
        // What a program left running there holds: the folder itself, not its path.
        const held = openSync(first.scratch, 'r');
        try {
          await store.commit(first, recordOf('a'), { value: stage(first, 'value', 'a') });
          const second = await claimed(store, keyOf('b'));
          expect(() => writeFileSync(`/proc/self/fd/${held}/stray`, '')).toThrow('ENOENT');
          expect(readdirSync(second.scratch)).toEqual([]);
        } finally {
          closeSync(held);
        }
      }),
  );
});

describe('a bad object', () => {
  it('of the right size is found by its bytes, set aside, and no hit from then on', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const entry = await compute(store, 'a', 'good text');
      corrupt(store.objectPath(valueIn(entry).digest));
      expect(await store.find(entry.key)).toEqual(entry);
      expect(await store.verify(valueIn(entry))).toBe(false);
      expect(await store.find(entry.key)).toBeUndefined();
      expect(readdirSync(join(folder, 'quarantine'))).toHaveLength(1);
      await compute(store, 'a', 'good text');
      expect(await store.verify(valueIn(entry))).toBe(true);
    }));

  it('is found also after the same process found it good', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const value = valueIn(await compute(store, 'a', 'good text'));
      expect(await store.verify(value)).toBe(true);
      corrupt(store.objectPath(value.digest));
      expect(await store.verify(value)).toBe(false);
    }));

  it('that is cut short or gone makes its entry incomplete without being read', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const entry = await compute(store, 'a', 'good text');
      const path = store.objectPath(valueIn(entry).digest);
      chmodSync(path, 0o644);
      truncateSync(path, 4);
      expect(await store.find(entry.key)).toBeUndefined();
      expect(await store.verify(valueIn(entry))).toBe(false);
      expect(existsSync(path)).toBe(false);
      expect(await store.verify(valueIn(entry))).toBe(false);
    }));

  it('is noticed when a text is read', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const digest = await store.putText('src/a.js 0123\n');
      expect(await store.getText(digest)).toBe('src/a.js 0123\n');
      corrupt(store.objectPath(digest));
      expect(await store.getText(digest)).toBeUndefined();
      expect(await store.getText(hexDigest('never stored'))).toBeUndefined();
    }));
});

describe('readEntry', () => {
  it.each([
    ['cut short', (text: string) => text.slice(0, -20)],
    ['empty', () => ''],
    ['of another format', (text: string) => text.replace('"format":1', '"format":2')],
    ['of another key', (text: string) => text.replace(/"key":"..../, '"key":"0000')],
    ['with a path for a digest', (text: string) => text.replace(hexDigest('text'), '../../../../etc/passwd')],
  ])('finds no entry in one that is %s', (_, spoil) =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      await compute(store, 'a', 'text');
      const path = join(folder, 'steps', keyOf('a').slice(0, 2), `${keyOf('a')}.json`);
      expect(await store.readEntry(keyOf('a'))).toBeDefined();
      writeFileSync(path, spoil(readFileSync(path, 'utf8')));
      expect(await store.readEntry(keyOf('a'))).toBeUndefined();
      expect(await allOf(store.entries())).toEqual([]);
    }),
  );
});

describe('openStore', () => {
  it('writes nothing, so that planning needs no cache', () =>
    inFolder(async (folder) => {
      const store = await openStore(join(folder, 'cache'));
      expect(await store.readEntry(keyOf('a'))).toBeUndefined();
      expect(await allOf(store.entries())).toEqual([]);
      await store.saveIndex();
      expect(existsSync(join(folder, 'cache'))).toBe(false);
    }));
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mountWorks();

function mountWorks(): boolean {
  const folder = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    execFileSync('rmdir', [folder]);
  }
}

describe.skipIf(!canMount)('on a small disk (needs the right to mount one)', () => {
  const onSmallDisk = (body: (folder: string) => Promise<void>) =>
    inFolder(async (folder) => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
      try {
        await body(disk);
      } finally {
        execFileSync('umount', ['-l', disk]);
      }
    });

  const fill = (disk: string) => {
    try {
      for (let count = 0; ; count += 1) writeFileSync(join(disk, `ballast-${count}`), Buffer.alloc(4096));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  };

  it('a full disk is a failure that publishes nothing, and the same commit succeeds once there is room', () =>
    onSmallDisk(async (disk) => {
      const store = await openStore(join(disk, 'cache'));
      const first = await compute(store, 'first', 'first');
      const workspace = await claimed(store, keyOf('a'));
      const value = stage(workspace, 'value', 'text');
      fill(disk);
      const result = await store.commit(workspace, recordOf('a'), { value });
      expect(result).toMatchObject({
        ok: false,
        failure: { reason: 'disk', hint: expect.stringContaining('gc') },
      });
      expect(await store.readEntry(keyOf('a'))).toBeUndefined();
      expect(await allOf(store.entries())).toEqual([first]);
      await expect(store.putText('x'.repeat(8192))).rejects.toThrow(FailureError);
      expect(await store.getText(hexDigest('x'.repeat(8192)))).toBeUndefined();

      execFileSync('sh', ['-c', 'rm -f "$1"/ballast-*', 'sh', disk]);
      const entry = await compute(store, 'a', 'text');
      expect(await store.verify(valueIn(entry))).toBe(true);
      const files = execFileSync('find', [disk, '-name', '*.tmp'], { encoding: 'utf8' });
      expect(files).toBe('');
    }));

  it('a cache that may only be read can be planned against, and says so when something must be written', () =>
    onSmallDisk(async (disk) => {
      const entry = await compute(await openStore(join(disk, 'cache')), 'a', 'text');
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      const store = await openStore(join(disk, 'cache'));
      const read = await store.readEntry(keyOf('a'));
      expect(read).toEqual(entry);
      expect(await store.find(entry.key)).toEqual(entry);
      expect((await store.digestFile(store.objectPath(valueIn(entry).digest))).ok).toBe(true);
      await store.saveIndex();
      await expect(store.claim(keyOf('b'))).rejects.toMatchObject({
        failure: { reason: 'cache-unwritable' },
      });
    }));
});
