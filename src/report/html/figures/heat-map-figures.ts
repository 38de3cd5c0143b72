import { greatest, least } from '../../../base/extremes.js';
import { formatCount, formatFigure } from '../../../base/quantities.js';
import { heatColours, lightColours } from '../palette.js';
import { type Figure, figureId, plotWidth, styled } from './figure.js';
import { distinct, metricText, sampleText } from './metric-text.js';
import { axisTitles, type SettingAxis, type SettingGroup } from './setting-groups.js';

/** More cells in a row than this leave no place for their numbers. */
export const mostHeatColumns = 8;

/**
 * Two settings against one another, such as the inner rate and the number of steps. Where K, steps and rate all vary,
 * K and the rate at the number of steps that has the highest value.
 */
export function heatMapFigures(groups: readonly SettingGroup[]): readonly Figure[] {
  return groups.map(atBestSteps).flatMap((group) => {
    const [first, second] = group.varying;
    if (group.varying.length !== 2 || first === undefined || second === undefined) return [];
    return distinct(group.values.map((value) => value[first])).length > mostHeatColumns
      ? []
      : [heatMap(group, first, second)];
  });
}

function atBestSteps(group: SettingGroup): SettingGroup {
  if (group.varying.length < 3) return group;
  const highest = greatest(group.values.map(({ value }) => value));
  const steps = group.values.find(({ value }) => value === highest)?.steps ?? null;
  return {
    ...group,
    name: `${group.name}, ${formatCount(steps ?? 0, 'inner step')}`,
    values: group.values.filter((one) => one.steps === steps),
    varying: group.varying.filter((axis) => axis !== 'steps'),
  };
}

function heatMap(
  { name, role, metric, values }: SettingGroup,
  across: SettingAxis,
  down: SettingAxis,
): Figure {
  const axisOf = (axis: SettingAxis) => ({
    name: axis,
    title: axisTitles[axis],
    words: axisName(axis),
    values: distinct(values.map((value) => value[axis])),
  });
  return drawnHeatMap({
    name,
    role,
    metric,
    across: axisOf(across),
    down: axisOf(down),
    cells: values.map((one) => ({ ...one, across: one[across], down: one[down] })),
    sample: sampleText(role, values),
    isMean: false,
  });
}

/** One of the two things that a heat map is over. */
export interface HeatAxis {
  readonly name: string;
  readonly title: string;
  /** In a sentence. */
  readonly words: string;
  /** In their order. */
  readonly values: readonly (number | string)[];
}

/** The values of a metric over two things. */
export interface HeatMap {
  /** What is measured. */
  readonly name: string;
  readonly role: string | null;
  readonly metric: string;
  readonly across: HeatAxis;
  readonly down: HeatAxis;
  readonly cells: readonly {
    readonly across: number | string | null;
    readonly down: number | string | null;
    readonly value: number;
    readonly low: number | null;
    readonly high: number | null;
  }[];
  /** What the values are over, for the caption. */
  readonly sample: string;
  /** Whether values are means of several, which have no intervals. */
  readonly isMean: boolean;
}

function textOnAxis(value: number | string | null): string {
  return typeof value === 'string' ? value : formatFigure(value ?? 0);
}

/** A heat map as a figure: its cells with their values, the highest outlined. */
export function drawnHeatMap({
  name,
  role,
  metric,
  across,
  down,
  cells: values,
  sample,
  isMean,
}: HeatMap): Figure {
  const numbers = values.map(({ value }) => value);
  const [low, high] = [least(numbers), greatest(numbers)];
  const levelOf = (value: number) =>
    high === low
      ? 0
      : Math.min(heatColours.length - 1, Math.floor(((value - low) / (high - low)) * heatColours.length));
  // Ties go to the first, as where a step chooses.
  const highest = values.find(({ value }) => value === high);
  const cells = values.map((one) => ({
    across: textOnAxis(one.across),
    down: textOnAxis(one.down),
    value: one.value,
    text: one.value.toFixed(4),
    level: levelOf(one.value),
    ink: heatColours[levelOf(one.value)]?.ink === lightColours['heat-ink-high'] ? 1 : 0,
  }));
  const x = {
    field: 'across',
    type: 'ordinal',
    title: across.title,
    sort: across.values.map(textOnAxis),
    axis: { labelAngle: 0, domain: false, ticks: false },
  } as const;
  const y = {
    field: 'down',
    type: 'ordinal',
    title: down.title,
    sort: down.values.map(textOnAxis).toReversed(),
  } as const;
  const isHighest = (index: number) => values[index] !== undefined && values[index] === highest;
  return {
    id: figureId('heat-map', name, across.name, down.name),
    topic: role === 'test' ? 'ablation' : 'choice',
    title: `${name}: ${metric} by ${across.words} and ${down.words}`,
    role,
    caption: `${sample}. From ${low.toFixed(4)} (faint) to ${high.toFixed(4)} (strong); outlined: the highest${
      highest === undefined ? '' : `, ${metricText(highest.value, highest.low, highest.high)}`
    }.${isMean ? '' : ' Neighbours whose intervals (below) overlap may not differ.'}`,
    description: values
      .map((one) => `${across.name} ${one.across}, ${down.name} ${one.down}: ${one.value.toFixed(4)}`)
      .join('; '),
    data: {
      columns: [across.name, down.name, metric, 'low', 'high'],
      rows: values.map((one) => [one.across, one.down, one.value, one.low, one.high]),
    },
    spec: styled({
      width: plotWidth - 20,
      height: { step: 34 },
      data: { values: cells },
      layer: [
        {
          mark: { type: 'rect', stroke: lightColours.paper, strokeWidth: 2 },
          encoding: {
            x,
            y,
            fill: {
              field: 'level',
              type: 'ordinal',
              scale: {
                domain: heatColours.map((_, level) => level),
                range: heatColours.map(({ fill }) => fill),
              },
              legend: null,
            },
          },
        },
        {
          data: {
            values: cells.filter((_, index) => isHighest(index)),
          },
          mark: { type: 'rect', fill: null, stroke: lightColours['series-2'], strokeWidth: 2.5 },
          encoding: { x, y },
        },
        {
          mark: { type: 'text', fontSize: 11 },
          encoding: {
            x,
            y,
            text: { field: 'text', type: 'nominal' },
            color: {
              field: 'ink',
              type: 'ordinal',
              scale: { domain: [0, 1], range: [lightColours['heat-ink-low'], lightColours['heat-ink-high']] },
              legend: null,
            },
          },
        },
      ],
    }),
  };
}

function axisName(axis: SettingAxis): string {
  return axis === 'k' ? 'K' : axis === 'steps' ? 'inner steps' : 'inner rate';
}
