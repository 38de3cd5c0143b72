import {
  type ComparedMetric,
  modelAtSetting,
  type SummaryRow,
  summarisedText,
  undecidedText,
} from '../artifacts/summary/summary-rows.js';
import { own } from '../base/own-properties.js';
import { leadingMetric } from '../statistics/metrics.js';

/**
 * What summaries say, a sentence for each model at each setting: the metric that is read first, with its interval,
 * and how it compares with the baseline.
 */
export function keyFindings(summaries: readonly SummaryRow[]): readonly string[] {
  return summaries.flatMap((row) => {
    const metric = leadingMetric(Object.keys(row.metrics));
    const found = metric === undefined ? undefined : own(row.metrics, metric);
    if (found === undefined || found.value === null) return [];
    const split = row.role === null ? '' : ` on ${row.role} data`;
    const value = `${row.node}: ${modelAtSetting(row)} has ${metric} ${summarisedText(found)}${split}`;
    const compared = row.baseline === null ? undefined : own(found.against, row.baseline);
    return [
      compared === undefined
        ? `${value}.`
        : `${value}, ${comparison(compared)} ${row.baseline}${caveat(compared)}.`,
    ];
  });
}

function comparison({ difference, improvement_percent }: ComparedMetric): string {
  if (difference === 0) return 'the same as';
  const direction = difference > 0 ? 'above' : 'below';
  const amount =
    improvement_percent === null
      ? Math.abs(difference).toFixed(4)
      : `${Math.abs(improvement_percent).toFixed(1)} %`;
  return `${amount} ${direction}`;
}

function caveat(compared: ComparedMetric): string {
  const { difference, distinguishable, over } = compared;
  if (difference === 0) return '';
  const undecided = distinguishable === null ? undecidedText(compared) : undefined;
  if (undecided !== undefined) return `, ${undecided}, which says nothing of chance`;
  if (distinguishable === null) return '';
  return distinguishable === 'yes' ? '' : `, which cannot be told apart over these ${over}`;
}
