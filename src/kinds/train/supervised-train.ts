import { defineKind } from '../kind.js';
import { moduleKind, objectionsToModule } from '../module-parameters.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { historyParameters } from '../shared-parameters.js';
import { modelForms, modelParameters } from './model-parameters.js';
import { optimizerForms, optimizerParameters } from './optimizer-parameters.js';

const count = { type: 'integer', minimum: 1 } as const;

const parameters = declareParameters(
  {
    properties: {
      learning_rate: {
        description: 'Learning rate of the optimizer.',
        type: 'number',
        exclusiveMinimum: 0,
        default: 0.001,
      },
      ...optimizerParameters,
      batch_size: {
        description: 'Pairs of a batch; the last of an epoch may have fewer.',
        ...count,
        default: 256,
      },
      epochs: {
        description: 'How often every pair is learned from; more epochs continue from the last checkpoint.',
        ...count,
        default: 10,
      },
      ...modelParameters,
      ...historyParameters,
      padding_idx: {
        description:
          'An item whose embedding is 0 and never learns: null (none), or 0 as in the notebook, whose item 0 is a real one.',
        enum: [null, 0],
        default: null,
      },
      max_prefix_length: {
        description: 'Longer prefixes keep their last items only.',
        ...count,
        default: 50,
      },
      seed: {
        description: 'Of the initial parameters and of the order of pairs.',
        type: 'integer',
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 0,
      },
    },
  },
  { canonical: { ...optimizerForms, ...modelForms } },
);

function segmentOf({ epochs: _, ...training }: Canonical<typeof parameters>, index: number) {
  return { label: String(index + 1), parameters: { ...training, epoch: index + 1 } };
}

/** What reaches the body: one epoch, counted from 1. */
export type SupervisedSegment = ReturnType<typeof segmentOf>['parameters'];

/** The GRU recommender as a baseline, in segments of one epoch. */
export const supervisedTrain = defineKind({
  name: 'supervised.train',
  summary:
    'Trains a GRU recommender, or a PyTorch module of your own, on shuffled batches of all pairs of train; a checkpoint after every epoch, for an evaluation on val and select to choose from.',
  parameters,
  inputs: {
    train: {
      shape: {
        type: 'bundle',
        ports: { pairs: { type: 'file', content: 'pairs' }, items: { type: 'file', content: 'items' } },
      },
      description: 'All pairs of the training users.',
      learns: true,
    },
    previous: {
      shape: { type: 'file', content: 'training-state' },
      description: 'The state that the epoch before this one ended in.',
      required: false,
    },
  },
  outputs: {
    checkpoint: {
      shape: { type: 'file', content: 'model' },
      description: "The model at the epoch's end, as safetensors under PyTorch's names.",
    },
    state: {
      shape: { type: 'file', content: 'training-state' },
      description: "The exact state at the epoch's end: parameters and what the optimizer keeps.",
    },
    history: {
      shape: { type: 'file', content: 'history' },
      description:
        'Loss and gradient norm of every batch of the epoch; iterations count batches over all epochs.',
    },
  },
  segmentation: {
    count: ({ epochs }) => epochs,
    countedBy: ['epochs'],
    segment: segmentOf,
    labelledBy: 'epochs',
    carry: { output: 'state', input: 'previous' },
    lists: { checkpoints: 'checkpoint', history: 'history' },
    last: { model: 'checkpoint' },
  },
  ...moduleKind,
  check: ({ parameters: given }) => objectionsToModule(given),
  usesEngine: true,
  slots: 'free',
  load: () => import('./supervised-train-body.js'),
});
