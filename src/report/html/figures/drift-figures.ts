import type { DriftSummary } from '../../../artifacts/drift-table.js';
import { greatest } from '../../../base/extremes.js';
import { lightColours } from '../palette.js';
import type { EpisodeDriftRow } from '../run-rows.js';
import { type Figure, figureId, plotWidth, referenceLine, styled } from './figure.js';

const bins = 24;

/** How far adaptation moves the parameters: a histogram over episodes, and each tensor's share. */
export function driftFigures(
  episodes: readonly EpisodeDriftRow[],
  summaries: readonly DriftSummary[],
): readonly Figure[] {
  return [...new Set(summaries.map(({ node }) => node))].flatMap((node) => {
    const own = summaries.filter((row) => row.node === node);
    const k = greatest(own.map((row) => row.k));
    const steps = greatest(own.filter((row) => row.k === k).map((row) => row.steps));
    const isShown = (row: { node: string; k: number; steps: number }) =>
      row.node === node && row.k === k && row.steps === steps;
    const histogram = driftHistogram(node, k, steps, episodes.filter(isShown));
    return [
      ...(histogram === undefined ? [] : [histogram]),
      driftByTensor(node, k, steps, own.filter(isShown)),
    ];
  });
}

function driftHistogram(
  node: string,
  k: number,
  steps: number,
  rows: readonly EpisodeDriftRow[],
): Figure | undefined {
  const changes = rows.map((row) => 100 * row.relative_change).toSorted((one, other) => one - other);
  const [smallest, largest] = [changes[0], changes.at(-1)];
  if (smallest === undefined || largest === undefined) return undefined;
  const width = niceWidth((largest - smallest) / bins);
  const start = Math.floor(smallest / width);
  const count = Math.floor(largest / width) - start + 1;
  const counts = Array.from({ length: count }, () => 0);
  for (const change of changes) {
    const bin = Math.min(count - 1, Math.floor(change / width) - start);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const values = counts.map((episodes, index) => ({
    from: (start + index) * width,
    to: (start + index + 1) * width,
    episodes,
  }));
  const median = quantile(changes, 0.5);
  const title = 'change of all parameters (% of their norm before)';
  const role = rows[0]?.role ?? null;
  return {
    id: figureId('drift', node, 'histogram'),
    topic: 'drift',
    title: `${node}: how far adaptation moves the model`,
    role,
    caption: `${role === null ? '' : `Role ${role}; `}n = ${changes.length} episodes, K = ${k}, ${steps} inner steps. Euclidean norm of the change of all parameters, in percent of theirs before. Dashed: the median, ${percentText(median)}; quartiles ${percentText(quantile(changes, 0.25))} and ${percentText(quantile(changes, 0.75))}.`,
    description: `Histogram over ${changes.length} episodes, from ${percentText(smallest)} to ${percentText(largest)}, median ${percentText(median)}.`,
    data: {
      columns: ['from, %', 'to, %', 'episodes'],
      rows: values.map(({ from, to, episodes }) => [round(from), round(to), episodes]),
    },
    spec: styled({
      width: plotWidth,
      height: 180,
      data: { values },
      layer: [
        {
          mark: { type: 'rect', color: lightColours['series-1'], stroke: lightColours.paper, strokeWidth: 1 },
          encoding: {
            x: {
              field: 'from',
              type: 'quantitative',
              title,
              scale: { zero: false, nice: false, padding: 4 },
              axis: { tickCount: 6 },
            },
            x2: { field: 'to' },
            y2: { datum: 0 },
            y: {
              field: 'episodes',
              type: 'quantitative',
              title: 'episodes',
              axis: { tickCount: 4, format: 'd' },
            },
          },
        },
        referenceLine('x', median, title, lightColours.ink),
      ],
    }),
  };
}

function driftByTensor(node: string, k: number, steps: number, rows: readonly DriftSummary[]): Figure {
  const values = rows.map(({ tensor, norm_before, norm_of_change: [lower, median, upper] }) => {
    // A tensor of zeros has no norm to compare with.
    const part = (change: number) => (norm_before > 0 ? (100 * change) / norm_before : null);
    return { tensor, lower: part(lower), median: part(median), upper: part(upper) };
  });
  const role = rows[0]?.role ?? null;
  const y = {
    field: 'tensor',
    type: 'nominal',
    title: null,
    sort: '-x',
    axis: { labelColor: lightColours.ink },
  } as const;
  const x = {
    field: 'median',
    type: 'quantitative',
    title: 'change of the tensor (% of its norm before)',
    scale: { padding: 10 },
    axis: { grid: true, tickCount: 5 },
  } as const;
  const order = values
    .toSorted((one, other) => (other.median ?? 0) - (one.median ?? 0))
    .map(({ tensor }) => tensor);
  return {
    id: figureId('drift', node, 'tensors'),
    topic: 'drift',
    title: `${node}: which parameters move`,
    role,
    caption: `${role === null ? '' : `Role ${role}; `}n = ${rows[0]?.episodes ?? 0} episodes, K = ${k}, ${steps} inner steps. Point: the median over episodes of the change’s Euclidean norm; bar: the quartiles.`,
    description: values
      .map(({ tensor, median }) => `${tensor} ${median === null ? 'of zeros' : percentText(median)}`)
      .join('; '),
    data: {
      columns: ['tensor', 'lower quartile, %', 'median, %', 'upper quartile, %'],
      rows: values.map(({ tensor, lower, median, upper }) => [tensor, lower, median, upper]),
    },
    spec: styled({
      width: plotWidth - 100,
      height: { step: 24 },
      data: { values },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2, color: lightColours['series-1'] },
          encoding: { y: { ...y, sort: order }, x: { ...x, field: 'lower' }, x2: { field: 'upper' } },
        },
        {
          mark: { type: 'point', filled: true, size: 60, opacity: 1, color: lightColours['series-1'] },
          encoding: { y: { ...y, sort: order }, x },
        },
      ],
    }),
  };
}

/** 1, 2 or 5 times a power of ten, at least `width`; 1 for none. */
export function niceWidth(width: number): number {
  if (!(width > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(width));
  const factor = [1, 2, 5, 10].find((one) => one * power >= width * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** The quantile of sorted values, between neighbours as DuckDB's quantile_cont. */
function quantile(sorted: readonly number[], part: number): number {
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (high - low) * (at - Math.floor(at));
}

function percentText(value: number): string {
  return `${value.toPrecision(3)} %`;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
