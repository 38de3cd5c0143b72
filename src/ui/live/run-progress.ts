import { greatest } from '../../base/extremes.js';
import { chainOfNode, parseNodeId } from '../../base/node-id.js';
import { isBetter, metricNames } from '../../statistics/metrics.js';
import { isSettled, type NodeView, nodesByState, type StepView, type ViewState } from './view-state.js';

/** The part of a running node that is done, from 0 to 1; undefined where it has not said. */
export function fractionOf({ progress }: NodeView): number | undefined {
  const { done = 0, total = 0 } = progress ?? {};
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : undefined;
}

/** How far a step is, and how long it may still take by the pace of its nodes that run. */
export interface StepProgressView {
  /** From 0 to 1. */
  readonly fraction: number;
  readonly secondsLeft?: number;
}

/** Undefined where none of the step's nodes is done, and none of those that run has said how far it is. */
export function progressOfStep(step: StepView): StepProgressView | undefined {
  const running = [...step.nodes.values()].filter(({ state }) => state === 'running');
  const fractions = running.flatMap((node) => fractionOf(node) ?? []);
  if (fractions.length === 0 && running.length === step.nodes.size) return undefined;
  const { waiting } = nodesByState(step);
  const settled = step.nodes.size - running.length;
  const fraction = (settled + fractions.reduce((sum, one) => sum + one, 0)) / Math.max(1, step.total);
  const left = running.flatMap(({ progress }) => progress?.secondsLeft ?? []);
  const whole = running.flatMap(({ progress }) =>
    progress?.rate === undefined || progress.total === undefined ? [] : [progress.total / progress.rate],
  );
  if (running.length === 0 || left.length < running.length || (waiting > 0 && whole.length === 0))
    return { fraction };
  const mean = whole.reduce((sum, one) => sum + one, 0) / Math.max(1, whole.length);
  return { fraction, secondsLeft: greatest(left) + (waiting * mean) / running.length };
}

/**
 * How long the run will have taken at its end, in seconds, `now` being in milliseconds since the epoch: the estimate
 * made at its start, and the more of the work is done the more the pace so far. Undefined where there is no estimate.
 */
export function expectedTotal(state: ViewState, now: number): number | undefined {
  const { expectedSeconds } = state;
  const work = state.steps.reduce((sum, { expected }) => sum + (expected?.seconds ?? 0), 0);
  if (expectedSeconds === undefined || work <= 0) return undefined;
  const done = state.steps.reduce((sum, step) => sum + workDone(step, now), 0);
  const elapsed = Math.max(0, (now - state.startedAt) / 1000);
  const left = Math.max(0, 1 - done / work);
  return elapsed + left * (left * expectedSeconds + elapsed);
}

/** The part of a step's expected seconds that is behind it. */
function workDone(step: StepView, now: number): number {
  const { expected, nodes, total } = step;
  if (expected === undefined || expected.nodes === 0) return 0;
  if (isSettled(step)) return expected.seconds;
  const each = expected.seconds / expected.nodes;
  const hits = total - expected.nodes;
  const running = [...nodes.values()].filter(({ state }) => state === 'running');
  const settled = Math.max(0, nodes.size - running.length - hits);
  const started = running.reduce((sum, node) => {
    const byTime = each > 0 ? (now - (node.startedAt ?? now)) / 1000 / each : 0;
    return sum + (fractionOf(node) ?? Math.min(0.95, Math.max(0, byTime)));
  }, 0);
  return Math.min(expected.seconds, each * (settled + started));
}

/** Slots and GPU tokens that running nodes hold. */
export function resourcesInUse({ steps }: Pick<ViewState, 'steps'>): {
  readonly slots: number;
  readonly gpus: number;
} {
  const running = steps.flatMap(({ nodes, derived }) =>
    [...nodes.values(), ...derived.values()].filter(({ state }) => state === 'running'),
  );
  return {
    slots: running.reduce((sum, { slots }) => sum + slots, 0),
    gpus: running.reduce((sum, { gpus }) => sum + gpus, 0),
  };
}

/** A validation beside a training: its metric by checkpoint, in the order of the checkpoints. */
export interface Validation {
  readonly metric: string;
  readonly values: readonly number[];
  /** The best, and what follows the step's name in the node that has it. */
  readonly best: { readonly value: number; readonly at: string };
}

/**
 * What is known so far of the checkpoints of a training: metrics computed from val alone. Of an evaluation at several
 * settings the values are those of one setting, the one that has the best. Undefined for a matrix of
 * trainings: events do not tell which of them was evaluated.
 */
export function validationOf(
  { steps }: Pick<ViewState, 'steps'>,
  training: StepView,
): Validation | undefined {
  if ([...training.nodes.keys()].some((node) => chainOfNode(node) !== training.step)) return undefined;
  for (const step of steps) {
    if (step.role !== 'val' || !step.needs.includes(training.step)) continue;
    const found = [...step.nodes.values()].flatMap(({ node, values }) => {
      const iteration = parseNodeId(node).elements.at(-1) ?? '';
      const metric = metricNames.find((name) => values[name] !== undefined);
      const value = metric === undefined ? undefined : values[metric];
      return !/^\d+$/.test(iteration) || metric === undefined || value === undefined
        ? []
        : [{ node, iteration: Number(iteration), metric, value }];
    });
    const [first] = found;
    if (first === undefined) continue;
    const best = found.reduce(
      (best, one) => (isBetter(one.metric, one.value, best.value) ? one : best),
      first,
    );
    const values = found
      .filter(({ node, metric }) => chainOfNode(node) === chainOfNode(best.node) && metric === best.metric)
      .toSorted((one, other) => one.iteration - other.iteration)
      .map(({ value }) => value);
    return {
      metric: best.metric,
      values,
      best: { value: best.value, at: best.node.slice(step.step.length) },
    };
  }
  return undefined;
}
