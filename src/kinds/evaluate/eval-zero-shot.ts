import { defineKind } from '../kind.js';
import { moduleKind, moduleParameters, objectionsToModule } from '../module-parameters.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { episodeFiles, fileOf } from '../shapes.js';
import { evaluationParameters, historyParameters } from '../shared-parameters.js';
import { evaluationFacts, evaluationPorts } from './baseline-ports.js';
import { derivedMetrics } from './metrics.js';

const parameters = declareParameters({
  properties: {
    ...moduleParameters,
    ...evaluationParameters,
    ...historyParameters,
    pad_to: {
      description:
        'null, or a length up to which item 0 is appended to shorter prefixes, so that the GRU runs on over the padding: how the notebook came to its zero-shot figure.',
      anyOf: [{ type: 'null' }, { type: 'integer', minimum: 1 }],
      default: null,
    },
  },
});

/** What reaches the body. */
export type ZeroShotParameters = Canonical<typeof parameters>;

/** A model's ranks and metrics as it is. */
export const evalZeroShot = defineKind({
  name: 'eval.zero_shot',
  summary: "Ranks the query pairs' next items with a model as it is, without adapting it to anybody.",
  parameters,
  inputs: {
    model: { shape: fileOf('model'), description: 'The model to evaluate.' },
    episodes: {
      shape: episodeFiles,
      description: 'The episodes of the users to evaluate on; only their query pairs count.',
    },
  },
  outputs: evaluationPorts,
  ...moduleKind,
  check: ({ parameters: given }) => objectionsToModule(given),
  usesEngine: true,
  wantsLists: ({ top_items }) => top_items !== undefined,
  derived: derivedMetrics,
  facts: evaluationFacts,
  load: () => import('./eval-zero-shot-body.js'),
});
