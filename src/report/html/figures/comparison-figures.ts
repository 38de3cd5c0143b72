import { baselineOf, type SummaryRow } from '../../../artifacts/summary/summary-rows.js';
import { own } from '../../../base/own-properties.js';
import { leadingMetric } from '../../../statistics/metrics.js';
import { lightColours } from '../palette.js';
import { type Figure, figureId, plotWidth, referenceLine, styled } from './figure.js';
import { distinct, metricText, sampleText } from './metric-text.js';

/** More models than this make a picture that says less than the table. */
const mostModels = 24;

/** A figure for each summary whose models have one setting each: the leading metric with its interval. */
export function comparisonFigures(summaries: readonly SummaryRow[]): readonly Figure[] {
  return [...new Set(summaries.map(({ node }) => node))].flatMap((node) => {
    const rows = summaries.filter((row) => row.node === node);
    const isPlain = new Set(rows.map(({ model }) => model)).size === rows.length;
    const metric = leadingMetric(rows.flatMap((row) => Object.keys(row.metrics)));
    if (!isPlain || rows.length < 2 || rows.length > mostModels || metric === undefined) return [];
    return [comparison(node, rows, metric)];
  });
}

function comparison(node: string, rows: readonly SummaryRow[], metric: string): Figure {
  const baseline = baselineOf(rows);
  const values = rows.flatMap((row) => {
    const found = own(row.metrics, metric);
    if (found === undefined || found.value === null) return [];
    const distinguishable =
      row.baseline === null ? undefined : own(found.against, row.baseline)?.distinguishable;
    const [low, high] = found.interval ?? [null, null];
    return [
      {
        model: row.model,
        value: found.value,
        low,
        high,
        verdict:
          row === baseline
            ? 'the baseline'
            : distinguishable === 'yes' || baseline === undefined
              ? 'told apart'
              : 'not told apart',
      },
    ];
  });
  const [first] = rows;
  const role = first?.role ?? null;
  const reference = own(baseline?.metrics, metric)?.value ?? undefined;
  const { ink, paper } = lightColours;
  const y = { field: 'model', type: 'nominal', sort: null, title: null, axis: { labelColor: ink } } as const;
  const over = distinct(rows.map(({ unit }) => unit)).join(' and ');
  const x = {
    field: 'value',
    type: 'quantitative',
    title: metric,
    scale: { zero: false, padding: 10 },
    axis: { grid: true, tickCount: 5 },
  } as const;
  return {
    id: figureId('results', node),
    topic: 'results',
    title: `${node}: ${metric} by model`,
    role,
    caption: `${sampleText(role, rows)}. Bars: 95 % intervals over ${over}. ${
      baseline === undefined
        ? ''
        : `Hollow: cannot be told apart from ${baseline.model} (dashed line) by the paired comparison.`
    }`,
    description: values
      .map(({ model, value, low, high }) => `${model} ${metricText(value, low, high)}`)
      .join('; '),
    data: {
      columns: ['model', metric, 'low', 'high', 'beside the baseline'],
      rows: values.map(({ model, value, low, high, verdict }) => [model, value, low, high, verdict]),
    },
    spec: styled({
      width: plotWidth - 60,
      height: { step: 26 },
      data: { values },
      layer: [
        ...(reference === undefined ? [] : [referenceLine('x', reference, metric)]),
        {
          mark: { type: 'rule', strokeWidth: 2, color: lightColours['series-1'] },
          encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
        },
        {
          mark: {
            type: 'point',
            filled: true,
            size: 70,
            opacity: 1,
            stroke: lightColours['series-1'],
            strokeWidth: 2,
          },
          encoding: {
            y,
            x,
            fill: {
              condition: { test: "datum.verdict === 'not told apart'", value: paper },
              value: lightColours['series-1'],
            },
          },
        },
      ],
    }),
  };
}
