// Holds what an engine gives for every call of the seam to the float64 reference, on real episodes.
import { createEngine as createReference } from '../../dist/engines/reference/reference-engine.js';
import { relativeError } from '../../dist/engines/relative-error.js';

const steps = [0, 1, 5];

/**
 * How far `engine` is from the reference: `[{call, error}, ...]`, relative errors in Euclidean norm; of ranks, how far
 * they are apart on average, as a part of all items.
 *
 * @param hyper what the shipped pipeline trains with
 */
export async function holdToReference(engine, shape, parameters, tasks, hyper) {
  const reference = await createReference({ shape, threads: 1 });
  // A rate of its own for each parameter, none the same as its neighbour's.
  const innerRates = parameters.map((_, i) => hyper.innerRates * (0.5 + (i % 11) / 10));
  const both = async (call) => {
    const [found, expected] = [await call(engine, (own) => own), await call(reference, inDoubles)];
    return { found, expected };
  };
  const calls = {
    'loss gradient': async (one, own) => {
      const { loss, gradient } = await one.lossGradient(own(parameters), tasks[0].query);
      return [...gradient, loss];
    },
    'meta-gradient with rates of its own for each parameter': async (one, own) =>
      (await one.metaGradient(own(parameters), tasks, { ...hyper, innerRates: own(innerRates) })).gradient,
    'gradient by these rates': async (one, own) => {
      const asked = { ...hyper, innerRates: own(innerRates), learnRates: true };
      return (await one.metaGradient(own(parameters), tasks, asked)).rateGradient;
    },
    'first-order meta-gradient': async (one, own) =>
      (await one.metaGradient(own(parameters), tasks, { ...hyper, secondOrder: false })).gradient,
    'loss of each task': async (one, own) =>
      (await one.metaGradient(own(parameters), tasks, hyper)).lossPerTask,
    'how far tensors move': async (one, own) => {
      const asked = { innerRates: own(innerRates), steps };
      const { drift } = await one.adaptAndRank(own(parameters), tasks, asked);
      return drift.flat(2).map(({ normOfChange }) => normOfChange);
    },
  };
  const checks = [];
  for (const [call, compute] of Object.entries(calls)) {
    const { found, expected } = await both(compute);
    checks.push({ call, error: relativeError(found, expected) });
  }
  const { found, expected } = await both(async (one, own) => {
    const { ranks } = await one.adaptAndRank(own(parameters), tasks, { innerRates: hyper.innerRates, steps });
    return ranks.flat().flatMap((pairs) => [...pairs]);
  });
  const apart = expected.reduce((sum, rank, i) => sum + Math.abs(rank - found[i]), 0);
  checks.push({ call: 'ranks', error: apart / expected.length / shape.items });
  await reference.close();
  return checks;
}

const inDoubles = (vector) => Float64Array.from(vector);
