import {
  type OptimizerName,
  type OptimizerSettings,
  optimizerNames,
  optimizers,
} from '../../learning/optimizers.js';

/** Parameters of the kinds that train. */
export const optimizerParameters = {
  optimizer: {
    description: 'What moves the parameters against their gradient: Adam, AdamW or SGD, each as in PyTorch.',
    enum: optimizerNames,
    default: 'adam',
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
} as const;

type Chosen = { readonly optimizer: OptimizerName };

/** A setting is in the key where it acts on the chosen optimizer. */
const whereItActs =
  (name: keyof OptimizerSettings) =>
  (value: number, { optimizer }: Chosen): number | undefined =>
    optimizers[optimizer].settings.some((acting) => acting === name) ? value : undefined;

/** Forms of the parameters above. */
export const optimizerForms = {
  momentum: whereItActs('momentum'),
  weight_decay: whereItActs('weight_decay'),
};
