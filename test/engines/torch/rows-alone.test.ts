import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { torch2Python } from '../../support/torch-python.js';
import { pairSet } from '../arbitrary-tasks.js';
import { items, lineOf, open } from './open-module.js';

const { skip, path } = torch2Python();
const examples = fileURLToPath(new URL('../../../examples/own-model/models', import.meta.url));

/** The prefixes of sessions of so many items, and what came next. */
const taskOf = (sessions: number, length: number) => {
  const pairs = Array.from({ length: sessions }, (_, session) =>
    Array.from({ length }, (__, at) => ({
      prefix: Array.from({ length: at + 1 }, (___, place) => (session + place) % items),
      label: (session + at + 1) % items,
    })),
  ).flat();
  return { support: pairSet(pairs.slice(0, 1)), query: pairSet(pairs) };
};

beforeAll(() => {
  vi.stubEnv('PATH', path);
});

describe.skipIf(skip)('a module of the user’s scores each row of a batch by itself', () => {
  const withOthers = 'change with the other rows of its batch';
  it.each([
    ['Cheating', `${withOthers};`],
    ['CheatingInTraining', `${withOthers} in training;`],
    ['Remembering', `${withOthers};`],
    ['Centred', `${withOthers};`],
    ['CentredBehindZero', `${withOthers};`],
    ['BatchStatistics', `${withOthers};`],
    ['ShiftedInBatches', 'alone are others than in a batch;'],
  ])('else it is refused at its forward, with what to do, as %s', async (className, said) => {
    await expect(open(className)).rejects.toThrow(
      `models.py, line ${lineOf(className)}: the scores of a prefix ${said} ` +
        'forward is to score each row by itself: nothing over the rows of a batch and nothing kept from earlier ones, ' +
        'LayerNorm or GroupNorm over the features in the place of BatchNorm',
    );
  });

  it('is told of GroupNorm and LayerNorm, and of no statistics of the batch, where buffers change', async () => {
    await expect(open('Normalized')).rejects.toThrow('use LayerNorm, or GroupNorm over the features');
    await expect(open('Normalized')).rejects.not.toThrow('track_running_stats');
  });

  it('is held to it on real queries in evaluation, where a few made-up rows did not show it', async () => {
    const { engine, parameters } = await open('CheatingInLargeBatches');
    const rank = async (sessions: number) =>
      await engine.adaptAndRank(parameters, [taskOf(sessions, 3)], { innerRates: 0.1, steps: [0, 1] });
    await rank(1);
    await expect(rank(3)).rejects.toMatchObject({
      failure: {
        reason: 'step-failed',
        message: expect.stringContaining(
          `models.py, line ${lineOf('CheatingInLargeBatches')}: the scores of a query change with the other queries of its episode`,
        ),
        hint: expect.stringContaining('docs/own-model.md'),
      },
    });
    await engine.close();
  });

  it.each([
    ['Recurrent', {}],
    ['Attentive', { options: { dropout: 0.5 } }],
    ['Scaled', {}],
    ['Chancy', {}],
    ['Grouped', {}],
    ['Large', { items: 3000 }],
    ['Averaged', { items: 1 }],
    ['Averaged', { items: 2 }],
    ['Averaged', { folder: examples, file: 'averaged.py', items: 300 }],
    ['Attentive', { folder: examples, file: 'attentive.py', items: 300 }],
  ])('and is taken where it does, in float32 and batches of any size, as %s %o', async (className, rest) => {
    const { engine, parameters } = await open(className, { secondOrder: false, ...rest }, 'float32');
    if (!('items' in rest) || rest.items > items) {
      for (const sessions of [1, 2, 5, 17, 100]) {
        const tasks = [taskOf(sessions, 4), taskOf(1, 1)];
        const { ranks } = await engine.adaptAndRank(parameters, tasks, { innerRates: 0.1, steps: [0, 2] });
        expect(ranks[1]?.map((own) => own.length)).toEqual([4 * sessions, 1]);
      }
    }
    await engine.close();
  });
});
