import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { dataEpisodes } from '../../../src/kinds/data/data-episodes.js';
import { dataFiles } from '../../../src/kinds/data/data-files.js';
import { dataFingerprint } from '../../../src/kinds/data/data-fingerprint.js';
import { dataImport } from '../../../src/kinds/data/data-import.js';
import { dataPairs } from '../../../src/kinds/data/data-pairs.js';
import { dataSplit } from '../../../src/kinds/data/data-split.js';
import { dataSynthetic } from '../../../src/kinds/data/data-synthetic.js';
import type { Kind } from '../../../src/kinds/kind.js';
import type { Inputs } from '../../support/kind-context.js';
import { runKind, temporaryFolder } from '../../support/run-kind.js';

const splitNames = ['train', 'val', 'test'];
const tables = ['pairs', 'episodes', 'items'];
const episodePorts = splitNames.flatMap((split) => tables.map((table) => `${split}/${table}`));
const bundle = (names: readonly string[], pathOf: (name: string) => Inputs): Inputs =>
  Object.fromEntries(names.map((name) => [name, pathOf(name)]));

test('every data kind writes the same bytes at 1 and 8 threads', async () => {
  // More pairs than DuckDB puts in one group of rows (122,880); users interleaved, with ties, repeats and pauses.
  const lines = Array.from({ length: 160_000 }, (_, index) => {
    const round = Math.floor(index / 1500);
    return `u${index % 1500},i${(index * 7919 + round * round) % 401},${round * 120 + (round % 20 === 0 ? 4000 : 0)}\n`;
  });
  const csv = join(temporaryFolder(), 'events.csv');
  writeFileSync(csv, `user,item,time\n${lines.join('')}`);
  const digests: { [threads: number]: { [output: string]: string } } = {};
  for (const threads of [1, 8]) {
    const found: { [output: string]: string } = {};
    const step = async (
      kind: Kind,
      ports: readonly string[],
      parameters: JsonObject,
      inputs: { [port: string]: Inputs },
    ) => {
      const run = await runKind(kind, { with: parameters, inputs, threads });
      for (const port of ports) {
        const digest = createHash('sha256').update(readFileSync(run.path(port)));
        found[`${kind.name} ${port}`] = digest.digest('hex');
      }
      return run;
    };
    await step(dataSynthetic, ['interactions'], { users: 100, seed: 1 }, {});
    const imported = await step(dataImport, ['interactions'], { path: csv }, {});
    const pairs = await step(
      dataPairs,
      ['pairs', 'items'],
      {},
      { interactions: imported.path('interactions') },
    );
    const splits = await step(
      dataSplit,
      [...splitNames, 'items'],
      { seed: 3 },
      { pairs: bundle(['pairs', 'items'], pairs.path) },
    );
    const episodes = await step(
      dataEpisodes,
      episodePorts,
      {},
      { pairs: bundle([...splitNames, 'items'], splits.path) },
    );
    const data = bundle(splitNames, (split) => bundle(tables, (table) => episodes.path(`${split}/${table}`)));
    await step(dataFingerprint, ['fingerprint'], {}, { data });
    const files = Object.fromEntries(
      splitNames.map((split) => [
        split,
        { pairs: episodes.path(`${split}/pairs`), episodes: episodes.path(`${split}/episodes`) },
      ]),
    );
    await step(dataFiles, episodePorts, { ...files, items: episodes.path('train/items') }, {});
    for (const port of episodePorts) {
      expect(found[`data.files ${port}`]).toBe(found[`data.episodes ${port}`]);
    }
    digests[threads] = found;
  }
  expect(digests[8]).toEqual(digests[1]);
  expect(Object.keys(digests[1] ?? {})).toHaveLength(27);
});

test('an import of several parts with rows that are left out writes the bytes of one good file at any number of threads', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'parts'));
  const lines = (from: number) =>
    Array.from(
      { length: 70_000 },
      (_, index) => `u${(from + index) % 977},"i${(index * 31) % 211}",${from + index}\n`,
    );
  const parts = [0, 70_000, 140_000].map(lines);
  for (const [index, part] of parts.entries()) {
    const spoilt = part.toSpliced(50 * index + 3, 0, 'u1,"x,1\n', 'u1,x,soon\n', 'u1,x\n');
    writeFileSync(join(root, 'parts', `${index}.csv`), `user,item,time\n${spoilt.join('')}`);
  }
  writeFileSync(join(root, 'good.csv'), `user,item,time\r\n${parts.flat().join('').replaceAll('"', '')}`);
  const digests = new Set<string>();
  for (const [path, threads] of [
    ['good.csv', 1],
    ['parts', 1],
    ['parts', 2],
    ['parts', 8],
  ] as const) {
    const run = await runKind(dataImport, { root, threads, with: { path, skip_bad_rows: path === 'parts' } });
    digests.add(
      createHash('sha256')
        .update(readFileSync(run.path('interactions')))
        .digest('hex'),
    );
  }
  expect(digests.size).toBe(1);
});

test('a file of several pieces gives the same bytes as one that is imported in parts', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'parts'));
  // A piece has a group of rows at least.
  const lines = Array.from(
    { length: 300_000 },
    (_, index) => `u${index % 4999},${'item-'.repeat(50)}${index % 97},${index}\n`,
  );
  const [half, all] = [lines.slice(0, 200_000).join(''), lines.join('')];
  writeFileSync(join(root, 'whole.csv'), `user,item,time\n${all}`);
  writeFileSync(join(root, 'parts', '1.csv'), `user,item,time\n${half}`);
  writeFileSync(join(root, 'parts', '2.csv'), `user,item,time\n${all.slice(half.length)}`);
  const digests = new Set<string>();
  for (const [path, threads] of [
    ['whole.csv', 2],
    ['parts', 3],
  ] as const) {
    const run = await runKind(dataImport, { root, threads, with: { path } });
    digests.add(
      createHash('sha256')
        .update(readFileSync(run.path('interactions')))
        .digest('hex'),
    );
  }
  expect(digests.size).toBe(1);
});
