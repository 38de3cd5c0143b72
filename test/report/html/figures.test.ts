import { describe, expect, it, vi } from 'vitest';
import type { MetricRow } from '../../../src/artifacts/metric-table.js';
import type { SummaryRow } from '../../../src/artifacts/summary/summary-rows.js';
import type { JsonObject } from '../../../src/base/json.js';
import { ablationFigures } from '../../../src/report/html/figures/ablation-figures.js';
import { chosenNodes } from '../../../src/report/html/figures/chosen-trainings.js';
import { comparisonFigures } from '../../../src/report/html/figures/comparison-figures.js';
import { drawFigures, drawPdf } from '../../../src/report/html/figures/draw-figures.js';
import { driftFigures, niceWidth } from '../../../src/report/html/figures/drift-figures.js';
import { withUniqueIds } from '../../../src/report/html/figures/figure.js';
import { heatMapFigures } from '../../../src/report/html/figures/heat-map-figures.js';
import { settingGroups } from '../../../src/report/html/figures/setting-groups.js';
import { sweepFigures } from '../../../src/report/html/figures/sweep-figures.js';
import { chainsOfSegments, trainingFigures } from '../../../src/report/html/figures/training-figures.js';
import type { RunRows } from '../../../src/report/html/run-rows.js';

function metric(node: string, step: string, setting: Partial<MetricRow>, value: number): MetricRow {
  return {
    ...{ node, step, role: 'val', k: 5, steps: 5, inner_lr: 0.05, n: 100, users: 10, settings: {} },
    ...setting,
    values: { 'accuracy@1': value, mrr: value / 2 },
    intervals: { 'accuracy@1': [value - 0.05, value + 0.05] },
  };
}

function summary(
  model: string,
  setting: Partial<SummaryRow>,
  value: number,
  told: string | null,
): SummaryRow {
  return {
    ...{ node: 'summary', role: 'test', model, k: 5, steps: 0, inner_lr: null },
    ...{ unit: 'users', units: 10, n: 100, users: 10, baseline: told === null ? null : 'gru' },
    ...setting,
    metrics: {
      'accuracy@1': {
        value,
        interval: [value - 0.05, value + 0.05],
        against:
          told === null
            ? {}
            : {
                gru: {
                  ...{ difference: value - 0.4, difference_interval: [0, 0.1], improvement_percent: 1 },
                  ...{ improvement_interval: null, over: 'users', distinguishable: told },
                },
              },
      },
    },
  };
}

const noRows: RunRows = { parameters: [], lineage: [], history: [], curves: [], drift: [] };
const sweep = [0.01, 0.1].flatMap((inner_lr) =>
  [1, 5].map((steps) =>
    metric(`tune[inner_lr=${inner_lr}]`, 'tune', { inner_lr, steps }, inner_lr + steps / 100),
  ),
);

describe('the figures of a run', () => {
  it('are none where there is nothing to draw', () => {
    expect(comparisonFigures([])).toEqual([]);
    expect(trainingFigures(noRows, [], new Map())).toEqual([]);
    expect(settingGroups([], [], [])).toEqual([]);
    expect(driftFigures([], [])).toEqual([]);
  });

  it('compare models by the leading metric, and say which cannot be told from the baseline', () => {
    const [figure, ...others] = comparisonFigures([
      summary('gru', {}, 0.4, null),
      summary('maml', {}, 0.5, 'yes'),
      summary('knn', {}, 0.41, 'no'),
    ]);
    expect(others).toEqual([]);
    expect(figure?.role).toBe('test');
    expect(figure?.data.rows).toEqual([
      ['gru', 0.4, 0.4 - 0.05, 0.4 + 0.05, 'the baseline'],
      ['maml', 0.5, 0.5 - 0.05, 0.5 + 0.05, 'told apart'],
      ['knn', 0.41, 0.41 - 0.05, 0.41 + 0.05, 'not told apart'],
    ]);
    expect(figure?.caption).toContain('n = 100 query pairs of 10 users');
    expect(figure?.description).toContain('knn 0.4100 [0.360, 0.460]');
  });

  it('make a sweep over rates and steps a heat map of just its values, and outline the highest', () => {
    const [figure, ...others] = heatMapFigures(settingGroups([], sweep, []));
    expect(others).toEqual([]);
    expect(figure?.title).toBe('tune: accuracy@1 by inner steps and inner rate');
    expect(figure?.data.rows.map(([steps, rate, value]) => [steps, rate, value])).toEqual([
      [1, 0.01, 0.02],
      [5, 0.01, 0.01 + 0.05],
      [1, 0.1, 0.1 + 0.01],
      [5, 0.1, 0.1 + 0.05],
    ]);
    expect(figure?.caption).toContain('From 0.0200 (faint) to 0.1500 (strong)');
    expect(ablationFigures(settingGroups([], sweep, []))).toEqual([]);
  });

  it('make a sweep of a program a heat map of the two parameters with the most values, as means over the others', () => {
    const rows = [0.1, 0.2, 0.4].flatMap((lr) =>
      ['adam', 'sgd'].flatMap((optimizer) =>
        [1, 2].map((seed): MetricRow => {
          const value = lr + (optimizer === 'sgd' ? 0.05 : 0) + seed / 100;
          const setting = { k: null, steps: null, inner_lr: null, n: null, users: null, role: null };
          const settings = { lr, optimizer, seed, constant: 1 };
          return {
            ...metric('train', 'train', setting, value),
            settings,
            values: { f1: value },
            intervals: {},
          };
        }),
      ),
    );
    const [figure, ...others] = sweepFigures(rows);
    expect(others).toEqual([]);
    expect(figure?.title).toBe('train: f1 by optimizer and lr');
    expect(
      figure?.data.rows.map(([across, down, value]) => [across, down, Number(value).toFixed(3)]),
    ).toEqual([
      ['adam', 0.1, '0.115'],
      ['adam', 0.2, '0.215'],
      ['adam', 0.4, '0.415'],
      ['sgd', 0.1, '0.165'],
      ['sgd', 0.2, '0.265'],
      ['sgd', 0.4, '0.465'],
    ]);
    expect(figure?.caption).toBe(
      'No split; means over seed. From 0.1150 (faint) to 0.4650 (strong); outlined: the highest, 0.4650.',
    );
    expect(sweepFigures(rows.filter(({ settings }) => settings['optimizer'] === 'adam'))).toHaveLength(1);
    expect(sweepFigures(rows.slice(0, 2))).toEqual([]);
  });

  it('map a sweep of a program over its parameters and no seed, however many seeds there are', () => {
    const rows = [0.1, 0.2].flatMap((lr) =>
      [0, 1].flatMap((wd) =>
        [1, 2, 3, 4].map((seed): MetricRow => {
          const value = lr + wd + seed / 100;
          return {
            ...metric('fit', 'fit', { k: null, steps: null, n: null, users: null, role: null }, value),
            settings: { seed, lr, wd },
          };
        }),
      ),
    );
    const [figure] = sweepFigures(rows);
    expect(figure?.title).toMatch(/ by wd and lr$/);
    expect(figure?.caption).toContain('means over seed');
    const [ofOne] = sweepFigures(rows.filter(({ settings }) => settings['wd'] === 0));
    expect(ofOne?.title).toMatch(/ by seed and lr$/);
  });

  it('make of a sweep over K, steps and rates a heat map of K and rate at the best number of steps', () => {
    const rows = [0.01, 0.1].flatMap((inner_lr) =>
      [1, 5].flatMap((k) =>
        [1, 3].map((steps) => {
          const value = (inner_lr + k / 100 + (steps === 1 ? 0.5 : 0)) / 2;
          return metric(`tune[inner_lr=${inner_lr}]`, 'tune', { inner_lr, k, steps }, value);
        }),
      ),
    );
    const [figure, ...others] = heatMapFigures(settingGroups([], rows, []));
    expect(others).toEqual([]);
    expect(figure?.title).toBe('tune, 1 inner step: accuracy@1 by K and inner rate');
    expect(figure?.data.rows.map(([k, rate, value]) => [k, rate, value])).toEqual([
      [1, 0.01, 0.26],
      [5, 0.01, 0.28],
      [1, 0.1, 0.305],
      [5, 0.1, 0.325],
    ]);
  });

  it('make no sweep of what differs in its checkpoint or seed only', () => {
    const rows = [1, 2, 3].map((seed) => metric(`test@seed=${seed}`, 'test', {}, seed / 10));
    expect(settingGroups([], rows, [])).toEqual([]);
  });

  it('follow a summary over K and steps, with its baseline as the line to beat, and draw its nodes once', () => {
    const rows = [
      summary('gru', { k: 10 }, 0.4, null),
      ...[1, 5].flatMap((k) =>
        [1, 3].map((steps) => summary('maml', { k, steps }, (k + steps) / 10, k === 5 ? 'yes' : 'no')),
      ),
    ];
    const lineage = [
      {
        ...{ node: 'summary', input: 'maml/0/ranks', source_node: 'by_k', source_output: 'ranks' },
        ...{ roles: 'test', file: null, digest: null },
      },
    ];
    const metrics = [1, 5].map((k) => metric('by_k', 'by_k', { k }, k / 10));
    const groups = settingGroups(rows, metrics, lineage);
    expect(groups.map(({ name, varying, reference }) => [name, varying, reference])).toEqual([
      ['summary, maml', ['k', 'steps'], { name: 'gru', value: 0.4 }],
    ]);
    const figures = ablationFigures(groups);
    expect(figures.map(({ title }) => title)).toEqual([
      'summary, maml: accuracy@1 over K',
      'summary, maml: accuracy@1 over inner steps',
    ]);
    expect(figures[0]?.data.rows[0]).toEqual([1, '1 step', 0.2, 0.2 - 0.05, 0.2 + 0.05, 'not told apart']);
  });

  it('draw the loss of each training, and the validation of its checkpoints at their iterations', () => {
    const node = (index: number) => `fit@${100 * index}`;
    const rows: RunRows = {
      ...noRows,
      history: [1, 2].map((index) => ({
        ...{ node: node(index), step: 'fit', unfinished: null, iterations: 100 },
        ...{ last_iteration: 100 * index, iterations_per_row: 1 },
      })),
      curves: Array.from({ length: 200 }, (_, index) => ({
        ...{ node: node(Math.floor(index / 100) + 1), step: 'fit', unfinished: null },
        ...{ name: 'loss', iteration: index + 1, value: 5 - index / 100 },
      })),
      lineage: [1, 2].map((index) => ({
        ...{ node: `val@${100 * index}`, input: 'model', source_node: node(index) },
        ...{ source_output: 'checkpoint', roles: 'train', file: null, digest: null },
      })),
    };
    const metrics = [metric('val@100', 'val', {}, 0.2), metric('val@200', 'val', {}, 0.3)];
    const [loss, validation, ...others] = trainingFigures(rows, metrics, new Map([['fit', 'maml.train']]));
    expect(others).toEqual([]);
    expect(loss?.data.rows).toHaveLength(200);
    expect(loss?.data.rows.every(([training]) => training === 'fit')).toBe(true);
    // The middle of a straight line is its own mean.
    expect(loss?.data.rows[100]?.[3]).toBeCloseTo(4, 10);
    expect(validation?.data.rows.map((row) => row.slice(0, 3))).toEqual([
      ['fit', 100, 0.2],
      ['fit', 200, 0.3],
    ]);
    expect(validation?.caption).toContain('Bars: 95 % intervals over users. Highest: iteration 200');
  });

  it('tell the highest of all checkpoints, and how many trainings are drawn where there are too many', () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7];
    const nodes = seeds.flatMap((seed) => [100, 200].map((at) => ({ seed, at, name: `seed=${seed}@${at}` })));
    const rows: RunRows = {
      ...noRows,
      history: nodes.map(({ name, at }) => ({
        ...{ node: `fit[${name.replace('@', ']@')}`, step: 'fit', unfinished: null, iterations: 100 },
        ...{ last_iteration: at, iterations_per_row: 1 },
      })),
      lineage: nodes.map(({ name }) => ({
        ...{ node: `val@${name}`, input: 'model', source_node: `fit[${name.replace('@', ']@')}` },
        ...{ source_output: 'checkpoint', roles: 'train', file: null, digest: null },
      })),
    };
    const metrics = nodes.map(({ seed, at, name }) => metric(`val@${name}`, 'val', {}, seed / 10 + at / 1e4));
    const [loss, validation] = trainingFigures(rows, metrics, new Map([['fit', 'maml.train']]));
    expect(loss?.topic).toBe('training');
    expect(new Set(validation?.data.rows.map(([training]) => training)).size).toBe(6);
    expect(validation?.caption).toMatch(
      /Highest: seed=7, iteration 200, 0\.7200 .*\. The first 6 of 7 are drawn\.$/,
    );
    expect(validation?.description).toBe(
      'accuracy@1 at 14 checkpoints; highest 0.7200 at seed=7, iteration 200.',
    );
    const curves = nodes.map(({ name, at }) => ({
      ...{ node: `fit[${name.replace('@', ']@')}`, step: 'fit', unfinished: null, name: 'loss' },
      ...{ iteration: at, value: 5 },
    }));
    const drawn = trainingFigures(
      { ...rows, curves },
      metrics,
      new Map([['fit', 'maml.train']]),
      new Set(['fit[seed=7]@100', 'other[seed=3]']),
    );
    for (const { data, caption } of drawn) {
      expect([...new Set(data.rows.map(([training]) => training))]).toEqual(
        [7, 1, 2, 3, 4, 5].map((seed) => `seed=${seed}`),
      );
      expect(caption).toMatch(/ The first 6 of 7 are drawn, what was chosen before the others\.$/);
    }
    expect(drawn).toHaveLength(2);
  });

  it('know which trainings a choice has taken: upstream of it, those with the names of the winner', () => {
    const nodesOf = (step: string) =>
      [1, 2].flatMap((seed) =>
        [0.1, 0.2].map((lr) => ({
          id: `${step}[lr=${lr},seed=${seed}]`,
          step,
          names: { lr, seed, size: 8 },
        })),
      );
    const fits = nodesOf('fit');
    const lineage = [
      ...fits.flatMap(({ id }) => [
        { node: `val@${id}`, source_node: id },
        { node: 'best', source_node: `val@${id}` },
      ]),
      { node: 'final', source_node: 'best' },
    ];
    const chosenBy = (winner: JsonObject, choice = 'best') => [
      ...chosenNodes({ winners: { [choice]: winner } }, [...fits, ...nodesOf('other')], lineage),
    ];
    expect(chosenBy({ lr: 0.2, k: 5 })).toEqual(['fit[lr=0.2,seed=1]', 'fit[lr=0.2,seed=2]']);
    expect(chosenBy({ lr: 0.1, seed: 2, size: 9 })).toEqual(['fit[lr=0.1,seed=2]']);
    // Nothing that tells them apart, values that none has, or a choice that does not rest on them.
    expect([chosenBy({ k: 5, size: 8 }), chosenBy({ lr: 1 }), chosenBy({ lr: 0.2 }, 'none')]).toEqual([
      [],
      [],
      [],
    ]);
    expect(chosenNodes({}, fits, lineage).size).toBe(0);
  });

  it('say how many lines of an ablation are drawn where there are too many', () => {
    const rows = [1, 2, 3, 4, 5, 6, 7].flatMap((k) =>
      [1, 3].map((steps) => metric('by', 'by', { k, steps }, k / 10)),
    );
    const captions = ablationFigures(settingGroups([], rows, [])).map(({ caption }) => caption);
    expect(captions.map((caption) => /The first.*/.exec(caption)?.[0])).toEqual([
      undefined,
      'The first 6 of 7 are drawn.',
    ]);
  });

  it('call trainings that differ in their seed by it', () => {
    const nodes = ['fit[seed=1]@100', 'fit[seed=2]@100'];
    const rows: RunRows = {
      ...noRows,
      history: nodes.map((node) => ({
        ...{ node, step: 'fit', unfinished: null, iterations: 1, last_iteration: 1, iterations_per_row: 1 },
      })),
      curves: nodes.map((node) => ({
        ...{ node, step: 'fit', unfinished: null, name: 'loss', iteration: 1, value: 5 },
      })),
    };
    const [loss] = trainingFigures(rows, [], new Map([['fit', 'maml.train']]));
    expect(loss?.data.rows.map(([training]) => training)).toEqual(['seed=1', 'seed=2']);
    expect(loss?.caption).toContain('of 2 trainings');
  });

  it('know the trainings of a segmented kind by their seeds, and take other nodes as they are', () => {
    expect(chainsOfSegments('maml.train', [])('maml[seed=1]@300')).toBe('maml[seed=1]');
    expect(chainsOfSegments('eval.few_shot', [])('test@seed=1')).toBe('test@seed=1');
    // A program's are those that take each other's state.
    const of = chainsOfSegments('python', [
      { node: 'a[lr=1]@10', input: 'state', source_node: 'a[lr=1]@5' },
      { node: 'a@8', input: 'model', source_node: 'a@4' },
      { node: 'b@2', input: 'state', source_node: 'a@4' },
    ]);
    const nodes = ['a[lr=1]@5', 'a[lr=1]@10', 'a@8', 'a@4', 'b@2'];
    expect(nodes.map(of)).toEqual(['a[lr=1]', 'a[lr=1]', 'a@8', 'a@4', 'b@2']);
  });

  it('draw what the segments of a program say of themselves at their ends', () => {
    const ends = [5, 10];
    const rows: RunRows = {
      ...noRows,
      history: ends.map((end) => ({
        ...{ node: `fit@${end}`, step: 'fit', iterations: 5, last_iteration: end, iterations_per_row: 1 },
        unfinished: null,
      })),
      curves: ends.map((end) => ({
        node: `fit@${end}`,
        step: 'fit',
        name: 'loss',
        iteration: end,
        value: 1,
        unfinished: null,
      })),
      lineage: [
        { node: 'fit@10', input: 'state', source_node: 'fit@5', source_output: 'state' },
        { node: 'fit@5/metrics', input: 'file', source_node: 'fit@5', source_output: 'metrics' },
      ].map((row) => ({ ...row, roles: 'train', file: null, digest: null })),
    };
    const ofProgram = { k: null, steps: null, inner_lr: null, n: null, users: null, role: null };
    const metrics = ends.map((end) => metric(`fit@${end}`, 'fit', ofProgram, end / 100));
    const [loss, own, ...others] = trainingFigures(rows, metrics, new Map([['fit', 'python']]));
    expect(others).toEqual([]);
    expect(new Set(loss?.data.rows.map(([training]) => training))).toEqual(new Set(['fit']));
    expect(own?.data.rows.map((row) => row.slice(0, 3))).toEqual([
      ['fit', 5, 0.05],
      ['fit', 10, 0.1],
    ]);
    // What they measured over, and whether they count iterations, nobody has said.
    expect(own?.caption).toBe(
      'fit. No split. Bars: intervals as the program gave them. Highest: step 10, 0.1000 [0.050, 0.150].',
    );
    expect(own?.data.columns.slice(0, 2)).toEqual(['training', 'step']);
    const bare = metrics.map((row) => ({ ...row, intervals: {} }));
    const [, plain] = trainingFigures(rows, bare, new Map([['fit', 'python']]));
    expect(plain?.caption).toBe('fit. No split. Highest: step 10, 0.1000.');
  });

  it('count every episode of a drift in one bar', () => {
    const changes = [0.01, 0.011, 0.02, 0.05, 0.1, 0.1];
    const drift = changes.map((relative_change, episode_id) => ({
      ...{ node: 'few', role: 'test', k: 5, steps: 10, episode_id, relative_change },
    }));
    const quartiles = [1, 2, 3] as const;
    const [histogram, tensors] = driftFigures(drift, [
      {
        ...{ node: 'few', role: 'test', k: 5, steps: 10, tensor: 'fc.bias', norm_before: 50 },
        ...{ norm_after: quartiles, norm_of_change: quartiles, episodes: 6 },
      },
    ]);
    const rows = histogram?.data.rows as [number, number, number][];
    expect(rows.reduce((sum, [, , episodes]) => sum + episodes, 0)).toBe(6);
    for (const [index, [from, to, episodes]] of rows.entries()) {
      const isLast = index === rows.length - 1;
      const inside = changes.filter((one) => 100 * one >= from - 1e-9 && (100 * one < to - 1e-9 || isLast));
      expect(inside.length, `${from}`).toBe(episodes);
    }
    expect(histogram?.caption).toContain('median, 3.50 %');
    expect(tensors?.data.rows).toEqual([['fc.bias', 2, 4, 6]]);
  });

  it('have bars of a round width', () => {
    expect([0.013, 0.02, 3, 700, 0].map(niceWidth)).toEqual([0.02, 0.02, 5, 1000, 1]);
  });

  it('have names of their own, on file systems that do not tell capitals too', () => {
    const [figure] = heatMapFigures(settingGroups([], sweep, []));
    if (figure === undefined) throw new Error('no figure');
    const ids = withUniqueIds([figure, { ...figure, id: figure.id.toUpperCase() }, figure]).map(
      ({ id }) => id,
    );
    expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(3);
  });

  it('are drawn of models, metrics and steps whose names are words of JavaScript or of Vega', async () => {
    for (const name of [...Object.getOwnPropertyNames(Object.prototype), 'if', 'datum', 'null']) {
      const named = (model: string, value: number, baseline: string | null): SummaryRow => {
        const { metrics, ...row } = summary(model, {}, value, null);
        return { ...row, baseline, metrics: Object.fromEntries([[name, Object.values(metrics)[0]!]]) };
      };
      const [figure] = comparisonFigures([named(name, 0.4, null), named('b', 0.5, null)]);
      const [drawn] = await drawFigures(figure === undefined ? [] : [figure]);
      const texts = [...(drawn?.svg ?? '').matchAll(/<text[^>]*>([^<]*)</g)].map(([, text = '']) =>
        text.replace('\u200B', ''),
      );
      expect(texts.filter((text) => text === name).length, name).toBe(2);
      expect(figure && (await drawPdf(figure, 3.3)).length).toBeGreaterThan(0);
    }
  });

  it('are drawn to the same bytes twice, as SVG that holds its text safely and as PNG', async () => {
    const evil = '<script>alert(1)</script>';
    const figures = comparisonFigures([summary('gru', {}, 0.4, null), summary(evil, {}, 0.5, 'no')]);
    const [first] = await drawFigures(figures);
    const [known] = await drawFigures(
      figures.map((figure) => ({ ...figure, id: 'other', caption: 'other' })),
    );
    // What was drawn is not drawn again, whatever it is called.
    expect(known?.png).toBe(first?.png);
    expect(known).toMatchObject({ id: 'other', caption: 'other' });
    vi.resetModules();
    const again = await import('../../../src/report/html/figures/draw-figures.js');
    const [second] = await again.drawFigures(figures);
    expect(second?.png).not.toBe(first?.png);
    expect(first?.svg).toBe(second?.svg);
    expect(Buffer.from(first?.png ?? []).equals(Buffer.from(second?.png ?? []))).toBe(true);
    expect(first?.svg).toContain('&lt;script&gt;');
    expect(first?.svg).not.toContain('<script');
    expect(
      Buffer.from(first?.png ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(first?.svg).not.toMatch(/NaN|undefined/);
  });

  it('are drawn for print as wide as asked for, of vectors and with their text as text', async () => {
    const [figure] = comparisonFigures([summary('gru', {}, 0.4, null), summary('own', {}, 0.5, 'no')]);
    if (figure === undefined) throw new Error('no figure');
    for (const [inches, points] of [
      [3.3, 238],
      [6.9, 497],
    ] as const) {
      const pdf = Buffer.from(await drawPdf(figure, inches));
      expect(pdf.equals(Buffer.from(await drawPdf(figure, inches)))).toBe(true);
      const text = pdf.toString('latin1');
      // Pages have whole points.
      expect(text).toContain(`/MediaBox [0 0 ${points} `);
      expect(text).toContain('/ToUnicode');
      expect(text).toContain('/FontFile2');
      expect(text).not.toMatch(/\/Subtype ?\/Image/);
    }
  });
});
