import type { JsonObject } from '../base/json.js';
import type { Optimizer } from '../learning/optimizer.js';
import { type OptimizerName, type OptimizerSettings, optimizers } from '../learning/optimizers.js';

const defaultOptimizer: OptimizerName = 'adam';

/** Parameters of the kinds that train. */
export const optimizerParameters = {
  optimizer: {
    description: 'What moves the parameters against their gradient: Adam, AdamW or SGD, each as in PyTorch.',
    enum: Object.keys(optimizers),
    default: defaultOptimizer,
  },
  momentum: {
    description: 'Of sgd: how much of the last step goes into the next. Does not matter to the others.',
    type: 'number',
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.9,
  },
  weight_decay: {
    description: 'Of adamw: how fast parameters shrink, times the rate. Does not matter to the others.',
    type: 'number',
    minimum: 0,
    default: 0.01,
  },
};

interface ChosenOptimizer extends JsonObject, OptimizerSettings {
  readonly optimizer?: OptimizerName;
}

/** The parameters without those that do not act on the chosen optimizer. */
export function withoutIdleSettings(parameters: JsonObject): JsonObject {
  const { optimizer = defaultOptimizer, momentum, weight_decay, ...rest } = parameters as ChosenOptimizer;
  const given: JsonObject = { momentum, weight_decay };
  const acting = optimizers[optimizer].settings.map((name) => [name, given[name] ?? null] as const);
  return { ...rest, optimizer, ...Object.fromEntries(acting) };
}

/** The optimizer that the parameters choose; `withoutIdleSettings` may have been applied to them. */
export function optimizerFor(parameters: JsonObject, rate: number): Optimizer {
  const { optimizer = defaultOptimizer, momentum, weight_decay } = parameters as ChosenOptimizer;
  return optimizers[optimizer].make(rate, { momentum, weight_decay });
}
