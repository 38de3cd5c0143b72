import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../src/pipeline/load-pipeline.js';
import { projectOf } from '../../run/support/run-pipeline.js';

const data = `
  data: { kind: data.synthetic, with: { users: 60, items: 20, seed: 1, repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: data } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.5, val: 0.25, seed: 1 } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 2, q: 2 } }
`;

/** The graph of a pipeline with these steps, or what is said against it. */
async function load(steps: string) {
  const { root } = projectOf(`${data}${steps}`);
  return await loadPipeline({ root, file: 'pipelines/test.yaml' });
}

async function rolesOf(steps: string, node: string): Promise<readonly string[] | undefined> {
  const graph = await load(steps);
  if (!graph.ok) throw new Error(JSON.stringify(graph.failure));
  const found = graph.value.nodes.find(({ id }) => id === node);
  return Object.values(found?.roles ?? {})[0];
}

async function failureOf(steps: string) {
  const graph = await load(steps);
  return graph.ok ? undefined : graph.failure[0];
}

const program = (outputs: string, more = '') =>
  `  mine: { kind: command, in: { train: episodes.train, test: episodes.test }, with: { argv: [x], outputs: { ${outputs} }${more} } }\n`;

describe('an output of a program', () => {
  it('is of the splits of all inputs, also where it is typed', async () => {
    expect(await rolesOf(program('m: { path: m.json, as: metrics }'), 'mine/m')).toEqual(['train', 'test']);
  });

  it('is of those that it says it was computed from, and of the split that it says it is, too', async () => {
    const from = program('m: { path: m.json, as: metrics, from: [train] }');
    expect(await rolesOf(from, 'mine/m')).toEqual(['train']);
    const of = program('m: { path: m.json, as: metrics, from: [train], role: val }');
    expect(await rolesOf(of, 'mine/m')).toEqual(['train', 'val']);
    expect(await rolesOf(program('m: { path: m, role: val }'), 'mine')).toEqual(['train', 'val', 'test']);
    expect(await failureOf(program('m: { path: m, from: [trian] }'))).toMatchObject({
      message: 'outputs.m: from names trian, which is no input of the step',
      hint: expect.stringContaining('train'),
    });
  });

  it('is nothing to choose by where it is of test data, and the path is told', async () => {
    const select = '  best: { kind: select, in: { rows: mine.m }, with: { metric: a, mode: max } }\n';
    expect(await failureOf(`${program('m: { path: m.json, as: metrics }')}${select}`)).toMatchObject({
      reason: 'test-leak',
      details: ['split.test -> episodes.test.pairs -> mine.m -> best.rows'],
    });
    const narrow = await load(`${program('m: { path: m.json, as: metrics, from: [train] }')}${select}`);
    expect(narrow.ok).toBe(true);
    expect(await failureOf(program('m: m', ', chooses: true'))).toMatchObject({ reason: 'test-leak' });
  });

  it('that is a model makes its program one that learns, as `learns` does, and test data is refused', async () => {
    const learns = { reason: 'test-leak', message: expect.stringContaining('mine learns from test') };
    expect(await failureOf(program('m: m', ', learns: true'))).toMatchObject(learns);
    expect(await failureOf(program('m: { path: m.safetensors, as: model }'))).toMatchObject(learns);
    const claimed = await load(program('m: { path: m.safetensors, as: model, from: [train] }'));
    expect(claimed.ok).toBe(true);
    expect((await load(program('m: m'))).ok).toBe(true);
  });

  it('that holds ranks is of the episodes that were ranked, which it wants', async () => {
    const ranks = 'r: { path: r.csv, as: ranks, from: [train] }';
    expect(await failureOf(program(ranks))).toMatchObject({
      reason: 'missing-input',
      message: 'outputs.r wants episodes, and several inputs hold some: train, test',
      hint: 'say which: episodes: train, or episodes: test',
    });
    const told = program('r: { path: r.csv, as: ranks, from: [train], episodes: test }');
    expect(await rolesOf(told, 'mine/metrics')).toEqual(['train', 'test']);
    expect(
      await failureOf(
        '  mine: { kind: command, with: { argv: [x], outputs: { r: { path: r, as: ranks } } } }\n',
      ),
    ).toMatchObject({
      message: 'outputs.r wants episodes, and no input of the step holds episodes',
      hint: 'add in: { episodes: STEP.PORT }',
    });
  });

  it('that is a folder is one thing, which no reader takes', async () => {
    expect(await failureOf(program('m: { path: out/, as: metrics }'))).toMatchObject({
      message: 'outputs.m: out/ is a folder, and metrics is one file: take the slash out, or as: metrics',
    });
    expect((await failureOf(program('m: out/, n: out/n.txt')))?.message).toContain('the place of outputs.m');
  });
});
