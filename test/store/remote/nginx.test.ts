import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNginx, layOutNginx, nginxVariables } from '../../support/nginx.js';
import { compute, hexDigest } from '../local/rig.js';
import { withServer } from './rig.js';

if (!hasNginx) console.warn('skipping tests with nginx: there is none with its dav module');

describe.skipIf(!hasNginx)('nginx with its dav module, as docs/sharing.md sets it up', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kshot-nginx-'));
  let nginx: ChildProcess;
  let url = '';

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const [program, ...words] = layOutNginx(folder, `127.0.0.1:${port}`);
    nginx = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit'] });
    for (let wait = 0; wait < 200; wait++) {
      if (
        await fetch(url).then(
          () => true,
          () => false,
        )
      )
        return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('nginx did not start');
  });

  afterAll(() => {
    nginx.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps what one sends for others, an empty file and a large one too, and refuses whoever has no password', async () => {
    const variables = nginxVariables;
    await withServer(async (_server, open) => {
      const mine = await open('mine', {
        url,
        variables,
        limits: { graceMilliseconds: 10_000, idleMilliseconds: 5000 },
      });
      const large = 'a line of a large output\n'.repeat(100_000);
      const texts = { a: 'text', b: '', c: large };
      const entries = [];
      for (const [name, text] of Object.entries(texts)) entries.push(await compute(mine, name, text));
      expect(await mine.exchanged()).toMatchObject({
        sent: { entries: 3, objects: 3 },
        unsent: 0,
        warnings: [],
      });

      const hers = await open('hers', {
        url,
        variables,
        mode: 'read',
        limits: { graceMilliseconds: 10_000 },
      });
      for (const entry of entries) expect(await hers.find(entry.key)).toEqual(entry);
      const references = Object.values(texts).map((text) => ({
        digest: hexDigest(text),
        bytes: text.length,
      }));
      expect(await hers.bring(references)).toBe(true);
      expect(await hers.check(entries.map(({ key }) => key))).toMatchObject({
        entries: 3,
        objects: 3,
        badObjects: [],
      });
      expect((await hers.exchanged())?.warnings).toEqual([]);

      const stranger = await open('stranger', { url });
      const own = await compute(stranger, 'd', 'unasked');
      const { warnings } = (await stranger.exchanged())!;
      expect(warnings.map(({ message }) => message).join()).toMatch(/refuses access \(401\)/);
      expect(await stranger.find(own.key)).toEqual(own);
    });
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
