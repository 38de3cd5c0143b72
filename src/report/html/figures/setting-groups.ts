import type { MetricRow } from '../../../artifacts/metric-table.js';
import { baselineOf, type SummaryRow } from '../../../artifacts/summary/summary-rows.js';
import { own } from '../../../base/own-properties.js';
import { leadingMetric } from '../../../statistics/metrics.js';
import type { LineageRow } from '../run-rows.js';
import { distinct } from './metric-text.js';

/** What evaluations are repeated over. */
export type SettingAxis = 'k' | 'steps' | 'inner_lr';

export const axisTitles: { readonly [axis in SettingAxis]: string } = {
  k: 'K, support pairs',
  steps: 'inner steps',
  inner_lr: 'inner rate (inner_lr)',
};

/** The leading metric of one setting. */
export interface SettingValue {
  readonly k: number | null;
  readonly steps: number | null;
  readonly inner_lr: number | null;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number | null;
  readonly users: number | null;
  /** Whether a paired comparison tells it from the reference; absent where none was made. */
  readonly isDistinct?: boolean;
}

/** One model evaluated at several settings, each once. */
export interface SettingGroup {
  /** Step, or model of a summary, that the values are of. */
  readonly name: string;
  readonly role: string | null;
  readonly metric: string;
  readonly values: readonly SettingValue[];
  /** In the order k, steps, inner_lr: those of which there are several values. */
  readonly varying: readonly SettingAxis[];
  /** What the values are compared with, such as zero-shot. */
  readonly reference?: { readonly name: string; readonly value: number };
}

/**
 * The models that were evaluated at several settings: those of summaries, which know what they are compared with, and
 * the steps that no such summary is about.
 */
export function settingGroups(
  summaries: readonly SummaryRow[],
  metrics: readonly MetricRow[],
  lineage: readonly LineageRow[],
): readonly SettingGroup[] {
  const summarised = summaryGroups(summaries);
  const nodes = new Set(summarised.map(({ node }) => node));
  const covered = new Set(
    lineage.flatMap(({ node, source_node }) =>
      nodes.has(node) && source_node !== null ? [source_node] : [],
    ),
  );
  const groups = [
    ...stepGroups(metrics.filter(({ node }) => !covered.has(node))),
    ...summarised.map(({ group }) => group),
  ];
  return groups.filter(({ varying }) => varying.length > 0);
}

function summaryGroups(
  summaries: readonly SummaryRow[],
): readonly { readonly node: string; readonly group: SettingGroup }[] {
  return [...new Set(summaries.map(({ node }) => node))].flatMap((node) => {
    const rows = summaries.filter((row) => row.node === node);
    const metric = leadingMetric(rows.flatMap((row) => Object.keys(row.metrics)));
    const baseline = baselineOf(rows);
    if (metric === undefined) return [];
    return [...new Set(rows.map(({ model }) => model))].flatMap((model) => {
      const ofModel = rows.filter((row) => row.model === model);
      if (ofModel.length < 2) return [];
      const values = ofModel.flatMap((row): readonly SettingValue[] => {
        const found = own(row.metrics, metric);
        if (found === undefined || found.value === null) return [];
        const distinguishable =
          row.baseline === null ? undefined : own(found.against, row.baseline)?.distinguishable;
        const [low, high] = found.interval ?? [null, null];
        const { k, steps, inner_lr, n, users } = row;
        return [
          {
            ...{ k, steps, inner_lr, n, users },
            ...{ value: found.value, low, high },
            ...(distinguishable === undefined || distinguishable === null
              ? {}
              : { isDistinct: distinguishable === 'yes' }),
          },
        ];
      });
      const reference = baseline?.model === model ? null : own(baseline?.metrics, metric)?.value;
      const group = {
        name: `${node}, ${model}`,
        role: ofModel[0]?.role ?? null,
        metric,
        values,
        varying: varyingAxes(values),
        ...(reference === undefined || reference === null || baseline === undefined
          ? {}
          : { reference: { name: baseline.model, value: reference } }),
      };
      return [{ node, group }];
    });
  });
}

function stepGroups(metrics: readonly MetricRow[]): readonly SettingGroup[] {
  return [...new Set(metrics.map(({ step }) => step))].flatMap((step) => {
    const rows = metrics.filter((row) => row.step === step);
    const settings = new Set(rows.map(({ k, steps, inner_lr }) => JSON.stringify([k, steps, inner_lr])));
    const metric = leadingMetric(rows.flatMap((row) => Object.keys(row.values)));
    // A setting that stands there twice is of several checkpoints or seeds, and no sweep.
    if (metric === undefined || rows.length < 2 || settings.size < rows.length) return [];
    const values = rows.flatMap((row): readonly SettingValue[] => {
      const value = own(row.values, metric);
      const [low, high] = own(row.intervals, metric) ?? [null, null];
      const { k, steps, inner_lr, n, users } = row;
      return value === undefined ? [] : [{ k, steps, inner_lr, n, users, value, low, high }];
    });
    return [{ name: step, role: rows[0]?.role ?? null, metric, values, varying: varyingAxes(values) }];
  });
}

function varyingAxes(values: readonly SettingValue[]): readonly SettingAxis[] {
  return (['k', 'steps', 'inner_lr'] as const).filter(
    (axis) => distinct(values.map((value) => value[axis])).length > 1,
  );
}
