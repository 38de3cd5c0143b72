import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnosticsOf, graphOf, load, nodeOf, reasonsOf } from '../load-text.js';

const base = `version: 1
name: base
default: true
params: { k: 5, deep: { a: 1, b: 2 } }
steps:
  x: { kind: value, with: { k: "\${params.k}", deep: "\${params.deep}", list: [1, 2], gone: 1 } }
  y: { kind: value }
`;

test('an extending pipeline merges maps, replaces the rest and removes with null', async () => {
  const graph = await graphOf(
    {
      'pipelines/base.yaml': base,
      'pipelines/more/a.yaml': `extends: ../base.yaml
params: { deep: { b: 3, c: null } }
steps:
  x: { with: { list: [9], gone: null, new: null } }
  y: null
  z: { kind: value }
`,
    },
    { file: 'pipelines/more/a.yaml' },
  );
  expect(graph.nodes.map(({ id }) => id)).toEqual(['x', 'z']);
  expect(nodeOf(graph, 'x').givenParameters).toEqual({
    k: 5,
    deep: { a: 1, b: 3, c: null },
    list: [9],
    new: null,
  });
  expect(graph.name).toBe('base');
  expect(graph.configuration['default']).toBeUndefined();
});

test('a failure in what is extended names the file it is in', async () => {
  expect(
    await diagnosticsOf({
      'pipelines/base.yaml': base.replace('kind: value, with', 'kind: valu, with'),
      'pipelines/a.yaml': 'extends: base.yaml\nsteps: { y: { knid: 1 } }\n',
    }),
  ).toBe(`pipelines/base.yaml:6:14: there is no kind valu
  6 |   x: { kind: valu, with: { k: "\${params.k}", deep: "\${params.deep}", list: [1, 2], gone: 1 } }
    |              ^^^^
  hint: did you mean value?

pipelines/a.yaml:2:15: unknown key knid
  2 | steps: { y: { knid: 1 } }
    |               ^^^^
  hint: did you mean kind?

2 errors
`);
});

test('pipelines that extend each other are refused with the path', async () => {
  expect(
    await diagnosticsOf({
      'pipelines/a.yaml': 'extends: b.yaml\n',
      'pipelines/b.yaml': 'extends: ./c.yaml\n',
      'pipelines/c.yaml': 'version: 1\nextends: ../pipelines/b.yaml\n',
    }),
  ).toBe(`pipelines/c.yaml:2:10: extends goes round in a circle: pipelines/b.yaml -> pipelines/c.yaml -> pipelines/b.yaml
  2 | extends: ../pipelines/b.yaml
    |          ^^^^^^^^^^^^^^^^^^^
`);
});

test('what is extended must be inside the root', async () => {
  const project = { 'pipelines/a.yaml': 'extends: ../../base.yaml\n', 'pipelines/..b.yaml': base };
  expect(
    (await diagnosticsOf(project))
      .replace(/ \S*base.yaml, /, ' base.yaml, ')
      .split('\n')
      .slice(0, 3),
  ).toEqual([
    'pipelines/a.yaml:1:10: extends names base.yaml, which is outside the root',
    '  1 | extends: ../../base.yaml',
    '    |          ^^^^^^^^^^^^^^^',
  ]);
  expect(await reasonsOf({ ...project, 'pipelines/a.yaml': 'extends: ..b.yaml\n' })).toEqual([]);
});

test('a file that is missing, too large or no text says so', async () => {
  expect(await diagnosticsOf('extends: nowhere.yaml\n')).toBe(
    `pipelines/a.yaml:1:10: there is no file pipelines/nowhere.yaml
  1 | extends: nowhere.yaml
    |          ^^^^^^^^^^^^
`,
  );
  expect(await diagnosticsOf({}, { file: 'pipelines/none.yaml' })).toBe(
    'kshot: there is no file pipelines/none.yaml\n',
  );
  expect(await diagnosticsOf(`version: 1 #${'x'.repeat(1024 * 1024)}`)).toBe(
    'kshot: pipelines/a.yaml is larger than 1 MiB\n',
  );
  const root = mkdtempSync(join(tmpdir(), 'kshot-pipeline-'));
  writeFileSync(join(root, 'a.yaml'), new Uint8Array([0x61, 0xff, 0xfe]));
  expect(await diagnosticsOf({}, { file: join(root, 'a.yaml') })).toContain('is not UTF-8 text');
  rmSync(root, { recursive: true });
});

test('a pipeline that is no map, or empty, says how to begin', async () => {
  expect(await diagnosticsOf('')).toContain('hint: begin with version: 1');
  expect(await diagnosticsOf('- a\n')).toContain('a pipeline is a map');
  const loaded = await load('{}\n');
  expect(loaded.ok ? [] : loaded.failure.map(({ message }) => message)).toEqual([
    'the pipeline has no version',
    'the pipeline has no steps',
  ]);
});
