import { formatCount } from '../../../base/quantities.js';
import { lightColours } from '../palette.js';
import { type Figure, figureId, plotWidth, referenceLine, styled } from './figure.js';
import { distinct, firstOf, metricText, sampleText } from './metric-text.js';
import { axisTitles, type SettingAxis, type SettingGroup } from './setting-groups.js';

/** More lines than this cannot be told apart by colour. */
const mostLines = 6;

/** What the leading metric is over K and over the number of inner steps: a figure for each of them that varies. */
export function ablationFigures(groups: readonly SettingGroup[]): readonly Figure[] {
  return groups.flatMap((group) => {
    const lines = group.varying.filter((axis) => axis !== 'inner_lr');
    // Over rates and something else, the heat map says it better.
    if (group.varying.includes('inner_lr'))
      return group.varying.length === 1 ? [ablation(group, 'inner_lr')] : [];
    return lines.length > 2 ? [] : lines.map((axis) => ablation(group, axis));
  });
}

function ablation(group: SettingGroup, axis: SettingAxis): Figure {
  const { name, role, metric, varying, reference } = group;
  const other = varying.find((one) => one !== axis);
  const lines = other === undefined ? [] : distinct(group.values.map((value) => value[other]));
  const shown = lines.slice(0, mostLines);
  const values = pointsOf(group, axis, other, shown);
  const single = other === undefined;
  const hollow = reference !== undefined;
  return {
    id: figureId('ablation', name, axis),
    topic: axis === 'inner_lr' ? 'choice' : 'ablation',
    title: `${name}: ${metric} over ${axis === 'k' ? 'K' : axis === 'steps' ? 'inner steps' : 'the inner rate'}`,
    role,
    caption: `${sampleText(role, group.values)}. Bars: 95 % intervals.${
      reference === undefined
        ? ''
        : ` Dashed: ${reference.name}, ${reference.value.toFixed(4)}; hollow: cannot be told apart from it by the paired comparison.`
    }${firstOf(shown.length, lines.length)}`,
    description: values
      .map(
        ({ at, line, value, low, high }) =>
          `${axis} ${at}${line === '' ? '' : `, ${line}`}: ${metricText(value, low, high)}`,
      )
      .join('; '),
    data: {
      columns: [
        axis,
        ...(single ? [] : [String(other)]),
        metric,
        'low',
        'high',
        ...(hollow ? [`beside ${reference.name}`] : []),
      ],
      rows: values.map(({ at, line, value, low, high, verdict }) => [
        at,
        ...(single ? [] : [line]),
        value,
        low,
        high,
        ...(hollow ? [verdict] : []),
      ]),
    },
    spec: ablationSpec(
      group,
      axis,
      values,
      other === undefined ? undefined : shown.map((value) => lineName(other, value)),
    ),
  };
}

/** A value of a setting under test, and what it was measured to give. */
interface Point {
  readonly at: number | null;
  /** The value of the other setting that varies, in words; empty where none does. */
  readonly line: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** How it stands to the reference. */
  readonly verdict: '' | 'told apart' | 'not told apart';
}

function lineName(setting: SettingAxis, value: number | null): string {
  if (setting === 'k') return `K = ${value}`;
  return setting === 'steps' ? formatCount(value ?? 0, 'step') : `${value}`;
}

function pointsOf(
  { values }: SettingGroup,
  axis: SettingAxis,
  other: SettingAxis | undefined,
  shown: readonly number[],
): readonly Point[] {
  return values
    .filter(
      (value) => value[axis] !== null && (other === undefined || shown.includes(value[other] ?? Number.NaN)),
    )
    .map((one) => ({
      at: one[axis],
      line: other === undefined ? '' : lineName(other, one[other]),
      value: one.value,
      low: one.low,
      high: one.high,
      verdict: one.isDistinct === undefined ? '' : one.isDistinct ? 'told apart' : 'not told apart',
    }));
}

/** @param order the lines from top to bottom of the legend; undefined where there is one line */
function ablationSpec(
  { metric, reference }: SettingGroup,
  axis: SettingAxis,
  values: readonly Point[],
  order: readonly string[] | undefined,
): Figure['spec'] {
  const { paper } = lightColours;
  const places = distinct(values.map(({ at }) => at));
  const single = order === undefined;
  const colour = single
    ? { value: lightColours['series-1'] }
    : ({ field: 'line', type: 'nominal', title: null, sort: order, scale: { domain: order } } as const);
  const offset = single
    ? {}
    : { xOffset: { field: 'line', type: 'nominal', sort: order, scale: { paddingOuter: 0.6 } } as const };
  const x = {
    field: 'at',
    type: 'ordinal',
    title: axisTitles[axis],
    sort: [...places],
    axis: { labelAngle: 0 },
  } as const;
  const y = {
    field: 'value',
    type: 'quantitative',
    title: metric,
    scale: { zero: false, nice: true },
    axis: { tickCount: 5 },
  } as const;
  return styled({
    width: plotWidth,
    height: 210,
    data: { values },
    layer: [
      ...(reference === undefined ? [] : [referenceLine('y', reference.value, metric)]),
      // Lines between groups that stand side by side would cross one another.
      ...(single
        ? [{ mark: { type: 'line', strokeWidth: 1.5 }, encoding: { x, y, color: colour } } as const]
        : []),
      {
        mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: colour, ...offset },
      },
      {
        mark: { type: 'point', filled: true, size: 50, opacity: 1, strokeWidth: 1.5 },
        encoding: {
          x,
          y,
          stroke: colour,
          fill: {
            condition: { test: "datum.verdict === 'not told apart'", value: paper },
            ...(single
              ? { value: lightColours['series-1'] }
              : { field: 'line', type: 'nominal', sort: order }),
          },
          ...offset,
        },
      },
    ],
  });
}
