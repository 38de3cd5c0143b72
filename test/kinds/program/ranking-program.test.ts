import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kshot } from '../../support/kshot.js';
import { temporaryProject } from '../../support/temporary-project.js';

/** Ranks every query pair by its id and a shift, and draws and lists what it did; reads parquet as kshot itself does. */
const script = `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DuckDBInstance } from ${JSON.stringify(import.meta.resolve('@duckdb/node-api'))};
const { shift } = JSON.parse(readFileSync('config', 'utf8'));
const database = await (await DuckDBInstance.create()).connect();
const reader = await database.runAndReadAll(
  "SELECT DISTINCT unnest(query_pair_ids) AS pair FROM read_parquet('episodes/episodes') ORDER BY pair",
);
const pairs = reader.getRowObjectsJS().map(({ pair }) => Number(pair));
writeFileSync('ranks.csv', 'pair_id,rank\\n' + pairs.map((pair) => pair + ',' + (1 + (pair % 4) + shift)).join('\\n'));
writeFileSync('shape.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><circle r="4"/></svg>');
writeFileSync('counts.csv', 'what,count\\npairs,' + pairs.length + '\\n');
mkdirSync('notes/deep', { recursive: true });
writeFileSync('notes/deep/hello.txt', 'hello ' + shift);
`;

const pipeline = `
version: 1
name: ranking
steps:
  data: { kind: data.synthetic, with: { users: 80, items: 20, seed: 1, repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: data } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.5, val: 0.25, seed: 1 } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 2, q: 2 } }
  popular: { kind: baseline.popularity, in: { train: episodes.train, episodes: episodes.test } }
  config: { kind: value, matrix: { shift: [0, 1, 2] } }
  mine:
    kind: command
    over: { config: config.value }
    in: { episodes: episodes.test }
    with:
      argv: [node, rank.mjs]
      files: [rank.mjs]
      outputs:
        ranks: { path: ranks.csv, as: ranks }
        shape: { path: shape.svg, as: figure }
        counts: { path: counts.csv, as: table }
        notes: notes/
  read:
    kind: command
    over: { notes: mine.notes }
    with: { argv: [cat, notes/deep/hello.txt] }
  table: { kind: summary, in: { popular: popular, mine: mine }, with: { baseline: popular } }
`;

describe('a program that ranks', () => {
  const project = temporaryProject({ files: { 'pipelines/ranking.yaml': pipeline, 'rank.mjs': script } });
  const runFolder = () =>
    project.path(`artifacts/ranking/${readdirSync(project.path('artifacts/ranking'))[0]}`);

  it('is measured, compared pair by pair, and hands a folder on', async () => {
    const { exitCode, stderr } = await kshot(project, ['run', '--json']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const logs = readdirSync(`${runFolder()}/logs`);
    const log = logs.find((name) => name.startsWith('read') && name.includes('=2'));
    expect(readFileSync(`${runFolder()}/logs/${log}`, 'utf8')).toContain('hello 2');
  });

  it('has the metrics of its ranks, and stands in the summary over its repetitions', async () => {
    const answer = async (sql: string) =>
      JSON.parse((await kshot(project, ['sql', sql, '--json'])).stdout) as { [column: string]: unknown }[];
    const ranks = await answer(
      "SELECT shift, avg(1 / rank) AS mrr, avg((rank = 1)::INT) AS accuracy FROM ranks WHERE step = 'mine' GROUP BY ALL ORDER BY shift",
    );
    const metrics = await answer(
      "SELECT shift, max(value) FILTER (metric = 'mrr') AS mrr, max(value) FILTER (metric = 'accuracy@1') AS accuracy FROM metrics WHERE step = 'mine' GROUP BY ALL ORDER BY shift",
    );
    expect(metrics).toHaveLength(3);
    for (const [index, row] of metrics.entries()) {
      expect(row['shift']).toBe(ranks[index]?.['shift']);
      expect(row['mrr']).toBeCloseTo(Number(ranks[index]?.['mrr']), 12);
      expect(row['accuracy']).toBeCloseTo(Number(ranks[index]?.['accuracy']), 12);
    }
    const [summary] = await answer("SELECT * FROM summary WHERE model = 'mine' AND metric = 'mrr'");
    const mean = metrics.reduce((sum, { mrr }) => sum + Number(mrr), 0) / 3;
    expect(summary).toMatchObject({ units: 3, unit: 'seeds', compared_over: 'seeds', k: null });
    expect(summary?.['value']).toBeCloseTo(mean, 12);
    const [popular] = await answer("SELECT value FROM summary WHERE model = 'popular' AND metric = 'mrr'");
    expect(summary?.['difference']).toBeCloseTo(mean - Number(popular?.['value']), 12);
  });

  it('has its figures and tables in the report', () => {
    const page = readFileSync(`${runFolder()}/report.html`, 'utf8');
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><circle r="4"/></svg>';
    expect(page).toContain(`src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}"`);
    expect(page).toMatch(/=2\.counts<?[\s\S]*>pairs</);
  });
});
