import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
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
