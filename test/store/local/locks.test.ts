import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LockOwner, livenessOf, thisProcess } from '../../../src/store/local/lock-owner.js';
import { acquireLock, inspectLock, releaseLock } from '../../../src/store/local/locks.js';
import { openStore } from '../../../src/store/local/open-store.js';
import { Actor, claimed, inFolder, keyOf } from './rig.js';

const key = keyOf('locked');

function forge(folder: string, changes: Partial<LockOwner>): string {
  const path = join(folder, 'locks', key);
  mkdirSync(join(folder, 'locks'), { recursive: true });
  symlinkSync(JSON.stringify({ ...thisProcess('forged'), ...changes }), path);
  return path;
}

describe('a claim', () => {
  it('is refused while another process lives, and named', () =>
    inFolder(async (folder) => {
      const holder = new Actor('hold', folder, key);
      await holder.says(/claimed/);
      const claim = await (await openStore(folder)).claim(key);
      await holder.kill();
      expect(claim).toEqual({ type: 'busy', owner: expect.stringContaining(`process ${holder.child.pid}`) });
    }));

  it('is refused to the process that has it already', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const workspace = await claimed(store, key);
      expect((await store.claim(key)).type).toBe('busy');
      await store.release(workspace);
      expect((await store.claim(key)).type).toBe('claimed');
    }));

  it('of a run is another name of its hold on the cache, which goes by itself and stays without it', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const hold = await store.hold();
      const locks = join(folder, 'locks');
      const [held = ''] = readdirSync(locks);
      const first = await claimed(store, key);
      // Elsewhere a link has no other name, and is made anew.
      if (process.platform === 'linux')
        expect(lstatSync(join(locks, key)).ino).toBe(lstatSync(join(locks, held)).ino);
      expect((await store.claim(key)).type).toBe('busy');
      expect((await (await openStore(folder)).claim(key)).type).toBe('busy');
      await store.release(first);
      const second = await claimed(store, key);
      expect(second.folder).not.toBe(first.folder);
      hold.close();
      expect(readdirSync(locks)).toEqual([key]);
      await store.release(second);
      expect(readdirSync(locks)).toEqual([]);
    }));

  it('succeeds after kill -9 of the owner, and finds its state but not its other files', () =>
    inFolder(async (folder) => {
      const holder = new Actor('hold', folder, key);
      await holder.says(/claimed/);
      const store = await openStore(folder);
      const [left] = readdirSync(join(folder, 'partial', key)).filter((name) => name !== 'state');
      await holder.kill();
      const workspace = await claimed(store, key);
      expect(readFileSync(workspace.stateFile, 'utf8')).toBe(`state of ${holder.child.pid}`);
      expect(left).toMatch(/^[0-9a-f]{16}\.\d+$/);
      expect(existsSync(join(folder, 'partial', key, left ?? ''))).toBe(false);
      expect(readdirSync(workspace.outputs)).toEqual([]);
    }));

  it('goes to exactly one of several processes, free or left by a dead one', () =>
    inFolder(async (folder) => {
      const keys = Array.from({ length: 60 }, (_, index) => keyOf(`race ${index}`));
      mkdirSync(join(folder, 'locks'), { recursive: true });
      for (const dead of keys.slice(0, 40)) {
        const owner = { ...thisProcess(dead), processStart: 'long ago' };
        symlinkSync(JSON.stringify(owner), join(folder, 'locks', dead));
      }
      const startAt = String(Date.now() + 700);
      const actors = [1, 2, 3].map(() => new Actor('race', folder, startAt, ...keys));
      const printed = (await Promise.all(actors.map((actor) => actor.end()))).join('');
      for (const raced of keys) {
        expect(printed.match(new RegExp(`${raced} claimed`, 'g'))).toHaveLength(1);
        expect(printed.match(new RegExp(`${raced} busy`, 'g'))).toHaveLength(2);
      }
      expect(readdirSync(join(folder, 'locks')).sort()).toEqual([...keys].sort());
    }));

  it('succeeds where the owner of the lock has another start time: the process id was given again', () =>
    inFolder(async (folder) => {
      forge(folder, { processStart: '1' });
      expect((await (await openStore(folder)).claim(key)).type).toBe('claimed');
    }));

  it('succeeds where the host has started again since', () =>
    inFolder(async (folder) => {
      forge(folder, { bootId: 'before' });
      expect((await (await openStore(folder)).claim(key)).type).toBe('claimed');
    }));

  it('never takes the lock of another host that was written by a version that says nothing of its life', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'locks', key);
      mkdirSync(join(folder, 'locks'));
      const { beatMilliseconds: _, ...owner } = thisProcess('forged');
      symlinkSync(JSON.stringify({ ...owner, host: 'elsewhere', bootId: 'other', processId: 1 }), path);
      const before = readlinkSync(path);
      const claim = await (await openStore(folder)).claim(key);
      expect(claim).toMatchObject({
        type: 'foreign',
        failure: {
          reason: 'lock-foreign',
          message: expect.stringContaining('elsewhere'),
          hint: expect.stringContaining(path),
        },
      });
      expect(readlinkSync(path)).toBe(before);
    }));

  it('takes no lock that it cannot read', () =>
    inFolder(async (folder) => {
      mkdirSync(join(folder, 'locks'));
      writeFileSync(join(folder, 'locks', key), '');
      expect((await (await openStore(folder)).claim(key)).type).toBe('foreign');
    }));

  it('gets past a process that was killed while it took over a lock', () =>
    inFolder(async (folder) => {
      const path = forge(folder, { processStart: '1' });
      symlinkSync(JSON.stringify({ ...thisProcess('x'), processStart: '2' }), `${path}.reclaim`);
      expect((await (await openStore(folder)).claim(key)).type).toBe('claimed');
      expect(readdirSync(join(folder, 'locks'))).toEqual([key]);
    }));

  it('waits for a living process that is just taking the lock over', () =>
    inFolder(async (folder) => {
      const path = forge(folder, { processStart: '1' });
      symlinkSync(JSON.stringify(thisProcess('y')), `${path}.reclaim`);
      expect((await (await openStore(folder)).claim(key)).type).toBe('busy');
      expect(inspectLock(path)?.type).toBe('dead');
    }));
});

describe('a run that begins', () => {
  it('clears away the locks of processes that are dead, and no others', () =>
    inFolder(async (folder) => {
      forge(folder, { processStart: '1' });
      const others = { living: {}, elsewhere: { host: 'elsewhere', bootId: 'other', processId: 1 } };
      for (const [name, changes] of Object.entries(others)) {
        symlinkSync(JSON.stringify({ ...thisProcess(name), ...changes }), join(folder, 'locks', keyOf(name)));
      }
      const hold = await (await openStore(folder)).hold();
      hold.close();
      expect(readdirSync(join(folder, 'locks')).sort()).toEqual(Object.keys(others).map(keyOf).sort());
    }));
});

describe('releaseLock', () => {
  it('leaves a lock alone that has been taken by another since', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'lock');
      const first = acquireLock(path);
      if (first.type !== 'acquired') throw new Error(first.type);
      rmSync(path);
      const second = acquireLock(path);
      releaseLock(path, first.token);
      expect(inspectLock(path)).toMatchObject({
        type: 'busy',
        owner: { token: 'token' in second ? second.token : '' },
      });
    }));
});

describe('livenessOf', () => {
  it('knows this process as alive', () => {
    expect(livenessOf(thisProcess(''))).toBe('alive');
  });

  it.skipIf(process.platform !== 'linux')(
    'knows a process as dead that has ended and that its parent never waited for (reads /proc)',
    async () => {
      // The shell turns into a sleep, which does not know of its child.
      const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 30'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
        const processId = Number(String(chunk));
        const statOf = () => readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        while (statOf()[0] !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
        const processStart = statOf()[19] ?? '';
        expect(processStart).toMatch(/^\d+$/);
        expect(livenessOf({ ...thisProcess(''), processId, processStart })).toBe('dead');
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );
});
