import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { readEpisodes } from '../../../src/data/read-episodes.js';
import { evalFewShot } from '../../../src/kinds/evaluate/eval-few-shot.js';
import { evalZeroShot } from '../../../src/kinds/evaluate/eval-zero-shot.js';
import type { Kind } from '../../../src/kinds/kind.js';
import { mamlTrain } from '../../../src/kinds/train/maml-train.js';
import { supervisedTrain } from '../../../src/kinds/train/supervised-train.js';
import { adam } from '../../../src/learning/adam.js';
import { readTrainingState } from '../../../src/learning/training-state.js';
import { gru } from '../../../src/model/gru/gru.js';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { parameterLayout } from '../../../src/model/gru/parameter-layout.js';
import { scopeFactors } from '../../../src/model/inner-rates.js';
import { type Model, readModel, writeModel } from '../../../src/model/model-file.js';
import { pairSet } from '../../engines/arbitrary-tasks.js';
import { plainRanks } from '../../engines/plain-model.js';
import { canonicalOf, type Inputs, kindContext } from '../../support/kind-context.js';
import { failureOf, rowsOf } from '../../support/run-kind.js';
import { type SplitFiles, writeSmallSplit } from '../../support/small-episodes.js';

const shape = { items: 11, embedding: 5, hidden: 6 };
const training = {
  inner_lr: 0.2,
  inner_steps: 3,
  outer_lr: 0.02,
  lambda_residual: 0.1,
  second_order: true,
  meta_batch_size: 4,
  clip_norm: 10,
  embedding_size: shape.embedding,
  hidden_size: shape.hidden,
  max_prefix_length: 50,
  seed: 7,
};

let folder = '';
let train: SplitFiles;
let runs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-variants-'));
  train = await writeSmallSplit(folder, { users: 8, items: shape.items });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function runKind(
  kind: Kind,
  parameters: JsonObject,
  inputs: { readonly [port: string]: Inputs },
): Promise<(output: string) => string> {
  runs += 1;
  const own = join(folder, `run-${runs}`);
  const context = kindContext({
    folder: own,
    parameters: canonicalOf(kind, parameters),
    inputs,
  });
  await (await kind.load()).run(context);
  return (output) => join(own, output);
}

const trainFor = async (
  end: number,
  variant: JsonObject,
  inputs: { readonly [port: string]: Inputs } = {},
  start = 0,
) => await runKind(mamlTrain, { ...training, ...variant, start, end }, { train, ...inputs });

const modelAt = (path: string): Model => readModel(readFileSync(path), path);

/** The losses of training, iteration by iteration. */
async function lossesOf(path: (output: string) => string): Promise<number[]> {
  return (await rowsOf(path('history'))).map((row) => row['loss'] as number);
}

const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;

function modelFile(model: Model): string {
  runs += 1;
  const path = join(folder, `model-${runs}.safetensors`);
  writeFileSync(path, writeModel(model));
  return path;
}

const fewShot = async (model: string, given: JsonObject) =>
  await rowsOf(
    (await runKind(evalFewShot, { max_prefix_length: 50, steps: [3], ...given }, { model, episodes: train }))(
      'ranks',
    ),
  );

describe('every variant of maml.train', () => {
  it.each([
    ['first order', { second_order: false }],
    ['head only', { adapt: 'head' }],
    ['learned rates', { learn_rates: true }],
    ['learned rates of the head', { learn_rates: true, adapt: 'head' }],
    ['an embedding of padding', { padding_idx: 0 }],
    ['no residual', { lambda_residual: 0 }],
    ['losses after every step', { step_loss_iterations: 20 }],
    ['learned rates of each step and layer', { learn_rates: 'per_layer' }],
    ['MAML++ of the head', { learn_rates: 'per_layer', step_loss_iterations: 20, adapt: 'head' }],
    ['Reptile', { algorithm: 'reptile' }],
    ['AdamW', { optimizer: 'adamw', weight_decay: 0.1 }],
    ['SGD with momentum', { optimizer: 'sgd', momentum: 0.9, outer_lr: 0.1 }],
  ])('lowers the loss, and ends in the same bytes in two segments: %s', async (_, variant) => {
    const whole = await trainFor(30, variant);
    const losses = await lossesOf(whole);
    expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)) - 0.3);
    const first = await trainFor(12, variant);
    const second = await trainFor(30, variant, { previous: first('state') }, 12);
    for (const output of ['checkpoint', 'state']) {
      expect(readFileSync(second(output))).toEqual(readFileSync(whole(output)));
    }
  });

  it('holds in the key what acts on its optimizer, and nothing else', () => {
    const given = { ...training, momentum: 0.8, weight_decay: 0.3 };
    const acting = (optimizer: string) => {
      const { momentum, weight_decay } = canonicalOf(mamlTrain, { ...given, optimizer });
      return { momentum, weight_decay };
    };
    expect(acting('adam')).toEqual({});
    expect(acting('adamw')).toEqual({ weight_decay: 0.3 });
    expect(acting('sgd')).toEqual({ momentum: 0.8 });
  });
});

describe('maml.train with adapt: head', () => {
  it('trains every tensor in the outer loop, and says in its checkpoint what the inner loop moves', async () => {
    const model = modelAt((await trainFor(3, { adapt: 'head' }))('checkpoint'));
    const start = initialParameters(shape, training.seed);
    for (const { offset, size } of parameterLayout(shape)) {
      expect(model.parameters.slice(offset, offset + size)).not.toEqual(start.slice(offset, offset + size));
    }
    expect(model.innerRateFactors).toEqual(
      scopeFactors(gru.layout(shape), { adapt: 'head', paddingIndex: null }),
    );
  });

  it('is evaluated as it was trained, but where the evaluation says otherwise', async () => {
    const checkpoint = (await trainFor(10, { adapt: 'head' }))('checkpoint');
    const { parameters } = modelAt(checkpoint);
    const plain = modelFile({ layout: gru.layout(shape), parameters });
    const asTrained = await fewShot(checkpoint, { inner_lr: 0.5 });
    const all = await fewShot(plain, { inner_lr: 0.5 });
    expect(asTrained).not.toEqual(all);
    expect(await fewShot(plain, { inner_lr: 0.5, adapt: 'head' })).toEqual(asTrained);
    expect(await fewShot(checkpoint, { inner_lr: 0.5, adapt: 'all' })).toEqual(all);
  });

  it('does not matter to an evaluation without a step', () => {
    const canonical = canonicalOf(evalFewShot, { steps: [0], inner_lr: 0.1, adapt: 'head' });
    expect(Object.keys(canonical)).not.toContain('adapt');
    const stepped = canonicalOf(evalFewShot, { steps: [1], inner_lr: 0.1, adapt: 'head' });
    expect(stepped).toMatchObject({ steps: [1], inner_lr: 0.1, adapt: 'head' });
  });
});

describe('maml.train with learn_rates', () => {
  it('moves the rates from inner_lr on, each its own way, and keeps them in state and checkpoint', async () => {
    const path = await trainFor(20, { learn_rates: true });
    const count = initialParameters(shape, 0).length;
    const state = readTrainingState(readFileSync(path('state')), 'state', adam(training.outer_lr));
    expect(state.parameters).toHaveLength(2 * count);
    const rates = state.parameters.slice(count);
    expect(new Set(rates).size).toBeGreaterThan(count / 2);
    expect(Math.max(...rates)).toBeGreaterThan(training.inner_lr);
    expect(Math.min(...rates)).toBeLessThan(training.inner_lr);
    const model = modelAt(path('checkpoint'));
    expect(model.parameters).toEqual(state.parameters.slice(0, count));
    expect(model.innerRateFactors).toEqual(rates.map((rate) => rate / training.inner_lr));
  });

  it('moves the rates by a whole step of Adam at once, and by no more', async () => {
    const path = await trainFor(1, { learn_rates: true });
    const factors = modelAt(path('checkpoint')).innerRateFactors ?? [];
    const steps = Array.from(factors, (factor) => Math.abs(factor - 1) * training.inner_lr);
    // The first step of Adam is outer_lr long wherever there is a gradient well above its epsilon.
    const moved = steps.filter((step) => step > 0.99 * training.outer_lr);
    expect(moved.length).toBeGreaterThan(steps.length / 4);
    expect(Math.max(...steps)).toBeLessThan(training.outer_lr * 1.0001);
  });

  it('leaves the rates of what does not adapt at 0', async () => {
    const factors =
      modelAt((await trainFor(5, { learn_rates: true, adapt: 'head' }))('checkpoint')).innerRateFactors ?? [];
    const head = parameterLayout(shape).find(({ name }) => name === 'fc.weight')?.offset ?? Number.NaN;
    expect(factors.slice(0, head)).toEqual(new Float64Array(head));
    expect(factors.slice(head).every((factor) => factor !== 0)).toBe(true);
  });

  it('has its rates scaled by the inner_lr of an evaluation', async () => {
    const { parameters } = modelAt((await trainFor(10, {}))('checkpoint'));
    const doubled = new Float64Array(parameters.length).fill(2);
    const plain = modelFile({ layout: gru.layout(shape), parameters });
    const learned = modelFile({ layout: gru.layout(shape), parameters, innerRateFactors: doubled });
    const ranksAt = async (model: string, inner_lr: number) =>
      (await fewShot(model, { inner_lr })).map((row) => row['rank']);
    expect(await ranksAt(learned, 0.25)).toEqual(await ranksAt(plain, 0.5));
    expect(await ranksAt(learned, 0.25)).not.toEqual(await ranksAt(plain, 0.25));
  });
});

describe('maml.train with learn_rates: per_layer', () => {
  it('moves one rate for each step and tensor, and keeps them in state and checkpoint', async () => {
    const path = await trainFor(20, { learn_rates: 'per_layer' });
    const count = initialParameters(shape, 0).length;
    const state = readTrainingState(readFileSync(path('state')), 'state', adam(training.outer_lr));
    const rates = state.parameters.slice(count);
    const tensors = parameterLayout(shape).length;
    expect(rates).toHaveLength(training.inner_steps * tensors);
    expect(new Set(rates).size).toBe(rates.length);
    const { parameters, layerRateFactors, innerRateFactors } = modelAt(path('checkpoint'));
    expect(parameters).toEqual(state.parameters.slice(0, count));
    expect(innerRateFactors).toBeUndefined();
    expect(layerRateFactors).toEqual({
      steps: training.inner_steps,
      rates: rates.map((rate) => rate / training.inner_lr),
    });
  });

  it('leaves the rates of what does not adapt at 0', async () => {
    const path = await trainFor(5, { learn_rates: 'per_layer', adapt: 'head' });
    const { layerRateFactors: { steps, rates } = { steps: 0, rates: [] } } = modelAt(path('checkpoint'));
    expect(steps).toBe(training.inner_steps);
    for (const [index, { name }] of parameterLayout(shape).entries()) {
      const moves = name.startsWith('fc.');
      for (let step = 0; step < steps; step++) {
        expect(rates[step * parameterLayout(shape).length + index] !== 0).toBe(moves);
      }
    }
  });

  it('is evaluated at its rates times inner_lr, but where the evaluation says otherwise', async () => {
    const { parameters } = modelAt((await trainFor(10, {}))('checkpoint'));
    const layout = gru.layout(shape);
    const plain = modelFile({ layout, parameters });
    const rates = new Float64Array(2 * layout.tensors.length).fill(2);
    const learned = modelFile({ layout, parameters, layerRateFactors: { steps: 2, rates } });
    const ranksAt = async (model: string, given: JsonObject) =>
      (await fewShot(model, given)).map((row) => row['rank']);
    expect(await ranksAt(learned, { inner_lr: 0.25 })).toEqual(await ranksAt(plain, { inner_lr: 0.5 }));
    expect(await ranksAt(learned, { inner_lr: 0.25 })).not.toEqual(await ranksAt(plain, { inner_lr: 0.25 }));
    expect(await ranksAt(learned, { inner_lr: 0.25, adapt: 'all' })).toEqual(
      await ranksAt(plain, { inner_lr: 0.25 }),
    );
  });
});

describe('the algorithms of maml.train', () => {
  const objectionsTo = (given: JsonObject) => {
    const parameters = mamlTrain.parameters.complete({ ...training, ...given });
    const objections = mamlTrain.check?.({ parameters, inputNames: ['train'], lengths: {}, facts: {} });
    return (objections ?? []).flatMap(({ path = [] }) => path);
  };

  it('refuses what Reptile has no use for, and a rate of a layer one row of which is frozen', () => {
    expect(objectionsTo({ algorithm: 'reptile' })).toEqual([]);
    expect(objectionsTo({ algorithm: 'reptile', adapt: 'head' })).toEqual(['adapt']);
    expect(objectionsTo({ algorithm: 'reptile', learn_rates: true })).toEqual(['learn_rates']);
    expect(objectionsTo({ algorithm: 'reptile', step_loss_iterations: 5 })).toEqual(['step_loss_iterations']);
    expect(objectionsTo({ learn_rates: 'per_layer', padding_idx: 0 })).toEqual(['learn_rates']);
    expect(objectionsTo({ learn_rates: true, padding_idx: 0 })).toEqual([]);
    expect(objectionsTo({ outer_lr_schedule: 'cosine', outer_lr_min: 1 })).toEqual(['outer_lr_min']);
    expect(objectionsTo({ outer_lr_schedule: 'constant', outer_lr_min: 1 })).toEqual([]);
  });

  it('have in the key what acts on them, and nothing where it is MAML as before', () => {
    const before = canonicalOf(mamlTrain, training);
    expect(Object.keys(before)).not.toContain('algorithm');
    expect(Object.keys(before)).not.toContain('step_loss_iterations');
    expect(Object.keys(before).filter((name) => name.startsWith('outer_lr'))).toEqual(['outer_lr']);
    expect(canonicalOf(mamlTrain, { ...training, outer_lr_min: 0.0001 })).toEqual(before);
    expect(canonicalOf(mamlTrain, { ...training, algorithm: 'maml', step_loss_iterations: 0 })).toEqual(
      before,
    );
    const reptile = canonicalOf(mamlTrain, { ...training, algorithm: 'reptile' });
    expect(
      canonicalOf(mamlTrain, {
        ...training,
        algorithm: 'reptile',
        second_order: false,
        lambda_residual: 0.7,
      }),
    ).toEqual(reptile);
    expect(reptile).toMatchObject({ algorithm: 'reptile' });
  });
});

describe('maml.train from a model at port init', () => {
  it('starts from its parameters, whatever the seed of drawn ones', async () => {
    const parameters = initialParameters(shape, 99);
    const init = modelFile({ layout: gru.layout(shape), parameters });
    const warm = modelAt((await trainFor(1, { outer_lr: 1e-4 }, { init }))('checkpoint'));
    const furthest = Math.max(...warm.parameters.map((value, i) => Math.abs(value - (parameters[i] ?? NaN))));
    expect(furthest).toBeGreaterThan(0);
    // One step of Adam.
    expect(furthest).toBeLessThan(1.001e-4);
  });

  it('refuses a model of other sizes', async () => {
    const other = { ...shape, hidden: 7 };
    const init = modelFile({ layout: gru.layout(other), parameters: initialParameters(other, 1) });
    expect(await failureOf(trainFor(1, {}, { init }))).toMatchObject({
      reason: 'bad-data',
      message:
        'the model at port init has 11 items, embedding_size 5 and hidden_size 7, and this training 11 items, embedding_size 5 and hidden_size 6',
      hint: expect.stringContaining('hidden_size'),
    });
  });
});

describe('maml.train with padding_idx: 0', () => {
  it('keeps the embedding of item 0 at zero, learned rates or not, also from a model that has one', async () => {
    const init = modelFile({ layout: gru.layout(shape), parameters: initialParameters(shape, 5) });
    for (const variant of [{}, { learn_rates: true }]) {
      const model = modelAt((await trainFor(4, { padding_idx: 0, ...variant }, { init }))('checkpoint'));
      const { embedding } = shape;
      expect(model.parameters.slice(0, embedding)).toEqual(new Float64Array(embedding));
      expect(model.innerRateFactors?.slice(0, embedding)).toEqual(new Float64Array(embedding));
      expect(model.parameters.slice(embedding, 2 * embedding)).not.toContain(0);
      expect(model.innerRateFactors?.slice(embedding)).not.toContain(0);
    }
  });
});

describe('supervised.train with padding_idx: 0', () => {
  it('keeps the embedding of item 0 at zero, and trains the rest', async () => {
    const given = { learning_rate: 0.01, batch_size: 8, embedding_size: 5, hidden_size: 6, seed: 3 };
    const checkpoint = async (padding_idx: 0 | null) => {
      const parameters = { ...given, max_prefix_length: 50, padding_idx, epoch: 1 };
      return modelAt((await runKind(supervisedTrain, parameters, { train }))('checkpoint'));
    };
    const { embedding } = shape;
    const padded = await checkpoint(0);
    expect(padded.parameters.slice(0, embedding)).toEqual(new Float64Array(embedding));
    expect(padded.innerRateFactors).toEqual(
      scopeFactors(gru.layout(shape), { adapt: 'all', paddingIndex: 0 }),
    );
    const drawn = initialParameters(shape, 3);
    expect(padded.parameters.slice(embedding, 2 * embedding)).not.toEqual(
      drawn.slice(embedding, 2 * embedding),
    );
    const plain = await checkpoint(null);
    expect(plain.parameters.slice(0, embedding)).not.toContain(0);
    expect(plain.innerRateFactors).toBeUndefined();
  });
});

describe('eval.zero_shot with pad_to', () => {
  it('ranks as a model does whose prefixes end in items 0', async () => {
    const model = modelFile({ layout: gru.layout(shape), parameters: initialParameters(shape, 3) });
    const ranks = async (given: JsonObject) => {
      const path = await runKind(
        evalZeroShot,
        { max_prefix_length: 50, ...given },
        { model, episodes: train },
      );
      return await rowsOf(path('ranks'), 'episode_id, pair_id, rank');
    };
    const plain = await ranks({});
    expect(await ranks({ pad_to: 1 })).toEqual(plain);
    expect(await ranks({ pad_to: null })).toEqual(plain);
    const padded = await ranks({ pad_to: 10 });
    expect(padded).not.toEqual(plain);

    const set = await readEpisodes(train, { threads: 1, maxPrefixLength: 50 });
    const expected = set.episodes.flatMap((episode) =>
      Array.from(episode.query, (pair) => {
        const prefix = [...set.pairs.items.subarray(set.pairs.offsets[pair], set.pairs.offsets[pair + 1])];
        const zeros = new Array<number>(10 - prefix.length).fill(0);
        const label = set.pairs.labels[pair] ?? Number.NaN;
        const query = pairSet([{ prefix: [...prefix, ...zeros], label }]);
        const [rank] = plainRanks(shape, initialParameters(shape, 3), query);
        return { episode_id: episode.episodeId, pair_id: set.pairIds[pair], rank };
      }),
    );
    expect(padded).toEqual(expected);
  });
});
