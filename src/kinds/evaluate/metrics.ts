import { listMetrics, metricNames, metrics } from '../../statistics/metrics.js';
import { metricColumns } from '../../tables/evaluation-columns.js';
import { type Derivation, defineKind } from '../kind.js';
import { declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';

/** Metrics of what an evaluation ranked. */
export const metricsKind = defineKind({
  name: 'metrics',
  summary:
    'Computes every metric from a table of ranks. Each evaluation has such a node of its own, `STEP/metrics`, which is its port `metrics`.',
  parameters: declareParameters({ properties: {} }),
  inputs: { ranks: { shape: fileOf('ranks'), description: 'What an evaluation ranked.' } },
  outputs: {
    metrics: {
      shape: fileOf('metrics'),
      description: `${listMetrics(metrics)} at each setting, with 95 % intervals by bootstrap over users.`,
    },
  },
  facts: () => ({ metrics: { metrics: metricNames, columns: Object.keys(metricColumns) } }),
  small: true,
  load: () => import('./metrics-body.js'),
});

/** The port `metrics` of every evaluation: another metric takes no ranking anew. */
export const derivedMetrics = {
  metrics: { kind: metricsKind, inputs: { ranks: 'ranks' } },
} as const satisfies { readonly [port: string]: Derivation };
