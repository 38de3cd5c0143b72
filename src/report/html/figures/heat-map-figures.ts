import { greatest, least } from '../../../base/extremes.js';
import { formatCount, formatFigure } from '../../../base/quantities.js';
import { heatColours, lightColours } from '../palette.js';
import { type Figure, figureId, plotWidth, styled } from './figure.js';
import { distinct, metricText, sampleText } from './metric-text.js';
import { axisTitles, type SettingAxis, type SettingGroup, type SettingValue } from './setting-groups.js';

/** More cells in a row than this leave no place for their numbers. */
const mostColumns = 8;

/**
 * Two settings against one another, such as the inner rate and the number of steps. Where K, steps and rate all vary,
 * K and the rate at the number of steps that has the highest value.
 */
export function heatMapFigures(groups: readonly SettingGroup[]): readonly Figure[] {
  return groups.map(atBestSteps).flatMap((group) => {
    const [first, second] = group.varying;
    if (group.varying.length !== 2 || first === undefined || second === undefined) return [];
    return distinct(group.values.map((value) => value[first])).length > mostColumns
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
  const numbers = values.map(({ value }) => value);
  const [low, high] = [least(numbers), greatest(numbers)];
  const levelOf = (value: number) =>
    high === low
      ? 0
      : Math.min(heatColours.length - 1, Math.floor(((value - low) / (high - low)) * heatColours.length));
  // Ties go to the first, as where a step chooses.
  const highest = values.find(({ value }) => value === high);
  const cells = values.map((one) => ({
    across: formatFigure(one[across] ?? 0),
    down: formatFigure(one[down] ?? 0),
    value: one.value,
    text: one.value.toFixed(4),
    level: levelOf(one.value),
    ink: heatColours[levelOf(one.value)]?.ink === lightColours['heat-ink-high'] ? 1 : 0,
  }));
  const order = (axis: SettingAxis) => distinct(values.map((value) => value[axis])).map(formatFigure);
  const x = {
    field: 'across',
    type: 'ordinal',
    title: axisTitles[across],
    sort: order(across),
    axis: { labelAngle: 0, domain: false, ticks: false },
  } as const;
  const y = {
    field: 'down',
    type: 'ordinal',
    title: axisTitles[down],
    sort: order(down).toReversed(),
  } as const;
  const isHighest = (one: SettingValue) => one === highest;
  return {
    id: figureId('heat-map', name, across, down),
    topic: role === 'test' ? 'ablation' : 'choice',
    title: `${name}: ${metric} by ${axisName(across)} and ${axisName(down)}`,
    role,
    caption: `${sampleText(role, values)}. From ${low.toFixed(4)} (faint) to ${high.toFixed(4)} (strong); outlined: the highest${
      highest === undefined ? '' : `, ${metricText(highest.value, highest.low, highest.high)}`
    }. Neighbours whose intervals (below) overlap may not differ.`,
    description: values
      .map((one) => `${across} ${one[across]}, ${down} ${one[down]}: ${one.value.toFixed(4)}`)
      .join('; '),
    data: {
      columns: [across, down, metric, 'low', 'high'],
      rows: values.map((one) => [one[across], one[down], one.value, one.low, one.high]),
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
            values: cells.filter((_, index) => values[index] !== undefined && isHighest(values[index])),
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
