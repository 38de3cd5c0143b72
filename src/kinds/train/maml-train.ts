import { defineKind, type Objection } from '../kind.js';
import { moduleKind, objectionsToModule } from '../module-parameters.js';
import { type Canonical, type Complete, declareParameters } from '../parameters.js';
import { episodeFiles, fileOf } from '../shapes.js';
import { modelForms, modelParameters } from './model-parameters.js';
import { optimizerForms, optimizerParameters } from './optimizer-parameters.js';

const count = { type: 'integer', minimum: 1 } as const;
const rate = { type: 'number', exclusiveMinimum: 0 } as const;

const parameters = declareParameters(
  {
    properties: {
      algorithm: {
        description:
          'maml: the loss on the query pairs after the inner loop is what counts. reptile: the initial parameters go to where the inner loop ends on support and query pairs together; cheaper, and of first order.',
        enum: ['maml', 'reptile'],
        default: 'maml',
      },
      inner_lr: {
        description: 'Learning rate of the inner loop (alpha), which adapts to the support pairs.',
        ...rate,
        default: 0.05,
      },
      inner_steps: {
        description: 'Gradient steps of the inner loop.',
        ...count,
        default: 5,
      },
      outer_lr: {
        description: 'Learning rate of the outer loop, whose optimizer moves the initial parameters.',
        ...rate,
        default: 0.001,
      },
      outer_lr_schedule: {
        description:
          'constant: outer_lr in every iteration. cosine: from outer_lr down to outer_lr_min along half a cosine over all `iterations`, as PyTorch’s CosineAnnealingLR (MAML++); more iterations are another training then, from the beginning.',
        enum: ['constant', 'cosine'],
        default: 'constant',
      },
      outer_lr_min: {
        description: 'Where the schedule cosine ends.',
        type: 'number',
        minimum: 0,
        default: 0,
      },
      ...optimizerParameters,
      lambda_residual: {
        description:
          'Weight of the query loss before adaptation, 0 to 1; the adapted loss has the rest of the weight.',
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.1,
      },
      second_order: {
        description: 'Whether to differentiate through the inner loop exactly; false is first-order MAML.',
        type: 'boolean',
        default: true,
      },
      step_loss_iterations: {
        description:
          'Iterations over which the query losses after every inner step count, all alike at first and then ever less but for the last (MAML++); after them, and with 0, the last one alone.',
        type: 'integer',
        minimum: 0,
        default: 0,
      },
      adapt: {
        description:
          'What the inner loop moves: all parameters, or the output layer alone (ANIL). The outer loop trains all of them.',
        enum: ['all', 'head'],
        default: 'all',
      },
      learn_rates: {
        description:
          'Whether the outer loop also trains inner rates, from inner_lr on: one for each parameter (true: Meta-SGD), or one for each inner step and tensor (per_layer: MAML++); a checkpoint then holds them.',
        enum: [false, true, 'per_layer'],
        default: false,
      },
      padding_idx: {
        description:
          'An item whose embedding is 0 and never learns: null (none), or 0 as in the notebook, whose item 0 is a real one.',
        enum: [null, 0],
        default: null,
      },
      meta_batch_size: {
        description: 'Users drawn for each iteration, without replacement.',
        ...count,
        default: 32,
      },
      iterations: {
        description: 'Meta-iterations in all; more of them continue from the last checkpoint.',
        ...count,
        default: 1000,
      },
      checkpoint_interval: {
        description:
          'Iterations from one checkpoint to the next; each segment is a node of its own. The last may be shorter.',
        ...count,
        default: 100,
      },
      clip_norm: {
        description: 'The mean gradient is scaled down to at most this norm.',
        ...rate,
        default: 10,
      },
      ...modelParameters,
      max_prefix_length: {
        description: 'Longer prefixes keep their last items only.',
        ...count,
        default: 50,
      },
      seed: {
        description: 'Of the initial parameters and of the draws.',
        type: 'integer',
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 0,
      },
    },
  },
  {
    canonical: {
      ...optimizerForms,
      ...modelForms,
      // As if they were not there where nobody asks for them.
      algorithm: (name) => (name === 'maml' ? undefined : name),
      step_loss_iterations: (count, { algorithm }) =>
        count === 0 || algorithm !== 'maml' ? undefined : count,
      outer_lr_schedule: (schedule) => (schedule === 'cosine' ? schedule : undefined),
      outer_lr_min: (lowest, { outer_lr_schedule }) => (outer_lr_schedule === 'cosine' ? lowest : undefined),
      // Reptile has no use for them.
      lambda_residual: (weight, { algorithm }) => (algorithm === 'maml' ? weight : undefined),
      second_order: (exact, { algorithm }) => (algorithm === 'maml' ? exact : undefined),
      learn_rates: (learned, { algorithm }) => (algorithm === 'maml' ? learned : undefined),
    },
  },
);

/** What does not go together. */
function objectionsToVariant({
  algorithm,
  adapt,
  learn_rates,
  step_loss_iterations,
  padding_idx,
  outer_lr,
  outer_lr_schedule,
  outer_lr_min,
}: Complete<typeof parameters>): readonly Objection[] {
  const objections: Objection[] = [];
  const object = (name: string, message: string) => objections.push({ path: [name], message });
  if (learn_rates === 'per_layer' && padding_idx !== null) {
    object(
      'learn_rates',
      'learn_rates: per_layer has one rate for a whole tensor, and padding_idx freezes a row',
    );
  }
  if (outer_lr_schedule === 'cosine' && outer_lr_min >= outer_lr) {
    object('outer_lr_min', `the outer rate falls from ${outer_lr}, and ${outer_lr_min} is no lower`);
  }
  if (algorithm !== 'reptile') return objections;
  if (adapt !== 'all')
    object('adapt', 'reptile trains what its inner loop moves, and nothing else: adapt: all');
  if (learn_rates !== false) object('learn_rates', 'reptile has no loss to learn inner rates by');
  if (step_loss_iterations > 0) object('step_loss_iterations', 'reptile has no query loss after a step');
  return objections;
}

function segmentOf(
  { iterations, checkpoint_interval, ...training }: Canonical<typeof parameters>,
  index: number,
) {
  const start = index * checkpoint_interval;
  const end = Math.min(start + checkpoint_interval, iterations);
  // A schedule depends on how many iterations there are in all; nothing else does, so that a training can be continued.
  const whole = training.outer_lr_schedule === undefined ? {} : { total: iterations };
  return { label: String(end), parameters: { ...training, ...whole, start, end } };
}

/** What reaches the body: one segment, from iteration `start` (done before) to `end`; `total` with a schedule. */
export type MamlSegment = ReturnType<typeof segmentOf>['parameters'];

/** Residual MAML, in segments that end in checkpoints. */
export const mamlTrain = defineKind({
  name: 'maml.train',
  summary:
    'Meta-trains a GRU recommender, or a PyTorch module of your own, with MAML (second order or first, residual query loss, MAML++) or Reptile; a checkpoint every `checkpoint_interval` iterations.',
  parameters,
  inputs: {
    train: {
      shape: episodeFiles,
      description: 'The episodes of the training users.',
      learns: true,
    },
    init: {
      shape: { type: 'file', content: 'model' },
      description:
        'A model to start from in place of drawn parameters, e.g. that of supervised.train; of the same sizes.',
      required: false,
      learns: true,
    },
    previous: {
      shape: fileOf('training-state'),
      description: 'The state that the segment before this one ended in.',
      required: false,
    },
  },
  outputs: {
    checkpoint: {
      shape: fileOf('model'),
      description:
        "The model at the segment's end, as safetensors under PyTorch's names; with the factors of its inner rates where they differ.",
    },
    state: {
      shape: fileOf('training-state'),
      description:
        "The exact state at the segment's end: parameters (and learned rates) and what the optimizer keeps.",
    },
    history: {
      shape: fileOf('history'),
      description: 'Loss and gradient norm of every iteration of the segment.',
    },
  },
  segmentation: {
    count: ({ iterations, checkpoint_interval }) => Math.ceil(iterations / checkpoint_interval),
    countedBy: ['iterations', 'checkpoint_interval'],
    segment: segmentOf,
    labelledBy: 'iterations',
    carry: { output: 'state', input: 'previous' },
    lists: { checkpoints: 'checkpoint', history: 'history' },
    last: { model: 'checkpoint' },
  },
  ...moduleKind,
  check: ({ parameters: given }) => [...objectionsToModule(given), ...objectionsToVariant(given)],
  usesEngine: true,
  slots: 'free',
  load: () => import('./maml-train-body.js'),
});
