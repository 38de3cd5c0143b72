import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Register } from '../../src/artifacts/register.js';
import type { Manifest, Report } from '../../src/artifacts/run-documents.js';
import { metricNames } from '../../src/statistics/metrics.js';
import { withDatabase } from '../../src/tables/database.js';
import { parquetFile } from '../../src/tables/parquet.js';
import { eventsOf, kshot, nodesByOutcome, startKshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { temporaryProject } from '../support/temporary-project.js';

const project = temporaryProject({ files: { 'pipelines/small.yaml': smallExperiment } });

async function rowsOf(query: string): Promise<readonly { readonly [column: string]: unknown }[]> {
  const { exitCode, stdout, stderr } = await kshot(project, ['sql', query, '--format', 'json']);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('before any run', () => {
  it.each([['sql', 'FROM runs'], ['results'], ['logs', 'few_shot']])(
    '%s says that there are no results',
    async (...args) => {
      const { exitCode, stdout, stderr } = await kshot(project, args);
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toBe('kshot: there are no results yet\n  hint: kshot run makes some\n');
      const asJson = await kshot(project, [...args, '--json']);
      expect(JSON.parse(asJson.stdout)).toMatchObject({ failures: [{ reason: 'no-results' }] });
    },
  );
});

describe('the results of the experiment', () => {
  beforeAll(async () => {
    for (const args of [
      ['--tag', 'first'],
      ['--tag', 'slower', '--set', 'params.outer_lr=0.005'],
      ['--tag', 'same', '--set', 'params.outer_lr=0.005'],
    ]) {
      const finished = await kshot(project, ['run', ...args]);
      expect(finished.exitCode, finished.stderr).toBe(0);
    }
  });

  it('are rows of one table for each subject, over all runs, each with its run', async () => {
    const [counts] = await rowsOf(
      `SELECT (SELECT count(*) FROM runs) AS runs, (SELECT count(DISTINCT run) FROM metrics) AS with_metrics,
              (SELECT count(*) FROM steps) AS steps, (SELECT count(DISTINCT node) FROM history) AS trained,
              (SELECT count(*) FROM lineage WHERE digest IS NULL) AS without_digest`,
    );
    expect(counts).toEqual({ runs: 3, with_metrics: 3, steps: 63, trained: 2, without_digest: 0 });
    const latest = await rowsOf('SELECT DISTINCT run FROM latest_steps');
    expect(latest).toEqual([{ run: 'small/same' }]);
  });

  it('hold a metric for each node and setting, which is what its ranks say', async () => {
    const rows = await rowsOf(
      `SELECT m.run, m.node, m.steps, m.inner_lr, m.metric, m.value, m.n, count(*) AS pairs, avg((r.rank <= 5)::INTEGER) AS recalled, avg(1 / r.rank) AS reciprocal
       FROM metrics m JOIN ranks r ON (m.run, m.node, m.k, m.steps) = (r.run, r.node, r.k, r.steps)
         AND m.inner_lr IS NOT DISTINCT FROM r.inner_lr
       WHERE m.metric IN ('recall@5', 'mrr') GROUP BY ALL ORDER BY ALL`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(16);
    for (const { metric, value, n, pairs, recalled, reciprocal } of rows) {
      expect(n).toBe(pairs);
      // Sums in another order: the last digits may differ.
      expect(value).toBeCloseTo(Number(metric === 'mrr' ? reciprocal : recalled), 12);
    }
  });

  it('say of each metric the most restrictive role of its data', async () => {
    expect(await rowsOf('SELECT DISTINCT step, role FROM latest_metrics ORDER BY step')).toEqual([
      { step: 'few_shot', role: 'test' },
      { step: 'tune', role: 'val' },
      { step: 'validate', role: 'val' },
      { step: 'zero_shot', role: 'test' },
    ]);
  });

  it('lead from a figure back to the checkpoint and the data that it came from', async () => {
    const sources = await rowsOf(
      `WITH RECURSIVE back AS (
         SELECT source_node AS node FROM latest_lineage WHERE node = 'few_shot'
         UNION SELECT source_node FROM latest_lineage JOIN back USING (node) WHERE source_node IS NOT NULL)
       SELECT node FROM back ORDER BY node`,
    );
    expect(sources.map((row) => row['node'])).toEqual(
      expect.arrayContaining(['best', 'chosen', 'episodes', 'interactions', 'meta_train@2', 'meta_train@4']),
    );
  });

  it('hold the parameters that each node was given, matrix values included', async () => {
    expect(
      await rowsOf(
        "SELECT node, number FROM latest_params WHERE step = 'tune' AND name = 'inner_lr' ORDER BY node",
      ),
    ).toEqual([
      { node: 'tune[inner_lr=0.01]', number: 0.01 },
      { node: 'tune[inner_lr=0.1]', number: 0.1 },
    ]);
  });

  it('count the evaluations of the test set: each distinct key once, over all runs', async () => {
    const { test_sets } = JSON.parse(project.read('artifacts/meta.json')) as Register;
    const keys = await rowsOf(
      "SELECT DISTINCT key FROM steps WHERE node IN ('zero_shot', 'few_shot') ORDER BY key",
    );
    expect(Object.values(test_sets)).toEqual([
      { evaluations: keys.length, keys: keys.map((row) => row['key']) },
    ]);
  });

  it('are printed as table, CSV, JSON or markdown', async () => {
    const query =
      "SELECT node, k, inner_lr FROM latest_metrics WHERE step IN ('zero_shot', 'tune') GROUP BY ALL ORDER BY ALL";
    const print = async (...args: string[]) => (await kshot(project, ['sql', query, ...args])).stdout;
    expect(await print()).toBe(
      [
        'node                 k  inner_lr',
        '-------------------  -  --------',
        'tune[inner_lr=0.01]  3      0.01',
        'tune[inner_lr=0.1]   3       0.1',
        'zero_shot            3',
        '',
      ].join('\n'),
    );
    expect(await print('--format', 'csv')).toBe(
      'node,k,inner_lr\ntune[inner_lr=0.01],3,0.01\ntune[inner_lr=0.1],3,0.1\nzero_shot,3,\n',
    );
    expect(await print('--format', 'markdown')).toContain(
      '| node | k | inner_lr |\n| --- | ---: | ---: |\n| tune[',
    );
    expect(JSON.parse(await print('--json'))).toHaveLength(3);
  });

  it('have dates before and after all others as SQL writes them', async () => {
    const { stdout } = await kshot(project, [
      'sql',
      '--json',
      "SELECT 'infinity'::DATE AS a, '-infinity'::DATE AS b",
    ]);
    expect(JSON.parse(stdout)).toEqual([{ a: 'infinity', b: '-infinity' }]);
  });

  it('are out of reach of a query that does anything but read them, which exits with 2', async () => {
    const refused = await kshot(project, ['sql', "COPY runs TO 'x.csv'"]);
    expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/^kshot: not a query: COPY is refused\n {2}hint: /);
    const failed = await kshot(project, ['sql', 'SELECT vaule FROM metrics', '--json']);
    expect(JSON.parse(failed.stdout)).toMatchObject({ failures: [{ reason: 'sql-failed' }] });
  });

  it('may be many rows: they are printed as they come, and no more than a reader wants', async () => {
    const count = 300_000;
    const lines = (await kshot(project, ['sql', `FROM range(${count})`])).stdout.trimEnd().split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([count + 2, String(count - 1)]);
    expect(await rowsOf(`FROM range(${count})`)).toHaveLength(count);
    const endless = startKshot(project, ['sql', 'FROM range(1000000000000)', '--timeout', '120']);
    await endless.until(/ 1000\n/);
    endless.process.stdout?.destroy();
    const { exitCode, stderr } = await endless.finished;
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('that end in an error after some rows are no whole document, and the error is told apart from them', async () => {
    const query =
      "SELECT CASE WHEN i < 3000000 THEN i ELSE error('too far') END AS i FROM range(4000000) t(i)";
    const { exitCode, stdout, stderr } = await kshot(project, ['sql', query, '--json']);
    expect([exitCode, stdout.slice(0, 8), stderr]).toEqual([
      2,
      '[{"i":0}',
      expect.stringContaining('too far'),
    ]);
    expect(() => JSON.parse(stdout)).toThrow();
    expect(stdout).not.toContain('failures');
  });

  it.each([
    [
      'counts',
      'SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c WHERE a.range + b.range = c.range + 1',
    ],
    ['builds one enormous text', "SELECT length(repeat('x', 1000000000)) FROM range(1000000)"],
    [
      'never ends',
      'WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a % 2 FROM t) SELECT count(*) FROM t',
    ],
  ])('are not held up by a query that %s: it ends with its --timeout', async (_, query) => {
    const { exitCode, stderr, seconds } = await kshot(project, ['sql', query, '--timeout', '2']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/took longer than 2 s|[Oo]ut of memory/);
    expect(seconds).toBeLessThan(15);
  });

  it.each([['table'], ['csv'], ['json'], ['markdown']])(
    'are printed as %s for as many rows as are asked for',
    async (format) => {
      const { exitCode, stdout, stderr } = await kshot(project, [
        'sql',
        'FROM range(200000)',
        '--format',
        format,
      ]);
      expect(exitCode, stderr).toBe(0);
      const lines = stdout.trimEnd().split('\n');
      const heads = format === 'json' ? 0 : format === 'csv' ? 1 : 2;
      expect(lines).toHaveLength(200_000 + heads);
      expect(lines.at(-1)).toContain('199999');
      if (format === 'json') expect(JSON.parse(stdout)).toHaveLength(200_000);
    },
  );

  it('end quietly when nobody reads them any more', async () => {
    const running = startKshot(project, ['sql', 'FROM range(5000000)', '--format', 'csv']);
    running.process.stdout?.once('data', () => running.process.stdout?.destroy());
    const { exitCode, stderr } = await running.finished;
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('are never taken for whole where a query fails at a late row', async () => {
    const query =
      "SELECT CASE WHEN i < 300000 THEN i ELSE error('spoilt')::BIGINT END AS i FROM range(400000) t(i)";
    const { exitCode, stdout, stderr } = await kshot(project, ['sql', query, '--json']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('spoilt')]);
    expect(() => JSON.parse(stdout)).toThrow();
  });

  it('are shown by kshot results, test rows marked, synthetic data called so', async () => {
    const { exitCode, stdout, stderr } = await kshot(project, ['results']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^node +role +k +steps +inner_lr +${metricNames.join(' +')} +n +users\\n`),
    );
    expect(stdout).toMatch(/\nfew_shot +TEST /);
    expect(stdout).toMatch(/\ntune\[inner_lr=0\.01\] +val /);
    expect(stdout).toContain('The data is synthetic');
    const first = JSON.parse((await kshot(project, ['results', 'first', '--json'])).stdout) as Report;
    expect(first).toMatchObject({ run: 'first', synthetic: true, tables: 'small/first' });
    const same = JSON.parse((await kshot(project, ['results', 'small/same', '--json'])).stdout) as Report;
    expect(same).toMatchObject({ run: 'same', tables: 'small/slower' });
    const values = await rowsOf(
      "SELECT value FROM metrics WHERE run = 'small/first' AND node = 'few_shot' AND metric = 'mrr'",
    );
    expect(values).toEqual([{ value: first.metrics.find((row) => row.node === 'few_shot')?.values['mrr'] }]);
    const unknown = await kshot(project, ['results', 'frist']);
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean first?')]);
  });

  it('are no figures that somebody has edited into a report', async () => {
    const name = 'artifacts/small/slower/report.json';
    const text = project.read(name);
    const edited = text.replace(/"mrr": [\d.]+/, '"mrr": 0.99');
    expect(edited).not.toBe(text);
    project.write(name, edited);
    const shown = await kshot(project, ['results', 'slower']);
    expect([shown.exitCode, shown.stdout]).toEqual([1, '']);
    expect(shown.stderr).toContain(`${name} is not what kshot wrote`);
    project.write(name, text);
  });

  it('go into files whose ending says the form, with the types that they have', async () => {
    project.write('paper/ranks.sql', 'SELECT node, rank, [k, steps] AS at FROM latest_ranks ORDER BY ALL');
    const args = ['sql', '-f', 'paper/ranks.sql', '--output', 'tables/ranks.parquet'];
    const written = await kshot(project, args);
    expect([written.exitCode, written.stdout], written.stderr).toEqual([0, 'tables/ranks.parquet\n']);
    const source = parquetFile(project.path('tables/ranks.parquet'));
    const [types, [first]] = await withDatabase({ threads: 1 }, (database) =>
      Promise.all([database.rows(`DESCRIBE FROM ${source}`), database.rows(`FROM ${source}`)]),
    );
    expect(types.map((row) => row['column_type'])).toEqual(['VARCHAR', 'INTEGER', 'INTEGER[]']);
    expect([first]).toEqual(await rowsOf(`${project.read('paper/ranks.sql')} LIMIT 1`));
    const refused = await kshot(project, ['sql', 'FROM runs', '--output', 'runs.xlsx']);
    expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('.parquet, .csv, .json, .md, .tex');
    const table = await kshot(project, ['results', '--output', 'paper/table.tex', '--json']);
    expect(JSON.parse(table.stdout)).toEqual({ version: 1, path: project.path('paper/table.tex') });
    expect(project.read('paper/table.tex')).toMatch(
      /^\\begin\{tabular\}[\s\S]*few\\_shot & TEST & [\s\S]*\\end\{tabular\}\n$/,
    );
  });

  it('are never figures from bytes gone bad: these are found, set aside, and computed again, and the run says so', async () => {
    const manifest = JSON.parse(project.read('artifacts/small/slower/manifest.json')) as Manifest;
    const digest =
      manifest.nodes.find((one) => one.id === 'zero_shot/metrics')?.outputs['metrics']?.digest ?? '';
    const file = project.path(`cache/objects/${digest.slice(0, 2)}/${digest.slice(2)}`);
    const spoil = () => {
      const bytes = readFileSync(file);
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      chmodSync(file, 0o644);
      writeFileSync(file, bytes);
    };
    spoil();
    const shown = await kshot(project, ['results', 'slower']);
    expect([shown.exitCode, shown.stdout]).toEqual([1, '']);
    expect(shown.stderr).toContain('metrics of zero_shot/metrics in the cache are not what was stored');
    const again = ['run', '--json', '--set', 'params.outer_lr=0.005'];
    expect(nodesByOutcome(eventsOf(await kshot(project, again)))['ran']).toEqual(['zero_shot/metrics']);
    spoil();
    const healed = await kshot(project, again);
    const events = eventsOf(healed);
    expect(nodesByOutcome(events)['ran']).toEqual(['zero_shot/metrics']);
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'step.finish',
        node: 'zero_shot/metrics',
        reason: 'computed again: its stored result was damaged',
      }),
    );
    expect(events.at(-2)).toMatchObject({
      event: 'run.failed',
      failures: [{ message: expect.stringContaining('set aside and computed again, and is good now') }],
    });
    expect(events.at(-1)).toMatchObject({ event: 'run.finish', repaired: ['zero_shot/metrics'] });
    expect(healed.exitCode).toBe(1);
    expect((await kshot(project, again)).exitCode).toBe(0);
  });
});
