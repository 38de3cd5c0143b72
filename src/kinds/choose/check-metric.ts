import { own } from '../../base/own-properties.js';
import type { Objection, PlannedStep } from '../kind.js';

/** Objects to a `metric` that a table of metrics at one of the ports is known not to have. */
export function checkMetric({ parameters, facts }: PlannedStep, port: string): readonly Objection[] {
  const name = String(parameters['metric']);
  const known = (own(facts, port) ?? []).flatMap(({ metrics }) => (metrics === undefined ? [] : [metrics]));
  const lacking = known.find((metrics) => !metrics.includes(name));
  if (lacking === undefined) return [];
  return [
    {
      path: ['metric'],
      message: `metric is ${name}, which ${port} does not have`,
      unknown: { name, known: lacking },
    },
  ];
}
