import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
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
