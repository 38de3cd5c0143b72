import type { PairSet } from '../../data/pair-set.js';
import type { LossGradient, Parameters } from '../engine.js';
import { assignSlots } from '../item-slots.js';
import type { Device } from './device/device.js';
import { packForests } from './packed-forests.js';
import { inParts, pairsAt } from './parts.js';
import { addSum } from './read-values.js';

/** `Engine.lossGradient` on a device. */
export async function lossGradient(
  device: Device,
  parameters: Parameters,
  pairs: PairSet,
): Promise<LossGradient> {
  const theta = device.inFloat32(parameters);
  const gradient = new Float64Array(theta.length);
  const count = pairs.labels.length;
  const whole = pack(pairs);
  const footprint = device.footprint(whole);
  const parts = device.partsOf(
    4 * (4 * footprint.vector + footprint.evaluation),
    4 * footprint.largestBuffer,
  );
  let loss = 0;
  for (const indices of inParts([...pairs.labels.keys()], parts)) {
    const forests = parts === 1 ? whole : pack(pairsAt(pairs, indices));
    const found = await device.compute((passes) => {
      const weights = passes.uploadVector(theta, forests.slots);
      const evaluation = passes.evaluate(passes.uploadForests(forests), weights);
      return { losses: evaluation.losses, gradient: passes.sumOverVectors(evaluation.gradient) };
    });
    addSum(gradient, device.shape, forests.slots, found.gradient, indices.length / count);
    for (const one of found.losses) loss += one;
  }
  return { loss: loss / count, gradient: Float32Array.from(gradient) };
}

function pack(pairs: PairSet) {
  return packForests([[pairs]], assignSlots([[pairs]]));
}
