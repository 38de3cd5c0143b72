import { statSync, utimesSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openKeptTraces } from '../../../src/pipeline/imports/kept-traces.js';
import { lookOf } from '../../../src/store/local/stat-index.js';
import { temporaryProject } from '../../support/temporary-project.js';

const imports = {
  isThere: true,
  modules: [],
  distributions: { numpy: '1.24.2' },
  dynamic: [],
  missing: [],
  unknownFolders: [],
};

it('a trace is kept as long as all that was looked at is as it was', () => {
  const project = temporaryProject({ files: { 'a.py': '', 'lib/b.py': '' } });
  const cache = project.path('cache');
  const looks = () => ({
    ...Object.fromEntries(
      ['a.py', 'lib'].map((path) => [
        project.path(path),
        lookOf(statSync(project.path(path), { bigint: true })),
      ]),
    ),
    [project.path('absent')]: null,
  });
  const later = Date.now() + 10_000;
  const keep = (at = later) => openKeptTraces(cache).keep('name', { looked: looks(), imports }, at);
  const found = () => openKeptTraces(cache).find('name');

  expect(found()).toBeUndefined();
  // Another change just after it was read might leave the same times.
  keep(Date.now());
  expect(found()).toBeUndefined();
  keep();
  expect(found()).toEqual({ ok: true, value: imports });
  expect(openKeptTraces(cache).find('other')).toBeUndefined();

  const changes = [
    () => utimesSync(project.path('a.py'), 1, 1),
    () => project.write('lib/shadow.py', ''),
    () => project.write('absent/x.py', ''),
  ];
  for (const change of changes) {
    keep();
    expect(found()).toBeDefined();
    change();
    expect(found()).toBeUndefined();
  }
});

it('a file of traces that is damaged is as good as none', () => {
  const project = temporaryProject({ files: { 'cache/traces.json': '{"traces":{"name":{}}}' } });
  expect(openKeptTraces(project.path('cache')).find('name')).toBeUndefined();
});
