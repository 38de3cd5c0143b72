import { isEvaluation, type MetricRow } from '../../../artifacts/metric-table.js';
import { greatest } from '../../../base/extremes.js';
import { chainOfNode, parseNodeId, stepOfNode } from '../../../base/node-id.js';
import { own } from '../../../base/own-properties.js';
import { formatCount } from '../../../base/quantities.js';
import { kinds } from '../../../kinds/registry.js';
import { leadingMetric } from '../../../statistics/metrics.js';
import { lightColours } from '../palette.js';
import type { CurveRow, HistoryReach, LineageRow, RunRows } from '../run-rows.js';
import { chosenFirst } from './chosen-trainings.js';
import { type Figure, figureId, plotWidth, styled } from './figure.js';
import { distinct, firstOf, metricText, sampleText } from './metric-text.js';

/** More curves than this cannot be told apart by colour. */
const mostCurves = 6;
const seriesColour = lightColours['series-1'];
/** The thick line is the mean over this part of a curve. */
const smoothedPart = 20;

/** More values of one training than this are no figures to look at. */
const mostValues = 8;

/**
 * Training: for each step its loss, and beside it the validation metric of its checkpoints where there is one; of a
 * program all that it told, by itself that of nodes without a result. Trainings that choices have taken come first.
 *
 * @param chosen nodes
 */
export function trainingFigures(
  rows: RunRows,
  metrics: readonly MetricRow[],
  kindOfStep: ReadonlyMap<string, string>,
  chosen: ReadonlySet<string> = new Set(),
): readonly Figure[] {
  const trained = new Set(rows.history.map(({ step }) => step));
  const steps = [...kindOfStep.keys()].filter((step) => trained.has(step));
  return steps.flatMap((step) => {
    const kind = kindOfStep.get(step) ?? '';
    const chainOf = chainsOfSegments(kind, rows.lineage);
    const chosenChains = new Set([...chosen].filter((node) => stepOfNode(node) === step).map(chainOf));
    const isChosen = (chain: string) => chosenChains.has(chain);
    const ofStep = <Row extends { readonly step: string; readonly unfinished: string | null }>(
      all: readonly Row[],
      isUnfinished: boolean,
    ) => all.filter((row) => row.step === step && (row.unfinished !== null) === isUnfinished);
    const figures = [false, true].flatMap((isUnfinished) =>
      curveFigures(
        { step, kind, isUnfinished, chainOf, isChosen },
        ofStep(rows.curves, isUnfinished),
        ofStep(rows.history, isUnfinished),
      ),
    );
    const history = ofStep(rows.history, false);
    return [
      ...figures,
      ...validationFigures({ step, kind, chainOf, isChosen }, history, metrics, rows.lineage),
    ];
  });
}

function curveFigures(
  of: Omit<CurveSubject, 'name'>,
  curves: readonly CurveRow[],
  history: readonly HistoryReach[],
): readonly Figure[] {
  if (history.length === 0) return [];
  const names = isProgram(of.kind) ? distinct(curves.map(({ name }) => name)) : ['loss'];
  return names.slice(0, mostValues).map((name) =>
    curveFigure(
      { ...of, name },
      curves.filter((row) => row.name === name),
      history,
    ),
  );
}

/** The chain of segments that a node is of: `meta_train[seed=1]` for `meta_train[seed=1]@200`; else the node. */
type ChainOf = (node: string) => string;

/** A program's nodes are segments where they take each other's state. */
export function chainsOfSegments(
  kind: string,
  lineage: readonly Pick<LineageRow, 'node' | 'input' | 'source_node'>[],
): ChainOf {
  if (kinds[kind]?.segmentation !== undefined) return chainOfNode;
  const { carry } = kinds[kind]?.segmentsOf?.({ of: '', every: 1 }) ?? {};
  if (carry === undefined) return (node) => node;
  const segments = new Set(
    lineage.flatMap(({ node, input, source_node }) =>
      input === carry.input && source_node !== null && chainOfNode(node) === chainOfNode(source_node)
        ? [node, source_node]
        : [],
    ),
  );
  return (node) => (segments.has(node) ? chainOfNode(node) : node);
}

/** Whether the values that a step of this kind tells of its training are a program's own. */
function isProgram(kind: string): boolean {
  return kinds[kind]?.declarations !== undefined;
}

/** What a training of this kind counts. */
function unitOf(kind: string): string {
  return isProgram(kind) ? 'step' : 'iteration';
}

/** What tells a chain from the others of its step: `seed=1` of `meta_train[seed=1]`; the chain where it is alone. */
function shortChain(chain: string): string {
  const { matrix, elements } = parseNodeId(chain);
  return [matrix, ...elements].filter((label) => label !== '').join('@') || chain;
}

/** What a curve is of. */
interface CurveSubject {
  readonly step: string;
  readonly kind: string;
  /** Whether its nodes have no result, and the curves end where they did. */
  readonly isUnfinished: boolean;
  /** Of the value. */
  readonly name: string;
  readonly chainOf: ChainOf;
  /** Whether a choice has taken a chain. */
  readonly isChosen: (chain: string) => boolean;
}

function curveFigure(
  { step, kind, isUnfinished, name, chainOf, isChosen }: CurveSubject,
  rows: readonly CurveRow[],
  history: readonly HistoryReach[],
): Figure {
  const unit = unitOf(kind);
  const chains = chosenFirst(distinct(rows.map(({ node }) => chainOf(node))), isChosen);
  const values = chains.slice(0, mostCurves).flatMap((chain) => {
    const own = rows
      .filter(({ node }) => chainOf(node) === chain)
      .toSorted((one, other) => one.iteration - other.iteration);
    const reach = reachOf(own.length);
    const mark = own[0]?.unfinished ?? null;
    return own.map(({ iteration, value }, index) => ({
      chain: `${shortChain(chain)}${mark === null ? '' : ` (${mark})`}`,
      iteration,
      value,
      mean: meanOf(own.slice(Math.max(0, index - reach), index + reach + 1)),
    }));
  });
  const iterations = greatest(history.map(({ last_iteration }) => last_iteration));
  const perPoint = history[0]?.iterations_per_row ?? 1;
  const window = 2 * reachOf(values.length / Math.max(1, Math.min(chains.length, mostCurves))) + 1;
  const single = chains.length === 1;
  const colour =
    single && !isUnfinished
      ? { value: seriesColour }
      : ({ field: 'chain', type: 'nominal', title: null, sort: null } as const);
  const x = {
    field: 'iteration',
    type: 'quantitative',
    title: unit,
    axis: { tickCount: 6, format: 'd' },
  } as const;
  const y = {
    field: 'value',
    type: 'quantitative',
    title: isProgram(kind) ? name : 'loss (cross-entropy, nats)',
    scale: { zero: false },
    axis: { tickCount: 5 },
  } as const;
  const last = values.at(-1);
  return {
    id: figureId('training', step, name, ...(isUnfinished ? ['unfinished'] : [])),
    topic: 'training',
    title: `${step}: ${name} ${isUnfinished ? 'of nodes without a result' : 'while training'}`,
    // What a program's values are of, only it knows.
    role: isProgram(kind) ? null : 'train',
    caption: `${isProgram(kind) ? '' : 'Role train; '}${kind}, ${formatCount(iterations, unit)}${single ? '' : ` of ${chains.length} trainings`}${isUnfinished ? ', up to where they failed or were cancelled' : ''}. Thin: ${
      perPoint === 1 ? `every ${unit}` : `means of ${perPoint} ${unit}s`
    }; thick: the mean of ${window * perPoint} around.${drawnOf(chains, isChosen)}`,
    description: `The ${name} over ${formatCount(iterations, unit)}${isUnfinished ? ' of nodes that failed or were cancelled' : ''}${
      values[0] === undefined || last === undefined
        ? ''
        : `, from ${values[0].value.toFixed(3)} to a mean of ${last.mean.toFixed(3)} at the end`
    }.`,
    data: {
      columns: ['training', unit, name, `mean of ${window}`],
      rows: values.map(({ chain, iteration, value, mean }) => [chain, iteration, value, mean]),
    },
    spec: styled({
      width: plotWidth,
      height: 200,
      data: { values },
      layer: [
        {
          mark: { type: 'line', strokeWidth: 1, opacity: 0.35 },
          encoding: { x, y, color: colour },
        },
        {
          mark: { type: 'line', strokeWidth: 2 },
          encoding: { x, y: { ...y, field: 'mean' }, color: colour },
        },
      ],
    }),
  };
}

/** A figure for each step that evaluates every checkpoint of the trainings of a step, and for what these say of themselves. */
function validationFigures(
  { step, kind, chainOf, isChosen }: Pick<CurveSubject, 'step' | 'kind' | 'chainOf' | 'isChosen'>,
  history: readonly HistoryReach[],
  metrics: readonly MetricRow[],
  lineage: readonly LineageRow[],
): readonly Figure[] {
  const iterationOf = new Map(history.map(({ node, last_iteration }) => [node, last_iteration]));
  const checkpointOf = new Map<string, string | undefined>();
  for (const { node, source_node } of lineage) {
    if (source_node === null || !iterationOf.has(source_node) || iterationOf.has(node)) continue;
    // Two checkpoints in one node: no place on the curve.
    const known = checkpointOf.get(node);
    checkpointOf.set(node, checkpointOf.has(node) && known !== source_node ? undefined : source_node);
  }
  for (const node of iterationOf.keys()) checkpointOf.set(node, node);
  const steps = distinct(metrics.filter(({ node }) => checkpointOf.get(node)).map((row) => row.step));
  return steps.flatMap((evaluation) => {
    const rows = metrics.filter((row) => row.step === evaluation);
    const metric = leadingMetric(rows.flatMap((row) => Object.keys(row.values)));
    const values = rows.flatMap((row) => {
      const checkpoint = checkpointOf.get(row.node);
      const value = metric === undefined ? undefined : own(row.values, metric);
      if (checkpoint === undefined || value === undefined || metric === undefined) return [];
      const [low, high] = own(row.intervals, metric) ?? [null, null];
      const chain = chainOf(checkpoint);
      return [{ chain, iteration: iterationOf.get(checkpoint) ?? 0, value, low, high, row }];
    });
    const places = new Set(values.map(({ chain, iteration }) => `${chain} ${iteration}`));
    const isCurve =
      places.size === values.length && places.size > new Set(values.map((one) => one.chain)).size;
    return metric === undefined || !isCurve
      ? []
      : [validationFigure({ step, unit: unitOf(kind), evaluation, metric, isChosen }, values)];
  });
}

interface Evaluated {
  readonly chain: string;
  readonly iteration: number;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly row: MetricRow;
}

/** What the bars at checkpoints are, with a space before it; empty where there are none. */
function barsText(evaluated: readonly Evaluated[]): string {
  const withBars = evaluated.filter(({ low }) => low !== null);
  if (withBars.length === 0) return '';
  return withBars.some(({ row }) => isEvaluation(row))
    ? ' Bars: 95 % intervals over users.'
    : ' Bars: intervals as the program gave them.';
}

function validationFigure(
  {
    step,
    unit,
    evaluation,
    metric,
    isChosen,
  }: Pick<CurveSubject, 'step' | 'isChosen'> & {
    readonly unit: string;
    readonly evaluation: string;
    readonly metric: string;
  },
  evaluated: readonly Evaluated[],
): Figure {
  const trainings = chosenFirst(distinct(evaluated.map(({ chain }) => chain)), isChosen);
  const values = trainings.slice(0, mostCurves).flatMap((training) =>
    evaluated
      .filter(({ chain }) => chain === training)
      .toSorted((one, other) => one.iteration - other.iteration)
      .map(({ row: _, ...one }) => ({ ...one, chain: shortChain(one.chain) })),
  );
  const role = evaluated[0]?.row.role ?? null;
  // Of all, drawn or not; a figure is made of some.
  const highest = evaluated.reduce((best, one) => (one.value > best.value ? one : best), evaluated[0]!);
  const single = trainings.length === 1;
  const place = `${single ? '' : `${shortChain(highest.chain)}, `}${unit} ${highest.iteration}`;
  const colour = single
    ? { value: seriesColour }
    : ({ field: 'chain', type: 'nominal', title: null, sort: null } as const);
  const x = {
    field: 'iteration',
    type: 'quantitative',
    title: `${unit} of the checkpoint`,
    axis: { tickCount: 6, format: 'd' },
    scale: { zero: true },
  } as const;
  const y = {
    field: 'value',
    type: 'quantitative',
    title: metric,
    scale: { zero: false },
    axis: { tickCount: 5 },
  } as const;
  return {
    id: figureId('training', step, evaluation),
    topic: 'training',
    title: `${step}: ${metric} by checkpoint`,
    role,
    caption: `${evaluation}. ${sampleText(
      role,
      evaluated.map(({ row }) => row),
    )}.${barsText(evaluated)} Highest: ${place}, ${metricText(highest.value, highest.low, highest.high)}.${drawnOf(trainings, isChosen)}`,
    description: `${metric} at ${evaluated.length} checkpoints; highest ${highest.value.toFixed(4)} at ${place}.`,
    data: {
      columns: ['training', unit, metric, 'low', 'high'],
      rows: values.map(({ chain, iteration, value, low, high }) => [chain, iteration, value, low, high]),
    },
    spec: styled({
      width: plotWidth,
      height: 200,
      data: { values },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.5 },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: colour },
        },
        { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color: colour } },
        { mark: { type: 'point', filled: true, size: 45, opacity: 1 }, encoding: { x, y, color: colour } },
      ],
    }),
  };
}

/** How many of these are drawn, with a space before it; empty where it is all of them. */
function drawnOf(chains: readonly string[], isChosen: CurveSubject['isChosen']): string {
  const text = firstOf(mostCurves, chains.length);
  return text === '' || !chains.some(isChosen)
    ? text
    : `${text.slice(0, -1)}, what was chosen before the others.`;
}

/** How many neighbours on each side a smoothed point is the mean of. */
function reachOf(points: number): number {
  return Math.round(points / smoothedPart / 2);
}

function meanOf(rows: readonly CurveRow[]): number {
  return rows.reduce((sum, { value }) => sum + value, 0) / rows.length;
}
