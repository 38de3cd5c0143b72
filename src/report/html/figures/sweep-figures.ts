import { isEvaluation, type MetricRow } from '../../../artifacts/metric-table.js';
import type { Json } from '../../../base/json.js';
import { own } from '../../../base/own-properties.js';
import { isReplicate } from '../../../kinds/choose/replicates.js';
import { leadingMetric } from '../../../statistics/metrics.js';
import type { Figure } from './figure.js';
import { drawnHeatMap, type HeatAxis, mostHeatColumns } from './heat-map-figures.js';
import { distinct, sampleText } from './metric-text.js';

/** Cells of a column beyond which a map is no longer read. */
const mostHeatRows = 24;

/**
 * The sweeps of programs: for each step that was run with several values of two parameters or more, its metric over the
 * two that have the most values, as means over the others. Seeds, folds and repeats are no parameters to compare: one is
 * an axis only where there is nothing else.
 */
export function sweepFigures(metrics: readonly MetricRow[]): readonly Figure[] {
  // kshot's own evaluations have figures of their own.
  const rows = metrics.filter((row) => !isEvaluation(row));
  return distinct(rows.map(({ step }) => step)).flatMap((step) => {
    const figure = sweepOf(
      step,
      rows.filter((row) => row.step === step),
    );
    return figure === undefined ? [] : [figure];
  });
}

function sweepOf(step: string, rows: readonly MetricRow[]): Figure | undefined {
  const names = new Set(rows.flatMap(({ settings }) => Object.keys(settings)));
  const varying = [...names]
    .map((name) => axisOf(name, rows))
    .filter(({ values }) => values.length > 1)
    .toSorted(
      (one, other) =>
        Number(isReplicate(one.name)) - Number(isReplicate(other.name)) ||
        other.values.length - one.values.length,
    );
  const metric = leadingMetric(rows.flatMap((row) => Object.keys(row.values)));
  const [down, across, ...others] = varying;
  if (across === undefined || down === undefined || metric === undefined) return undefined;
  if (across.values.length > mostHeatColumns || down.values.length > mostHeatRows) return undefined;
  const measured = rows.flatMap((row) => {
    const value = own(row.values, metric);
    return value === undefined ? [] : [{ row, value }];
  });
  const cells = across.values.flatMap((x) =>
    down.values.flatMap((y) => {
      const inCell = measured.filter(
        ({ row }) =>
          axisValue(own(row.settings, across.name)) === x && axisValue(own(row.settings, down.name)) === y,
      );
      const [first] = inCell;
      if (first === undefined) return [];
      const [low, high] = (inCell.length === 1 ? own(first.row.intervals, metric) : undefined) ?? [
        null,
        null,
      ];
      const mean = inCell.reduce((sum, { value }) => sum + value, 0) / inCell.length;
      return [{ across: x, down: y, value: mean, low, high }];
    }),
  );
  if (cells.length < 2) return undefined;
  const role = rows[0]?.role ?? null;
  const over = others.map(({ name }) => name).join(', ');
  return drawnHeatMap({
    name: step,
    role,
    metric,
    across,
    down,
    cells,
    sample: `${sampleText(role, rows)}${over === '' ? '' : `; means over ${over}`}`,
    isMean: over !== '',
  });
}

function axisOf(name: string, rows: readonly MetricRow[]): HeatAxis {
  const values = distinct(rows.map(({ settings }) => axisValue(own(settings, name))));
  return { name, title: name, words: name, values };
}

function axisValue(value: Json | undefined): number | string | null {
  if (value === undefined || value === null || typeof value === 'number') return value ?? null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
