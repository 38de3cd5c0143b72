import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { FailureError } from '../../../src/base/failure.js';
import type { PairSet } from '../../../src/data/pair-set.js';
import type { Engine, MetaGradient, MetaHyper } from '../../../src/engines/engine.js';
import { takeProcess } from '../../../src/engines/torch/torch-process.js';
import { isLayerRates, ratesOfStep } from '../../../src/model/layer-rates.js';
import { torch2Python } from '../../support/torch-python.js';
import { arbitraryTask, pairSet } from '../arbitrary-tasks.js';
import { finiteDifferences, relativeError } from '../numeric.js';
import { items, lineOf, open, shapeOf } from './open-module.js';

const { skip, path, python } = torch2Python();
const tasks = fc.sample(arbitraryTask(items), { numRuns: 3, seed: 3 });

/** The meta-loss of a task by its definition, with the engine's own inner gradients. */
async function metaLoss(engine: Engine, start: Float64Array, hyper: MetaHyper): Promise<number> {
  const { innerRates, innerSteps, stepWeights, lambdaResidual } = hyper;
  const tensors = engine.module?.layout.tensors ?? [];
  let sum = 0;
  for (const { support, query } of tasks) {
    sum += lambdaResidual * (await engine.lossGradient(start, query)).loss;
    let at = start;
    for (let step = 0; step < innerSteps; step++) {
      const { gradient } = await engine.lossGradient(at, support);
      const each = isLayerRates(innerRates) ? ratesOfStep(tensors, innerRates, step) : innerRates;
      const rate = (i: number) => (typeof each === 'number' ? each : (each[i] ?? Number.NaN));
      at = at.map((value, i) => value - rate(i) * (gradient[i] ?? Number.NaN));
      const weight = stepWeights?.[step] ?? (step === innerSteps - 1 ? 1 : 0);
      if (weight !== 0) sum += (1 - lambdaResidual) * weight * (await engine.lossGradient(at, query)).loss;
    }
  }
  return sum / tasks.length;
}

/** As lists of prefix and label. */
function listed({ items: all, offsets, labels }: PairSet): [number[], number][] {
  return Array.from(labels, (label, i) => [[...all.subarray(offsets[i], offsets[i + 1])], label]);
}

beforeAll(() => {
  vi.stubEnv('PATH', path);
});

describe.skipIf(skip)('a module of the user’s', () => {
  it.each(['Recurrent', 'Attentive', 'Averaged', 'Scaled'])(
    'has the gradients of finite differences at first and second order, as %s',
    { timeout: 60_000 },
    async (className) => {
      const { engine, parameters, layout } = await open(className);
      expect(layout.parameterCount).toBe(parameters.length);
      const embedding = layout.tensors.find(({ name }) => name === 'embedding.weight');
      // The row of what pads is 0 and has no gradient, whatever would follow from another one.
      const padding = (embedding?.offset ?? 0) + items * (embedding?.shape[1] ?? 0);
      const isPadding = (i: number) => i >= padding && i < padding + (embedding?.shape[1] ?? 0);
      // In some directions: all of them would take a call for each parameter.
      const directions = Array.from({ length: 4 }, (_, d) =>
        parameters.map((__, i) => (isPadding(i) ? 0 : Math.sin(1 + i * (d + 1)) / 10)),
      );
      const slopes = async (loss: (at: Float64Array) => Promise<number> | number) =>
        await finiteDifferences(
          (weights) =>
            loss(
              parameters.map((value, i) =>
                directions.reduce((sum, own, d) => sum + (weights[d] ?? 0) * (own[i] ?? 0), value),
              ),
            ),
          new Float64Array(directions.length),
        );
      const along = (gradient: ArrayLike<number>) =>
        directions.map((own) => own.reduce((sum, value, i) => sum + value * (gradient[i] ?? Number.NaN), 0));
      const [pairs] = tasks.map(({ query }) => query);
      if (pairs === undefined) throw new Error('no task was drawn');
      const { gradient } = await engine.lossGradient(parameters, pairs);
      const expected = await slopes(async (at) => (await engine.lossGradient(at, pairs)).loss);
      expect(relativeError(Float64Array.from(along(gradient)), expected)).toBeLessThan(1e-6);

      const innerRates = parameters.map((_, i) => 0.1 + (i % 5) / 20);
      const hyper = { innerRates, innerSteps: 2, lambdaResidual: 0.1, secondOrder: true };
      const meta = await engine.metaGradient(parameters, tasks, hyper);
      expect(meta.loss).toBeCloseTo(await metaLoss(engine, parameters, hyper), 10);
      const metaExpected = await slopes((at) => metaLoss(engine, at, hyper));
      expect(relativeError(Float64Array.from(along(meta.gradient)), metaExpected)).toBeLessThan(1e-6);

      // Losses after every step, and a rate for each step and tensor.
      const rates = Float64Array.from({ length: 2 * layout.tensors.length }, (_, i) => 0.1 + (i % 7) / 20);
      const byLayer = {
        innerRates: { steps: 2, rates },
        innerSteps: 2,
        stepWeights: [0.4, 0.6],
        lambdaResidual: 0.1,
        secondOrder: true,
        learnRates: true,
      };
      const layered = await engine.metaGradient(parameters, tasks, byLayer);
      expect(layered.loss).toBeCloseTo(await metaLoss(engine, parameters, byLayer), 10);
      const layeredExpected = await slopes((at) => metaLoss(engine, at, byLayer));
      expect(relativeError(Float64Array.from(along(layered.gradient)), layeredExpected)).toBeLessThan(1e-6);
      const [slope] = await finiteDifferences(
        ([by = 0]) =>
          metaLoss(engine, parameters, {
            ...byLayer,
            innerRates: { steps: 2, rates: rates.map((rate, i) => rate + by * Math.sin(i)) },
          }),
        new Float64Array(1),
      );
      const found = [...(layered.rateGradient ?? [])].reduce((sum, value, i) => sum + value * Math.sin(i), 0);
      expect(found).toBeCloseTo(slope ?? Number.NaN, 6);
      await engine.close();
    },
  );

  it('has a head by a pattern of names, ranks, and moves by its inner rates', async () => {
    const { engine, parameters, layout } = await open('Averaged', { head: ['layers.2.*'] });
    expect(layout.head).toEqual(['layers.2.weight', 'layers.2.bias']);
    const rates = new Float64Array(parameters.length);
    for (const { name, offset, size } of layout.tensors) {
      if (layout.head.includes(name)) rates.fill(0.5, offset, offset + size);
    }
    const { ranks, drift } = await engine.adaptAndRank(parameters, tasks, {
      innerRates: rates,
      steps: [0, 2],
    });
    expect(ranks.flat().map((own) => own.length)).toEqual(
      [0, 1].flatMap(() => tasks.map(({ query }) => query.labels.length)),
    );
    for (const own of ranks.flat(2)) for (const rank of own) expect(rank).toBeGreaterThan(0);
    const moved = drift[1]?.[0]?.filter(({ normOfChange }) => normOfChange > 0).map(({ tensor }) => tensor);
    expect(moved).toEqual(layout.head);
    await engine.close();
  });

  it('adapts and moves a parameter that is a single number, by a rate of its own', async () => {
    const { engine, parameters, layout } = await open('Scaled');
    const scale = layout.tensors.find(({ name }) => name === 'scale');
    expect(scale).toMatchObject({ shape: [], size: 1 });
    const innerRates = new Float64Array(parameters.length);
    innerRates[scale?.offset ?? Number.NaN] = 0.5;
    const { drift } = await engine.adaptAndRank(parameters, tasks, { innerRates, steps: [1] });
    const support = tasks[0]?.support ?? pairSet([]);
    const { gradient } = await engine.lossGradient(parameters, support);
    const byRate = 0.5 * (gradient[scale?.offset ?? Number.NaN] ?? Number.NaN);
    const moved = drift[0]?.[0]?.filter(({ normOfChange }) => normOfChange > 0);
    expect(moved).toEqual([
      {
        tensor: 'scale',
        normBefore: expect.closeTo(0.7, 6),
        normAfter: expect.closeTo(Math.abs(0.7 - byRate), 6),
        normOfChange: expect.closeTo(Math.abs(byRate), 10),
      },
    ]);
    await engine.close();
  });

  it('has its name, the call and the parameter in what is told of a fault of kshot’s, once', async () => {
    const process = takeProcess(python);
    const lines: string[] = [];
    process.log = (line) => lines.push(line);
    const { folder, options, seed } = shapeOf('Averaged');
    await process.call({
      ...{ call: 'open', dtype: 'float64', device: 'cpu', threads: 1, second_order: false },
      module: { items, folder, file: 'models.py', name: 'Averaged', options, seed },
    });
    // Shorter than the second of its parameters needs.
    const short = { parameters: new Float64Array((items + 1) * 4 + 3) };
    const failure = await process.call({ call: 'loss_gradient', parameters: 'digest' }, short).then(
      () => undefined,
      (error: FailureError) => error.failure,
    );
    expect(failure).toMatchObject({
      reason: 'bug',
      message: expect.stringMatching(
        /^the engine torch failed: loss_gradient of models\.py:Averaged, at the parameter layers\.0\.weight \[4, 4\]: RuntimeError: /,
      ),
      details: expect.arrayContaining([expect.stringContaining('kshot_torch.py')]),
    });
    expect(lines.filter((line) => line.includes('Traceback'))).toEqual([]);
    process.end();
  });

  it('has the meta-gradients of a plain script with create_graph, in ANIL and in Meta-SGD, to 1e-9', async () => {
    const heads = { Recurrent: 'output.*', Attentive: 'output.*', Averaged: 'layers.2.*' };
    const cases = Object.entries(heads).flatMap(([className, head]) =>
      [true, false].flatMap((secondOrder) => [
        { className, secondOrder, head: [head] },
        { className, secondOrder },
      ]),
    );
    const ours: MetaGradient[] = [];
    const asked: object[] = [];
    for (const { className, secondOrder, head } of cases) {
      const { engine, parameters, layout } = await open(className, { ...(head && { head }), secondOrder });
      // As maml.train has it: ANIL keeps all but the head where it is by a rate of 0.
      const rateAt = (i: number) => 0.1 + (i % 7) / 20;
      const isMoving = (name: string) => head === undefined || layout.head.includes(name);
      const innerRates = new Float64Array(parameters.length);
      for (const { name, offset, size } of layout.tensors) {
        for (let i = offset; i < offset + size; i++) {
          innerRates[i] = head === undefined ? rateAt(i) : isMoving(name) ? 0.3 : 0;
        }
      }
      const hyper = { innerRates, innerSteps: 3, lambdaResidual: 0.1, secondOrder };
      ours.push(await engine.metaGradient(parameters, tasks, { ...hyper, learnRates: head === undefined }));
      asked.push({
        class: className,
        parameters: [...parameters],
        head: head === undefined ? null : layout.head,
        rates: head === undefined ? [...innerRates] : 0.3,
        steps: hyper.innerSteps,
        lambda_residual: hyper.lambdaResidual,
        second_order: secondOrder,
        tasks: tasks.map(({ support, query }) => ({ support: listed(support), query: listed(query) })),
        items,
      });
      await engine.close();
    }
    const script = fileURLToPath(new URL('./meta_gradients.py', import.meta.url));
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const peer = spawnSync(python, [script], { input: JSON.stringify(asked), encoding: 'utf8', env });
    expect(peer.stderr).toBe('');
    const theirs = JSON.parse(peer.stdout) as { loss: number; gradient: number[]; rate_gradient: number[] }[];
    expect(theirs.length).toBe(cases.length);
    for (const [index, { loss, gradient, rate_gradient: byRates }] of theirs.entries()) {
      const own = ours[index];
      const errorOf = (found: ArrayLike<number> = [], expected: number[] = []) =>
        relativeError(Float64Array.from(found), Float64Array.from(expected));
      expect(own?.loss).toBeCloseTo(loss, 12);
      const said = JSON.stringify(cases[index]);
      expect(errorOf(own?.gradient, gradient), said).toBeLessThan(1e-9);
      if (cases[index]?.head === undefined)
        expect(errorOf(own?.rateGradient, byRates), said).toBeLessThan(1e-9);
    }
  });

  it.each([
    { className: 'Attentive', options: { dropout: 0.5 } },
    { className: 'Chancy', options: {} },
  ])(
    'drops out by the seed of the iteration alone, and not in evaluation: %o',
    async ({ className, options }) => {
      const { engine, parameters } = await open(className, { options });
      const pairs = pairSet([{ prefix: [1, 2, 3], label: 4 }]);
      const lossAt = async (seed?: number) => (await engine.lossGradient(parameters, pairs, seed)).loss;
      const [one, again, other] = [await lossAt(1), await lossAt(1), await lossAt(2)];
      expect(again).toBe(one);
      expect(other).not.toBe(one);
      expect(await lossAt()).toBe(await lossAt());
      await engine.close();
    },
  );

  it.each([
    ['WrongShape', 'forward gives [3, 4], and is to give scores [B, items], here [3, 6]'],
    ['NotFinite', 'a score is NaN or infinite'],
    ['Normalized', 'the buffer batch.running_mean changes while it trains'],
    ['AlwaysDropping', 'dropout is on in evaluation'],
    ['Unused', 'the parameter spare.weight gets no gradient'],
    ['SeesPadding', 'change with how much padding follows it'],
    ['OnceDifferentiable', 'an operation has no second derivative'],
    ['Detached', 'forward detaches them'],
    ['Whole', 'forward gives numbers of torch.int64'],
  ])('that is %s is refused at the line of its forward', async (className, said) => {
    await expect(open(className)).rejects.toThrow(`models.py, line ${lineOf(className)}: `);
    await expect(open(className)).rejects.toThrow(said);
  });

  it('that raises, or is not there, is refused at its own line', async () => {
    await expect(open('Raising')).rejects.toThrow(
      `models.py, line ${lineOf('Raising', 'raise')}: ValueError: no such layer`,
    );
    await expect(open('Missing')).rejects.toThrow(
      'models.py: there is no Missing in it; it has Recurrent, Attentive, Averaged, Scaled',
    );
    await expect(open('Averaged', { options: { sise: 3 } })).rejects.toThrow(
      /models\.py.*: TypeError: .*unexpected keyword argument 'sise'/,
    );
    const { failure } = (await open('Averaged', { head: ['nothing.*'] }).catch(
      (error: unknown) => error,
    )) as FailureError;
    expect(failure).toMatchObject({
      reason: 'invalid-value',
      hint: expect.stringContaining('layers.2.bias'),
    });
  });
});
