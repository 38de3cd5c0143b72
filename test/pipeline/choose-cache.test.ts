import { symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseCacheFolder } from '../../src/pipeline/choose-cache.js';
import { temporaryProject } from '../support/temporary-project.js';

describe('the folder of the cache', () => {
  const project = temporaryProject({});
  const chosen = async (settings: string) => {
    project.write('kshot.yaml', settings);
    return await chooseCacheFolder(project.root);
  };

  it.each([
    ['', join(project.root, 'cache')],
    ['cache: {}', join(project.root, 'cache')],
    ['cache: { path: ./cache/ }', join(project.root, 'cache')],
    ['cache: { path: ../shared/cache }', join(dirname(project.root), 'shared/cache')],
    ['cache: { path: /group/cache }', '/group/cache'],
    ['cache: { path: ~/kshot-cache }', join(homedir(), 'kshot-cache')],
  ])('by %s is %s', async (settings, folder) => {
    expect(await chosen(settings)).toEqual({ ok: true, value: folder });
  });

  it('is refused in its place below a link that leads nowhere, and below a file, with what to mend', async () => {
    symlinkSync('/nowhere/mounted', project.path('share'));
    symlinkSync('loop', project.path('loop'));
    project.write('file', '');
    // By another name than the project's, since it is outside of it.
    symlinkSync(project.root, `${project.root}-other`);
    const settings = (name: string) => chosen(`cache: { path: ../${basename(project.root)}-other/${name} }`);
    for (const [name, what, mend] of [
      ['share/cache', 'share is a link that leads nowhere', 'mount or make what it leads to'],
      ['share', 'that is a link that leads nowhere', 'mount or make what it leads to'],
      ['loop/cache', 'loop is a link that leads nowhere', 'mount or make what it leads to'],
      ['file/cache/deep', 'file is no folder', 'move it away'],
    ] as const) {
      expect(await settings(name)).toMatchObject({
        ok: false,
        failure: [
          {
            reason: 'cache-unwritable',
            message: expect.stringContaining(what),
            hint: expect.stringMatching(new RegExp(`^${mend}, or name another folder in cache.path`)),
            location: { file: 'kshot.yaml', line: 1 },
          },
        ],
      });
    }
  });

  it.each(['.', 'other', './cache/x', '..x', join(project.root, 'other'), '""', '7'])(
    'is not %s, which is refused in its place',
    async (path) => {
      expect(await chosen(`# settings\ncache: { path: ${path} }\n`)).toMatchObject({
        ok: false,
        failure: [{ reason: 'invalid-value', location: { file: 'kshot.yaml', line: 2 } }],
      });
    },
  );
});
