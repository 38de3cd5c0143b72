import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../src/store/local/layout.js';
import { thisProcess } from '../../../src/store/local/lock-owner.js';
import { openStore } from '../../../src/store/local/open-store.js';
import type { DeviceClaim, Store } from '../../../src/store/store.js';
import { Actor, inFolder } from './rig.js';

function claimedDevice(store: Store, device: string): Extract<DeviceClaim, { type: 'claimed' }> {
  const claim = store.claimDevice(device);
  if (claim.type !== 'claimed') throw new Error(`${device} is held by ${claim.owner}`);
  return claim;
}

describe('a claim on a device', () => {
  it('holds for one device until it is given back, and leaves nothing', () =>
    inFolder(async (folder) => {
      const store = await openStore(folder);
      const claim = claimedDevice(store, '0');
      claim.usedBy(process.pid);
      expect(store.claimDevice('0')).toEqual({
        type: 'busy',
        owner: expect.stringContaining(`process ${process.pid}`),
      });
      const other = claimedDevice(store, 'MIG-GPU-5c2/1/0');
      other.release();
      claim.release();
      expect(readdirSync(join(folder, 'locks'))).toEqual([]);
      claimedDevice(store, '0').release();
    }));

  it('passes on from a killed process only when the process that used the device is gone too', () =>
    inFolder(async (folder) => {
      const holder = new Actor('use', folder, '0');
      await holder.says(/user \d+/);
      const store = await openStore(folder);
      expect(store.claimDevice('0').type).toBe('busy');
      const user = Number((await holder.kill()).replace('user ', ''));
      expect(store.claimDevice('0')).toEqual({
        type: 'busy',
        owner: expect.stringContaining(`process ${user}`),
      });
      process.kill(user, 'SIGKILL');
      for (;;) {
        const claim = store.claimDevice('0');
        if (claim.type === 'claimed') break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }));

  it('is no concern of another host, which has devices of its own', () =>
    inFolder(async (folder) => {
      const theirs = layoutOf(folder).deviceLock('elsewhere', '0');
      mkdirSync(join(folder, 'locks'), { recursive: true });
      symlinkSync(JSON.stringify({ ...thisProcess('theirs'), host: 'elsewhere' }), theirs);
      claimedDevice(await openStore(folder), '0').release();
      expect(readdirSync(join(folder, 'locks'))).toHaveLength(1);
    }));

  it('takes no lock that nobody of kshot wrote', () =>
    inFolder(async (folder) => {
      const path = layoutOf(folder).deviceLock(thisProcess('').host, '0');
      mkdirSync(join(folder, 'locks'), { recursive: true });
      writeFileSync(path, 'what is this');
      const store = await openStore(folder);
      expect(() => store.claimDevice('0')).toThrow('nobody can tell who holds GPU 0');
    }));
});
