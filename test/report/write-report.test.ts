import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { FinishedNode, FinishedRun } from '../../src/artifacts/finished-run.js';
import { readRegister } from '../../src/artifacts/register.js';
import { createRunFolder } from '../../src/artifacts/run-folder.js';
import { FailureError } from '../../src/base/failure.js';
import type { Graph, GraphNode } from '../../src/pipeline/graph/graph.js';
import { writeReport } from '../../src/report/write-report.js';
import { withDatabase } from '../../src/tables/database.js';
import { metricColumns } from '../../src/tables/evaluation-columns.js';
import { writeRowsParquet } from '../../src/tables/parquet.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const digest = 'd'.repeat(64);
const location = { file: 'pipelines/p.yaml', line: 1, column: 1, length: 1, lineText: 'x' };
const evaluation: GraphNode = {
  id: 'test',
  step: 'test',
  kind: 'eval.zero_shot',
  givenParameters: { k: 5 },
  names: {},
  parameters: {},
  inputs: {},
  outputs: { metrics: { shape: { type: 'file', content: 'metrics' }, description: '' } },
  roles: { metrics: ['train', 'test'] },
  files: [],
  resources: { slots: 1, gpus: 0 },
  deterministic: true,
  location,
};
const finishedNode: FinishedNode = {
  node: evaluation,
  outcome: 'ran',
  reason: 'new',
  seconds: 1,
  key: 'a'.repeat(64),
  entry: {
    format: 1,
    key: 'a'.repeat(64),
    preimage: {},
    inputs: {},
    outputs: { metrics: { type: 'file', leaf: { digest, bytes: 1 } } },
    facts: {
      kind: 'eval.zero_shot',
      startedAt: '2026-01-07T10:00:00.000Z',
      seconds: 1,
      threads: 1,
      host: 'h',
      kshotVersion: '0',
      deterministic: true,
    },
  },
};

function finishedRun(run: string, node: FinishedNode): FinishedRun {
  const graph: Graph = {
    name: 'p',
    root: '/',
    file: 'pipelines/p.yaml',
    configuration: {},
    params: {},
    engine: 'reference',
    engineAsked: 'reference',
    engineReason: 'it was asked for by name',
    nodes: [evaluation],
    values: new Map(),
    publications: [],
    publishedPaths: [],
    waivers: [],
    warnings: [],
  };
  const counts = { ran: 0, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 0, [node.outcome]: 1 };
  return {
    run,
    graph,
    nodes: [node],
    startedAt: `2026-01-07T10:00:00.${run}Z`,
    seconds: 1,
    exitCode: 0,
    counts,
  };
}

describe('the report of a run', () => {
  let project: Project;
  let sound = true;
  const store = { verify: async () => sound, objectPath: () => project.path('metrics.parquet') };

  async function report(run: string, outcome: 'ran' | 'hit') {
    const folder = createRunFolder(project.root, 'p', new Date(), run);
    if (!folder.ok) throw new FailureError(folder.failure);
    const written = await writeReport(
      project.root,
      finishedRun(run, { ...finishedNode, outcome }),
      folder.value,
      store,
    );
    expect(written.pageFailure).toBeUndefined();
    return written.report;
  }

  beforeAll(async () => {
    project = temporaryProject({});
    await withDatabase({ threads: 1 }, (database) =>
      writeRowsParquet(database, {
        columns: metricColumns,
        rows: [
          {
            k: 5,
            steps: 0,
            inner_lr: null,
            metric: 'mrr',
            value: 0.25,
            low: 0.125,
            high: 0.5,
            n: 20,
            users: 2,
          },
        ],
        orderBy: ['k'],
        path: project.path('metrics.parquet'),
      }),
    );
  });

  it('shows the metrics that its nodes gave, with their role', async () => {
    expect((await report('100', 'ran')).metrics).toEqual([
      {
        node: 'test',
        step: 'test',
        role: 'test',
        k: 5,
        steps: 0,
        inner_lr: null,
        n: 20,
        users: 2,
        values: { mrr: 0.25 },
        settings: {},
        intervals: { mrr: [0.125, 0.5] },
      },
    ]);
  });

  it('registers the run before its page is there, which the record then tells of', async () => {
    vi.resetModules();
    const page = await import('../../src/report/html/write-page.js');
    let before: unknown;
    vi.doMock('../../src/report/html/write-page.js', () => ({
      ...page,
      putPage: async (...[folder, ...rest]: Parameters<typeof page.putPage>) => {
        before = readRegister(project.root).runs.at(-1);
        await page.putPage(folder, ...rest);
      },
    }));
    try {
      const again = await import('../../src/report/write-report.js');
      const folder = createRunFolder(project.root, 'p', new Date(), '150');
      if (!folder.ok) throw new FailureError(folder.failure);
      await again.writeReport(project.root, finishedRun('150', finishedNode), folder.value, store);
    } finally {
      vi.doUnmock('../../src/report/html/write-page.js');
    }
    expect(before).toMatchObject({ run: '150', files: { 'tables/ranks.parquet': {}, 'report.json': {} } });
    expect(before).not.toHaveProperty(['files', 'report.html']);
    const record = readRegister(project.root).runs.at(-1);
    expect(record).toMatchObject({ run: '150', files: { 'report.html': {} } });
    rmSync(project.path('artifacts/p/150'), { recursive: true });
  });

  it('has no tables where one that is written beside the page cannot be', async () => {
    vi.resetModules();
    const tables = await import('../../src/artifacts/tables/write-tables.js');
    vi.doMock('../../src/artifacts/tables/write-tables.js', () => ({
      ...tables,
      writeTables: async (...args: Parameters<typeof tables.writeTables>) => {
        const { rows } = await tables.writeTables(...args);
        const rest = Promise.reject(new Error('the disk is full'));
        rest.catch(() => undefined);
        return { rows, rest };
      },
    }));
    const folder = createRunFolder(project.root, 'p', new Date(), '160');
    if (!folder.ok) throw new FailureError(folder.failure);
    const again = await import('../../src/report/write-report.js');
    await expect(
      again.writeReport(project.root, finishedRun('160', finishedNode), folder.value, store),
    ).rejects.toThrow('the disk is full');
    vi.doUnmock('../../src/artifacts/tables/write-tables.js');
    expect(existsSync(project.path('artifacts/p/160/tables'))).toBe(false);
    expect(existsSync(project.path('artifacts/p/160/report.html'))).toBe(false);
    expect(readRegister(project.root).runs.at(-1)).toMatchObject({ run: '160', exit_code: 1 });
    rmSync(project.path('artifacts/p/160'), { recursive: true });
  });

  it('is drawn beside the steps of a long run, and leaves nothing behind', async () => {
    const page = await import('../../src/report/html/write-page.js');
    const scratch = project.path('scratch');
    mkdirSync(scratch);
    vi.stubEnv('TMPDIR', scratch);
    let drawn: readonly string[] = [];
    vi.resetModules();
    vi.doMock('../../src/report/html/write-page.js', () => ({
      ...page,
      drawPage: async (...args: Parameters<typeof page.drawPage>) => {
        const one = await page.drawPage(...args);
        drawn = one.contents.report.metrics.map(({ node }) => node);
        return one;
      },
    }));
    const { PageRehearsal } = await import('../../src/report/rehearse-page.js');
    const { run, graph, startedAt } = finishedRun('170', finishedNode);
    const later = { ...evaluation, id: 'later', step: 'later' };
    const rehearsal = new PageRehearsal(
      { run, graph: { ...graph, nodes: [evaluation, later] }, startedAt },
      store,
    );
    rehearsal.finished(finishedNode);
    rehearsal.started('later');
    expect(readdirSync(scratch)).toEqual([]);
    await vi.waitFor(() => expect(drawn).toEqual(['test']), { timeout: 20_000 });
    vi.doUnmock('../../src/report/html/write-page.js');
    await rehearsal.end();
    expect(readdirSync(scratch)).toEqual([]);
    vi.unstubAllEnvs();
  });

  it('points at the tables of an equal run where nothing was executed', async () => {
    const again = await report('200', 'hit');
    expect([again.tables, again.metrics.length]).toEqual(['p/100', 1]);
  });

  it('makes tables of its own where the earlier ones have been deleted', async () => {
    rmSync(project.path('artifacts/p/100/tables'), { recursive: true });
    expect((await report('300', 'hit')).tables).toBe('p/300');
    expect(existsSync(project.path('artifacts/p/300/tables/metrics.parquet'))).toBe(true);
  });

  it('makes tables of its own where the earlier ones have been changed, or its report', async () => {
    for (const [changed, run] of [
      ['300/tables/ranks.parquet', '320'],
      ['320/report.json', '340'],
    ]) {
      writeFileSync(project.path(`artifacts/p/${changed}`), '{"metrics": []}');
      const made = await report(run ?? '', 'hit');
      expect([made.tables, made.metrics.length]).toEqual([`p/${run}`, 1]);
    }
  });

  it('shows no number from bytes gone bad, and registers the run all the same, as failed', async () => {
    sound = false;
    for (const [run, outcome] of [
      ['400', 'ran'],
      ['500', 'hit'],
    ] as const) {
      await expect(report(run, outcome)).rejects.toThrow('results of test are missing from the cache');
      expect(existsSync(project.path(`artifacts/p/${run}/tables`))).toBe(false);
    }
    const runs = readRegister(project.root).runs.map((one) => [one.run, one.exit_code]);
    expect(runs).toEqual([
      ['100', 0],
      ['200', 0],
      ['300', 0],
      ['320', 0],
      ['340', 0],
      ['400', 1],
      ['500', 1],
    ]);
  });
});
