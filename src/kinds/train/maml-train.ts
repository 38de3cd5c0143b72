import { defineKind } from '../kind.js';
import { moduleKind, objectionsToModule } from '../module-parameters.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { episodeFiles, fileOf } from '../shapes.js';
import { modelForms, modelParameters } from './model-parameters.js';
import { optimizerForms, optimizerParameters } from './optimizer-parameters.js';

const count = { type: 'integer', minimum: 1 } as const;
const rate = { type: 'number', exclusiveMinimum: 0 } as const;

const parameters = declareParameters(
  {
    properties: {
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
      adapt: {
        description:
          'What the inner loop moves: all parameters, or the output layer alone (ANIL). The outer loop trains all of them.',
        enum: ['all', 'head'],
        default: 'all',
      },
      learn_rates: {
        description:
          'Whether the outer loop also trains one inner rate for each parameter, from inner_lr on (Meta-SGD); a checkpoint then holds them.',
        type: 'boolean',
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
  { canonical: { ...optimizerForms, ...modelForms } },
);

function segmentOf(
  { iterations, checkpoint_interval, ...training }: Canonical<typeof parameters>,
  index: number,
) {
  const start = index * checkpoint_interval;
  const end = Math.min(start + checkpoint_interval, iterations);
  return { label: String(end), parameters: { ...training, start, end } };
}

/** What reaches the body: one segment, from iteration `start` (done before) to `end`. */
export type MamlSegment = ReturnType<typeof segmentOf>['parameters'];

/** Residual MAML, in segments that end in checkpoints. */
export const mamlTrain = defineKind({
  name: 'maml.train',
  summary:
    'Meta-trains a GRU recommender, or a PyTorch module of your own, with MAML (second order or first, residual query loss); a checkpoint every `checkpoint_interval` iterations.',
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
  check: ({ parameters: given }) => objectionsToModule(given),
  usesEngine: true,
  slots: 'free',
  load: () => import('./maml-train-body.js'),
});
