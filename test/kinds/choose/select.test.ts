import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/base/failure.js';
import type { JsonObject } from '../../../src/base/json.js';
import { select } from '../../../src/kinds/choose/select.js';
import type { Kind } from '../../../src/kinds/kind.js';
import { withDatabase } from '../../../src/tables/database.js';
import { metricColumns } from '../../../src/tables/evaluation-columns.js';
import { writeRowsParquet } from '../../../src/tables/parquet.js';
import { type Inputs, kindContext } from '../../support/kind-context.js';

interface Score {
  readonly steps: number;
  readonly inner_lr: number | null;
  readonly value: number | null;
  readonly metric?: string;
  readonly n?: number;
}

let folder = '';
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-select-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settingColumns: readonly (keyof typeof metricColumns)[] = ['k', 'steps', 'inner_lr', 'metric'];

async function tableOf(scores: readonly Score[], orderBy = settingColumns): Promise<string> {
  files += 1;
  const path = join(folder, `metrics-${files}.parquet`);
  await withDatabase({ threads: 1 }, (database) =>
    writeRowsParquet(database, {
      columns: metricColumns,
      rows: scores.map((score) => ({ k: 5, metric: 'mrr', n: 10, users: 2, ...score })),
      orderBy,
      path,
    }),
  );
  return path;
}

async function run(kind: Kind, parameters: JsonObject, inputs: { [port: string]: Inputs }) {
  files += 1;
  const own = join(folder, `run-${files}`);
  await (await kind.load()).run(kindContext({ folder: own, parameters, inputs }));
  return (output: string) => readFileSync(join(own, output), 'utf8');
}

async function failureOf(action: Promise<unknown>): Promise<FailureError['failure']> {
  const error = await action.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FailureError);
  return (error as FailureError).failure;
}

const byMrr = { metric: 'mrr', mode: 'max', settings: ['inner_lr', 'steps'] };

describe('select', () => {
  it('hands on the settings of the best row of all tables, and tells where it stands', async () => {
    const rows = [
      await tableOf([
        { steps: 1, inner_lr: 0.01, value: 0.3 },
        { steps: 5, inner_lr: 0.01, value: 0.4 },
      ]),
      await tableOf([
        { steps: 1, inner_lr: 0.1, value: 0.5 },
        { steps: 5, inner_lr: 0.1, value: 0.2 },
        { steps: 5, inner_lr: 0.1, value: 0.9, metric: 'recall@5' },
      ]),
    ];
    const read = await run(select, byMrr, { rows });
    expect(read('settings')).toBe('{"inner_lr":0.1,"steps":1}\n');
    expect(JSON.parse(read('row'))).toEqual({
      index: 1,
      k: 5,
      steps: 1,
      inner_lr: 0.1,
      metric: 'mrr',
      mode: 'max',
      value: 0.5,
      n: 10,
      users: 2,
      choice: {
        among: 4,
        users: 2,
        edges: [
          { name: 'steps', value: 1, end: 'smallest', tried: [1, 5] },
          { name: 'inner_lr', value: 0.1, end: 'largest', tried: [0.01, 0.1] },
        ],
      },
    });
    const least = await run(select, { ...byMrr, mode: 'min', settings: ['steps'] }, { rows });
    expect(least('settings')).toBe('{"steps":5}\n');
  });

  it('gives ties to the first table, and in it to the fewest steps', async () => {
    const rows = [
      await tableOf([{ steps: 3, inner_lr: 0.2, value: 0.1 }]),
      await tableOf([
        { steps: 3, inner_lr: 0.05, value: 0.5 },
        { steps: 1, inner_lr: 0.05, value: 0.5 },
      ]),
      await tableOf([{ steps: 0, inner_lr: null, value: 0.5 }]),
    ];
    const read = await run(select, byMrr, { rows });
    expect(read('settings')).toBe('{"inner_lr":0.05,"steps":1}\n');
  });

  it('chooses the same whatever the order of a table’s rows', async () => {
    const scores = [5, 3, 1, 9].map((steps) => ({ steps, inner_lr: steps / 100, value: 0.5, n: 20 - steps }));
    const read = await Promise.all(
      [settingColumns, ['n', ...settingColumns] as const].map(async (order) =>
        (await run(select, byMrr, { rows: [await tableOf(scores, order)] }))('row'),
      ),
    );
    expect(read[1]).toBe(read[0]);
    expect(JSON.parse(read[0] ?? '')).toMatchObject({ steps: 1 });
  });

  it('hands on no rate where no step was taken', async () => {
    const rows = [await tableOf([{ steps: 0, inner_lr: null, value: 0.5 }])];
    const context = kindContext({ folder: join(folder, 'no-rate'), parameters: byMrr, inputs: { rows } });
    await (await select.load()).run(context);
    expect(readFileSync(context.output('settings'), 'utf8')).toBe('{"steps":0}\n');
    expect(context.logged).toEqual(['inner_lr is not handed on: the best row has none']);
  });

  it('tells of others as good, and of a training whose last checkpoint is the best', async () => {
    const scores = [0.2, 0.4, 0.4].map((value) => [{ steps: 5, inner_lr: 0.05, value }]);
    const rows = await Promise.all(scores.map((one) => tableOf(one)));
    const elements = [100, 200, 300].map((iterations, group) => ({ names: { iterations }, group }));
    const parameters = { metric: 'mrr', mode: 'max', elements, progress: ['iterations'] };
    const choiceOf = async (more: JsonObject, tables = rows) =>
      JSON.parse((await run(select, { ...parameters, ...more }, { rows: tables }))('row')).choice;
    const names = { k: 5, steps: 5, inner_lr: 0.05 };
    expect(await choiceOf({})).toEqual({
      ...{ among: 3, users: 2 },
      ties: { count: 1, others: [{ ...names, iterations: 300 }] },
    });
    const patience = { patience: 3, groups: [{ chain: 0 }, { chain: 0 }, { chain: 0 }] };
    expect((await choiceOf(patience)).last).toEqual({
      name: 'iterations',
      value: 200,
      later: 1,
      patience: 3,
    });
    const rising = [...rows.slice(0, 2), await tableOf([{ steps: 5, inner_lr: 0.05, value: 0.5 }])];
    expect(await choiceOf({}, rising)).toEqual({
      ...{ among: 3, users: 2 },
      last: { name: 'iterations', value: 300, later: 0 },
    });
  });

  it('writes the same settings when the metric wobbles', async () => {
    const settings = [0.41, 0.42].map(async (value) => {
      const rows = [await tableOf([{ steps: 1, inner_lr: 0.1, value }])];
      return (await run(select, byMrr, { rows }))('settings');
    });
    const [one, other] = await Promise.all(settings);
    expect(other).toBe(one);
  });

  it('says which table lacks the metric, and what it has', async () => {
    const rows = [
      await tableOf([{ steps: 1, inner_lr: 0.1, value: 0.1 }]),
      await tableOf([{ steps: 1, inner_lr: 0.1, value: 0.1, metric: 'loss' }]),
    ];
    expect(await failureOf(run(select, byMrr, { rows }))).toMatchObject({
      reason: 'bad-data',
      message: 'rows[1] has no metric mrr',
      hint: 'it has loss',
    });
  });

  it.each([
    ['no number', { value: Number.NaN }],
    ['null', { value: null }],
    ['over no pairs', { value: 0.5, n: 0 }],
  ])('refuses to choose by a value that is %s', async (_, score) => {
    const rows = [await tableOf([{ steps: 1, inner_lr: 0.1, ...score }])];
    const failure = await failureOf(run(select, byMrr, { rows }));
    expect(failure.reason).toBe('bad-data');
    expect(failure.message).toContain('nothing to choose by');
  });

  it('leaves out what is no number as long as there is something to choose by, and says so', async () => {
    const inputs = {
      rows: [
        await tableOf([{ steps: 1, inner_lr: 9, value: Number.NaN }]),
        await tableOf([
          { steps: 1, inner_lr: 0.1, value: 0.2 },
          { steps: 5, inner_lr: 0.1, value: null, n: 0 },
        ]),
      ],
    };
    for (const mode of ['max', 'min']) {
      const context = kindContext({
        folder: join(folder, `nan-${mode}`),
        parameters: { ...byMrr, mode },
        inputs,
      });
      await (await select.load()).run(context);
      expect(JSON.parse(readFileSync(context.output('row'), 'utf8'))).toMatchObject({ index: 1, value: 0.2 });
      expect(context.logged).toEqual([
        'left out: rows[0], k 5, steps 1, inner_lr 9: mrr is no number, n = 10',
        'left out: rows[1], k 5, steps 5, inner_lr 0.1: mrr is no number, n = 0',
      ]);
    }
  });

  it('refuses a file that is no table of metrics', async () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'not parquet');
    const failure = await failureOf(run(select, byMrr, { rows: [path] }));
    expect(failure.reason).toBe('bad-data');
    expect(failure.message).toContain('rows[0]');
  });

  it('names the settings that it will write', () => {
    expect(select.namesOfSettings?.(byMrr)).toEqual(['inner_lr', 'steps']);
  });
});

describe('select with candidates', () => {
  const candidates = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => {
      const path = join(folder, `checkpoint-${i}`);
      writeFileSync(path, `weights ${i}`);
      return path;
    });
  const each = (count: number) => Array.from({ length: count }, (_, index) => ({ candidates: [index] }));

  it('copies the one with the best score, the first of equals', async () => {
    const values = [0.1, 0.7, 0.7, 0.2];
    const rows = await Promise.all(values.map((value) => tableOf([{ steps: 5, inner_lr: 0.05, value }])));
    const inputs = { candidates: candidates(4), rows };
    const read = await run(select, { metric: 'mrr', mode: 'max', groups: each(4) }, inputs);
    expect(read('chosen')).toBe('weights 1');
    expect(JSON.parse(read('row'))).toMatchObject({ index: 1, metric: 'mrr', mode: 'max', value: 0.7 });
    const lowest = await run(select, { metric: 'mrr', mode: 'min', groups: each(4) }, inputs);
    expect(lowest('chosen')).toBe('weights 0');
  });

  it('copies a bundle whole', async () => {
    const [one = '', other = ''] = candidates(2);
    const read = await run(
      select,
      { metric: 'mrr', mode: 'max', groups: each(1) },
      { rows: [await tableOf([{ steps: 5, inner_lr: 0.05, value: 1 }])], candidates: [{ one, other }] },
    );
    expect([read('chosen/one'), read('chosen/other')]).toEqual(['weights 0', 'weights 1']);
  });

  it('leaves out what is no number and what is missing, and says so', async () => {
    const rows = [
      await tableOf([{ steps: 5, inner_lr: 0.05, value: Number.NaN }]),
      await tableOf([{ steps: 5, inner_lr: 0.05, value: 0.3 }]),
      // In the place of what failed.
      {},
    ];
    const context = kindContext({
      folder: join(folder, 'left-out'),
      parameters: {
        metric: 'mrr',
        mode: 'max',
        elements: [1, 2, 3].map((seed, group) => ({ names: { seed }, group })),
        groups: each(3),
      },
      inputs: { candidates: [...candidates(2), {}], rows },
    });
    await (await select.load()).run(context);
    expect(readFileSync(context.output('chosen'), 'utf8')).toBe('weights 1');
    expect(context.logged).toEqual([
      'left out: rows[2], seed 3: its step failed',
      'left out: rows[0], seed 1, k 5, steps 5, inner_lr 0.05: mrr is no number, n = 10',
    ]);
  });

  it('averages over names, and gives a place for each averaged value', async () => {
    const rows = await Promise.all(
      [0.1, 0.9, 0.6, 0.5].map((value) => tableOf([{ steps: 5, inner_lr: 0.05, value }])),
    );
    const elements = [
      { names: { lr: 1, seed: 1 }, group: 0 },
      { names: { lr: 1, seed: 2 }, group: 0 },
      { names: { lr: 2, seed: 1 }, group: 1 },
      { names: { lr: 2, seed: 2 }, group: 1 },
    ];
    const read = await run(
      select,
      {
        metric: 'mrr',
        mode: 'max',
        average: ['seed'],
        elements,
        groups: [{ candidates: [0, 1] }, { candidates: [2, 3] }],
        places: 2,
      },
      { rows, candidates: candidates(4) },
    );
    expect(JSON.parse(read('row'))).toEqual({
      lr: 2,
      k: 5,
      steps: 5,
      inner_lr: 0.05,
      metric: 'mrr',
      mode: 'max',
      value: 0.55,
      n: 20,
      averaged: 2,
      choice: { among: 2, users: 2, edges: [{ name: 'lr', value: 2, end: 'largest', tried: [1, 2] }] },
    });
    expect(read('settings')).toBe('{"lr":2}\n');
    expect([read('chosen/0'), read('chosen/1')]).toEqual(['weights 2', 'weights 3']);
  });

  it('refuses to hand on a name that the best row does not have, and a setting with two values', async () => {
    const rows = [await tableOf([{ steps: 1, inner_lr: 0.1, value: 0.1 }])];
    const parameters = { metric: 'mrr', mode: 'max', settings: ['seed'] };
    expect(await failureOf(run(select, parameters, { rows }))).toMatchObject({
      message: 'the best row has no seed to hand on',
      hint: 'it has k, steps, inner_lr',
    });
    const twice = [
      await tableOf([
        { steps: 1, inner_lr: 0.1, value: 0.1 },
        { steps: 1, inner_lr: 0.1, value: 0.2 },
      ]),
    ];
    expect((await failureOf(run(select, byMrr, { rows: twice }))).message).toBe(
      'rows[0] has two values of mrr for k 5, steps 1, inner_lr 0.1',
    );
  });
});

describe('rows that are repetitions of one measurement', () => {
  const table = async (rows: readonly { fold: number; mrr: number }[]) => {
    files += 1;
    const path = join(folder, `folds-${files}.parquet`);
    await withDatabase({ threads: 1 }, (database) =>
      writeRowsParquet(database, {
        columns: { fold: 'BIGINT', metric: 'VARCHAR', value: 'DOUBLE' },
        rows: rows.map(({ fold, mrr }) => ({ fold, metric: 'mrr', value: mrr })),
        orderBy: ['fold'],
        path,
      }),
    );
    return path;
  };
  const element = (lr: number, group: number) => ({ names: { lr }, group });
  const planned = { metric: 'mrr', mode: 'min', elements: [element(1, 0), element(2, 1)] };

  it('are no candidates of their own: the luckiest would win', async () => {
    const rows = [
      await table([
        { fold: 1, mrr: 0.1 },
        { fold: 2, mrr: 0.9 },
      ]),
      await table([
        { fold: 1, mrr: 0.3 },
        { fold: 2, mrr: 0.3 },
      ]),
    ];
    const failure = await failureOf(run(select, { ...planned, settings: ['lr'] }, { rows }));
    expect(failure.message).toBe('the rows differ in fold, and the best of them would be the luckiest fold');
    expect(failure.hint).toContain('write average: [fold]');
    const read = await run(select, { ...planned, settings: ['lr'], average: ['fold'] }, { rows });
    expect(JSON.parse(read('row'))).toMatchObject({
      ...{ averaged: 2, lr: 2, metric: 'mrr', mode: 'min', value: 0.3 },
      choice: { among: 2 },
    });
  });

  it('leave a mark where one of them is no number', async () => {
    const rows = [
      await table([
        { fold: 1, mrr: 0.1 },
        { fold: 2, mrr: Number.NaN },
      ]),
      await table([
        { fold: 1, mrr: 0.3 },
        { fold: 2, mrr: 0.3 },
      ]),
    ];
    const read = await run(select, { ...planned, settings: ['lr'], average: ['fold'] }, { rows });
    expect(JSON.parse(read('row'))).toMatchObject({
      averaged: 1,
      of: 2,
      lr: 1,
      left_out: ['rows[0], lr 1, fold 2: mrr is no number'],
    });
  });

  it('are refused where a column and the parameter of its name say two things', async () => {
    const rows = [await table([{ fold: 1, mrr: 0.1 }])];
    const elements = [{ names: { fold: 7 }, group: 0 }];
    const failure = await failureOf(run(select, { ...planned, elements, average: ['fold'] }, { rows }));
    expect(failure.message).toBe('rows[0] has the column fold with 1, where its step has fold 7');
  });
});
