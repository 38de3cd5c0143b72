import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { build } from 'esbuild';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PairSet } from '../../../src/data/pair-set.js';
import { createEngine as createReference } from '../../../src/engines/reference/reference-engine.js';
import { createEngine as createTfjs } from '../../../src/engines/tfjs/tfjs-cpu-engine.js';
import type { GruShape } from '../../../src/model/gru/gru-shape.js';
import { parameterLayout } from '../../../src/model/gru/parameter-layout.js';
import { arbitraryTask, randomParameters } from '../arbitrary-tasks.js';
import { relativeError } from '../numeric.js';

const shape = { items: 7, embedding: 3, hidden: 5 };
const [task] = fc.sample(arbitraryTask(shape.items), { numRuns: 1, seed: 20260107 });
if (task === undefined) throw new Error('no task was drawn');
const parameters = Float32Array.from(randomParameters(shape, 3));
const hyper = { innerRates: 0.3, innerSteps: 2, lambdaResidual: 0, secondOrder: true };

/**
 * TensorFlow.js' autodiff is silently wrong at second order: operations that keep their outputs for the backward pass
 * (sigmoid, tanh, exp) count as constants when that pass is differentiated. This is why the engine's gradients and
 * Hessian-vector products are written out. Should these tests fail after an update of the library, it has been mended.
 */
describe("TensorFlow.js' own automatic differentiation", () => {
  beforeAll(async () => {
    await registerDerivatives();
    // Sets the backend up, too.
    await (await createTfjs({ shape, threads: 1 })).close();
  });

  it('gives a right gradient of this model', async () => {
    const found = tf.grad(lossOf(shape, task.query))(tf.tensor1d(parameters));
    const reference = await createReference({ shape, threads: 1 });
    const { gradient } = await reference.lossGradient(parameters, task.query);
    expect(relativeError(Float32Array.from(await found.data()), gradient)).toBeLessThan(1e-5);
  });

  it('gives a wrong second-order meta-gradient without a word, where the engine gives a right one', async () => {
    const reference = await createReference({ shape, threads: 1 });
    const expected = (await reference.metaGradient(parameters, [task], hyper)).gradient;
    const firstOrder = (await reference.metaGradient(parameters, [task], { ...hyper, secondOrder: false }))
      .gradient;
    const engine = await createTfjs({ shape, threads: 1 });
    const ours = (await engine.metaGradient(parameters, [task], hyper)).gradient;
    await engine.close();
    const support = tf.grad(lossOf(shape, task.support));
    const query = lossOf(shape, task.query);
    const metaLoss = (theta: tf.Tensor): tf.Scalar => {
      let adapted = theta;
      for (let step = 0; step < hyper.innerSteps; step++) {
        adapted = tf.sub(adapted, tf.mul(support(adapted), hyper.innerRates));
      }
      return query(adapted);
    };
    const theirs = Float32Array.from(await tf.grad(metaLoss)(tf.tensor1d(parameters)).data());
    expect(relativeError(ours, expected)).toBeLessThan(1e-5);
    // It does go back through the inner gradients, so it is not the first-order gradient either.
    expect(relativeError(theirs, firstOrder)).toBeGreaterThan(0.01);
    expect(relativeError(theirs, expected)).toBeGreaterThan(0.1);
  });

  // Of x f(x), whose second derivative is 2 f' + x f''.
  it.each([
    {
      name: 'sigmoid',
      operation: tf.sigmoid,
      first: (x: number) => sigmoid(x) * (1 - sigmoid(x)),
      second: (x: number) => sigmoid(x) * (1 - sigmoid(x)) * (1 - 2 * sigmoid(x)),
    },
    {
      name: 'tanh',
      operation: tf.tanh,
      first: (x: number) => 1 - Math.tanh(x) ** 2,
      second: (x: number) => -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2),
    },
    { name: 'exp', operation: tf.exp, first: Math.exp, second: Math.exp },
  ])('misses the part of a second derivative that goes through the output of $name', async (subject) => {
    const { operation, first, second } = subject;
    const at = 0.7;
    const slope = tf.grad((x) => tf.mul(x, operation(x)));
    const [found = Number.NaN] = await tf
      .grad((x) => slope(x))(tf.tensor1d([at]))
      .data();
    const right = 2 * first(at) + at * second(at);
    expect(Math.abs(found - right)).toBeGreaterThan(0.03);
    expect(found).toBeCloseTo(right - at * second(at), 5);
  });
});

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The model's loss on `pairs` in the library's operations, one prefix after the other. */
function lossOf({ hidden }: GruShape, pairs: PairSet) {
  return (theta: tf.Tensor): tf.Scalar => {
    const [embedding, inputWeights, hiddenWeights, inputBias, hiddenBias, outputWeights, outputBias] =
      parameterLayout(shape).map(({ offset, size, shape: [rows = 1, columns] }) =>
        tf.reshape(tf.slice(theta, offset, size), columns === undefined ? [1, rows] : [rows, columns]),
      ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const losses = [...pairs.labels].map((label, pair) => {
      let state: tf.Tensor2D = tf.zeros([1, hidden]);
      for (const item of pairs.items.subarray(pairs.offsets[pair], pairs.offsets[pair + 1])) {
        const input = tf.slice(embedding, [item, 0], [1, -1]);
        const ofInput = tf.add(tf.matMul(input, inputWeights, false, true), inputBias);
        const ofState = tf.add(tf.matMul(state, hiddenWeights, false, true), hiddenBias);
        const gate = (sums: tf.Tensor, index: number) => tf.slice(sums, [0, index * hidden], [1, hidden]);
        const reset = tf.sigmoid(tf.add(gate(ofInput, 0), gate(ofState, 0)));
        const update = tf.sigmoid(tf.add(gate(ofInput, 1), gate(ofState, 1)));
        const candidate = tf.tanh(tf.add(gate(ofInput, 2), tf.mul(reset, gate(ofState, 2))));
        state = tf.add(candidate, tf.mul(update, tf.sub(state, candidate)));
      }
      const scores = tf.add(tf.matMul(state, outputWeights, false, true), outputBias);
      return tf.sub(tf.log(tf.sum(tf.exp(scores))), tf.reshape(tf.slice(scores, [0, label], [1, 1]), []));
    });
    return tf.mean(tf.stack(losses));
  };
}

/**
 * Registers the derivatives of the library's operations, which its build for Node leaves out: its module of them,
 * bundled, since Node cannot load that as it is. They reach the library by the registry that it keeps globally.
 */
async function registerDerivatives(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kshot-autodiff-'));
  try {
    const file = join(folder, 'derivatives.mjs');
    await build({
      entryPoints: ['@tensorflow/tfjs-core/dist/register_all_gradients.js'],
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile: file,
      logLevel: 'silent',
    });
    await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
