import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { beatFileOf } from '../../../src/store/local/beat.js';
import { type LockOwner, livenessOf, thisProcess } from '../../../src/store/local/lock-owner.js';
import { inspectLock } from '../../../src/store/local/locks.js';
import { openStore } from '../../../src/store/local/open-store.js';
import { forget, isSilent } from '../../../src/store/local/silence.js';
import type { Claim, ClaimOptions, Store } from '../../../src/store/store.js';
import { Actor, claimed, compute, inFolder, keyOf, recordOf, type Surroundings, stage } from './rig.js';

const key = keyOf('shared');
/** Death after 120 ms. */
const quick = 20;
const other = { host: 'elsewhere', bootId: 'other', processId: 1, beatMilliseconds: quick };

/** A lock as a process of another host would have it. */
function lockElsewhere(folder: string, name: string, changes: Partial<LockOwner> = {}): string {
  const path = join(folder, 'locks', name);
  mkdirSync(join(folder, 'locks'), { recursive: true });
  const owner: LockOwner = { ...thisProcess('0123456789abcdef'), ...other, ...changes };
  symlinkSync(JSON.stringify(owner), `${path}.new`);
  renameSync(`${path}.new`, path);
  return path;
}

/** Asks for the key until it is given. */
async function claimAtLast(
  store: Store,
  options: ClaimOptions = {},
): Promise<Extract<Claim, { type: 'claimed' }>> {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(10)) {
    const claim = await store.claim(key, options);
    if (claim.type === 'claimed') return claim;
  }
  throw new Error('it was never given');
}

describe('the silence of an owner elsewhere', () => {
  const owner: LockOwner = { ...thisProcess('t'), ...other, beatMilliseconds: 10_000 };
  const observed = (path: string, seconds: number, of: LockOwner = owner) =>
    isSilent(path, of, seconds * 1000);

  it('is death after a minute of looks that see the same, and not before', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'lock');
      for (let second = 0; second < 60; second += 10) expect(observed(path, second)).toBe(false);
      expect(observed(path, 59.9)).toBe(false);
      expect(observed(path, 60)).toBe(true);
      forget(path);
      expect(observed(path, 61)).toBe(false);
    }));

  it('begins anew with each beat, and with another owner', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'lock');
      for (let second = 0; second < 50; second += 10) observed(path, second);
      writeFileSync(beatFileOf(path, 't'), 'one');
      for (let second = 50; second < 110; second += 10) expect(observed(path, second)).toBe(false);
      expect(observed(path, 110)).toBe(true);
      writeFileSync(beatFileOf(path, 't'), 'two');
      expect(observed(path, 111)).toBe(false);
      expect(observed(path, 130, { ...owner, token: 'u' })).toBe(false);
    }));

  it('is nothing while the observer itself did not look: what stopped it may have stopped both', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'lock');
      expect(observed(path, 0)).toBe(false);
      expect(observed(path, 3600)).toBe(false);
      for (let second = 3620; second < 3660; second += 20) expect(observed(path, second)).toBe(false);
      expect(observed(path, 3660)).toBe(true);
    }));

  it('is waited for as long as the owner has said that it may last', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'lock');
      const slow = { ...owner, beatMilliseconds: 60_000 };
      for (let second = 0; second < 360; second += 60) expect(observed(path, second, slow)).toBe(false);
      expect(observed(path, 360, slow)).toBe(true);
    }));
});

describe('livenessOf', () => {
  const machine = `laptop ${'0'.repeat(32)} pid:[4026531836]`;

  it('knows nothing of a container of the same names that was started with another kernel', () => {
    const container = { host: 'box pid:[4026531999]', bootId: 'one' };
    const self = { host: container.host, bootId: 'two' };
    expect(livenessOf({ ...thisProcess(''), ...container }, self)).toBe('foreign');
    expect(
      livenessOf({ ...thisProcess(''), host: machine, bootId: 'one' }, { host: machine, bootId: 'two' }),
    ).toBe('dead');
  });
});

describe('a claim that another host has', () => {
  it('is waited for while that says that it lives, and taken over, with its state, when it has not for long enough', () =>
    inFolder(async (folder) => {
      const path = lockElsewhere(folder, key);
      const [beat, shared] = [beatFileOf(path, '0123456789abcdef'), join(folder, 'partial', key)];
      const left = join(shared, '0123456789abcdef.1', 'outputs');
      mkdirSync(left, { recursive: true });
      writeFileSync(join(shared, 'state'), 'half');
      const store = await openStore(folder);
      for (let count = 0; count < 30; count += 1) {
        writeFileSync(beat, String(count));
        expect(await store.claim(key)).toEqual({
          type: 'busy',
          owner: expect.stringMatching(/^host elsewhere, process 1, since [-\d]+ [:\d]+ UTC by its clock$/),
        });
        await sleep(10);
      }
      const { workspace, takenFrom } = await claimAtLast(store);
      expect(takenFrom).toContain('host elsewhere');
      expect([existsSync(beat), existsSync(left)]).toEqual([false, false]);
      // Under another name: the owner before writes to the old one, should it come back.
      expect(workspace.stateFile).toBe(join(shared, 'state.1'));
      expect(readFileSync(workspace.stateFile, 'utf8')).toBe('half');
      writeFileSync(join(shared, 'state'), 'written by the one that came back');
      await store.release(workspace);
      expect(readFileSync((await claimed(store, key)).stateFile, 'utf8')).toBe('half');
    }));

  it('is not taken over while a job of it may be at work', () =>
    inFolder(async (folder) => {
      lockElsewhere(folder, key);
      const jobFolder = join(folder, 'partial', key, 'job');
      mkdirSync(jobFolder, { recursive: true });
      const store = await openStore(folder);
      const asked: string[] = [];
      const isJobGone = async (of: string) => asked.push(of) > 2;
      await claimAtLast(store, { isJobGone });
      expect(asked).toEqual([jobFolder, jobFolder, jobFolder]);
    }));

  it('goes to one of two that find it left', () =>
    inFolder(async (folder) => {
      lockElsewhere(folder, key);
      const until = join(folder, 'now');
      writeFileSync(until, '');
      const actors = ['one', 'two'].map((text) => new Actor('publish', folder, 'shared', text, until));
      const said = await Promise.all(actors.map((actor) => actor.end()));
      const takers = said.filter((text) => /claimed, from host elsewhere/.test(text));
      expect(takers).toHaveLength(1);
      expect(said.every((text) => text.endsWith('published\n'))).toBe(true);
    }));
});

describe('an owner that comes back', () => {
  it('publishes nothing of a key that was taken over, and leaves the other its lock and folders', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const workspace = await claimed(store, key);
      const value = stage(workspace, 'value', 'late');
      expect(await store.takerOf(workspace)).toBeUndefined();
      const path = lockElsewhere(folder, key);
      const theirs = join(folder, 'partial', key, '0123456789abcdef.1');
      mkdirSync(theirs);
      expect(await store.takerOf(workspace)).toContain('host elsewhere');
      const result = await store.commit(workspace, recordOf('shared'), { value });
      expect(result).toMatchObject({ ok: false, failure: { reason: 'claim-lost' } });
      expect(await store.find(key)).toBeUndefined();
      expect(inspectLock(path)?.owner?.host).toBe('elsewhere');
      expect([existsSync(theirs), existsSync(workspace.folder)]).toEqual([true, false]);
      expect(await store.release(workspace, true)).toBeUndefined();
      expect(existsSync(theirs)).toBe(true);
    }));

  it('takes no entry away that was published since it claimed, and replaces one that was there before', () =>
    inFolder(async (folder) => {
      const [one, two] = [await openStore(join(folder, 'one')), await openStore(join(folder, 'two'))];
      const changes = { deterministic: false };
      await compute(two, 'shared', 'theirs', changes);
      const workspace = await claimed(one, key);
      const file = (of: string) => join(folder, of, 'steps', key.slice(0, 2), `${key}.json`);
      mkdirSync(join(folder, 'one', 'steps', key.slice(0, 2)), { recursive: true });
      writeFileSync(file('one'), readFileSync(file('two')));
      const result = await one.commit(workspace, recordOf('shared', changes), {
        value: stage(workspace, 'value', 'late'),
      });
      expect(result).toEqual({ ok: true, value: await two.readEntry(key) });
      expect(readFileSync(file('one'), 'utf8')).toBe(readFileSync(file('two'), 'utf8'));
      const third = await compute(one, 'shared', 'third', changes);
      expect(await one.readEntry(key)).toEqual(third);
    }));
});

describe('garbage collection', () => {
  it('waits for what other hosts say, and takes for dead who says nothing', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      await compute(store, 'dropped', 'bytes');
      const living = lockElsewhere(folder, 'run-aa');
      const beating = setInterval(
        () => writeFileSync(beatFileOf(living, '0123456789abcdef'), String(Math.random())),
        20,
      );
      const during = await store.collectGarbage({ keptKeys: new Set() });
      clearInterval(beating);
      expect(during).toMatchObject({
        ok: true,
        value: { inUseBy: [expect.stringContaining('elsewhere')], garbage: [] },
      });
      forget(living);
      const after = await store.collectGarbage({ keptKeys: new Set() });
      expect(after.ok && after.value.garbage.map(({ type }) => type)).toEqual(['entry', 'object']);
      expect(readdirSync(join(folder, 'locks')).filter((name) => !name.endsWith('.beat'))).toEqual([]);
    }));
});

/** A host by namespaces: another name, other process ids, no network (leases need none), and other shared memory, where faketime names its by process. */
const onHost = (name: string, more: Surroundings = {}): Surroundings => ({
  prefix: [
    ...['unshare', '--uts', '--pid', '--net', '--mount-proc', '--fork', '--kill-child'],
    ...[
      'sh',
      '-c',
      `hostname ${name} && mount -t tmpfs none /dev/shm && exec "$@"`,
      'sh',
      ...(more.prefix ?? []),
    ],
  ],
  environment: { KSHOT_BEAT_SECONDS: '0.2', ...more.environment },
});
const hasHosts = spawnSync('unshare', onHost('x').prefix?.slice(1).concat('true') ?? []).status === 0;
const hasFaketime = spawnSync('faketime', ['-f', '+1d', 'true']).status === 0;

describe.skipIf(!hasHosts)('two hosts (needs the right to make namespaces)', () => {
  const actors: Actor[] = [];
  afterEach(async () => {
    for (const actor of actors.splice(0)) await actor.kill();
  });
  const begin = (host: Surroundings, ...words: readonly string[]): Actor => {
    const actor = new Actor(host, 'publish', ...words);
    actors.push(actor);
    return actor;
  };
  /** Ends or stops a process within its host, and not what started that. */
  const signal = (actor: Actor, name: NodeJS.Signals) => {
    const { pid } = actor.child;
    const [child = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    process.kill(Number(child), name);
  };

  it('wait for one another for as long as it takes, and the second has the result of the first', () =>
    inFolder(async (folder) => {
      const [cache, go] = [join(folder, 'cache'), join(folder, 'go')];
      const first = begin(onHost('alpha'), cache, 'shared', 'first', go);
      await first.says(/claimed/);
      const second = begin(onHost('beta'), cache, 'shared', 'second', go);
      await second.says(/busy host alpha, process 1,/);
      // Twice as long as it takes for death.
      await sleep(2400);
      writeFileSync(go, '');
      expect(await first.end()).toMatch(/published/);
      expect(await second.end()).toMatch(/claimed, from nobody\npublished/);
      expect(readdirSync(join(cache, 'locks'))).toEqual([]);
    }));

  it('take over from one another who was killed, and who was stopped publishes nothing when it comes back', () =>
    inFolder(async (folder) => {
      const [cache, go, stop] = [join(folder, 'cache'), join(folder, 'go'), join(folder, 'stop')];
      const killed = begin(onHost('alpha'), cache, 'shared', 'killed', go);
      await killed.says(/claimed/);
      signal(killed, 'SIGKILL');
      const stopped = begin(onHost('beta'), cache, 'shared', 'stopped', stop);
      await stopped.says(/claimed, from host alpha, process 1,/);
      await sleep(400);
      signal(stopped, 'SIGSTOP');
      const third = begin(onHost('gamma'), cache, 'shared', 'third', go);
      await third.says(/claimed, from host beta, process 1,/);
      writeFileSync(stop, '');
      signal(stopped, 'SIGCONT');
      expect(await stopped.end()).toMatch(/folder gone\nclaim-lost/);
      expect(readdirSync(join(cache, 'locks'))).toContain(key);
      writeFileSync(go, '');
      expect(await third.end()).toMatch(/published/);
      const store = await openStore(cache);
      const entry = await store.find(key);
      const leaf = entry?.outputs['value'];
      if (leaf?.type !== 'file') throw new Error('no file');
      expect(readFileSync(store.objectPath(leaf.leaf.digest), 'utf8')).toBe('third');
    }));

  it.skipIf(!hasFaketime)('whose clocks differ by days, or jump, see no death in that (needs faketime)', () =>
    inFolder(async (folder) => {
      const [cache, go] = [join(folder, 'cache'), join(folder, 'go')];
      const clock = (name: string, offset: string) =>
        onHost(name, {
          prefix: ['faketime', '-f', offset],
          environment: { FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' },
        });
      const first = begin(clock('alpha', '-3d'), cache, 'shared', 'first', go);
      await first.says(/claimed/);
      // A clock that runs a thousand times too fast: an hour for each look of a second.
      const second = begin(clock('beta', '+5d x1000'), cache, 'shared', 'second', go);
      await second.says(/busy host alpha/);
      await sleep(2400);
      writeFileSync(go, '');
      expect(await first.end()).toMatch(/published/);
      expect(await second.end()).toMatch(/claimed, from nobody/);
    }),
  );
});
