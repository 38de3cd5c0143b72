import { listMetrics, metrics } from '../statistics/metrics.js';

/** Parameters of the kinds that evaluate a model. */
export const evaluationParameters = {
  max_episodes: {
    description: 'Evaluates only the first so many episodes, by episode id; without it, all.',
    type: 'integer',
    minimum: 1,
  },
  max_prefix_length: {
    description: 'Longer prefixes keep their last items only.',
    type: 'integer',
    minimum: 1,
    default: 50,
  },
  top_items: {
    description:
      'Also lists so many items of each ranking, best first, as the port top, for the kind recommended; without it, none. No engine on tfjs can.',
    type: 'integer',
    minimum: 1,
    maximum: 1000,
  },
} as const;

/** What a model without adaptation is given of its user. */
export const historyParameters = {
  history: {
    description:
      'What a prefix holds: the items of its session, or all that its user had before, of earlier sessions too (full), of which max_prefix_length counts. Training and evaluation want the same.',
    enum: ['session', 'full'],
    default: 'session',
  },
} as const;

/** Parameters of the kinds that choose by a metric. */
export const choiceParameters = {
  metric: {
    description: `What to choose by: ${listMetrics(metrics, 'or')}, or whatever a program has measured.`,
    type: 'string',
    minLength: 1,
  },
  mode: {
    description: 'Whether more is better.',
    enum: ['max', 'min'],
    default: 'max',
  },
} as const;
