import type { Role } from '../../base/role.js';
import type {
  Outcome,
  RunComputed,
  RunFinish,
  RunStart,
  StepFinish,
  StepNote,
  StepProgress,
  StepRetry,
  StepStart,
  StepWait,
} from '../../run/event.js';
import type { Series } from './series.js';

/** A node that an event has told of. */
export interface NodeView {
  readonly node: string;
  /** The node of the step that it makes a port from. */
  readonly derivedFrom?: string;
  readonly state: 'running' | Outcome;
  /** Milliseconds since the epoch; present while it runs, and afterwards where it ran. */
  readonly startedAt?: number;
  readonly seconds: number;
  readonly slots: number;
  readonly gpus: number;
  /** Relative to the root; present where it was executed. */
  readonly log?: string;
  readonly progress?: Pick<StepProgress, 'done' | 'total' | 'unit' | 'rate' | 'secondsLeft'>;
  /** Where it is, of one that is a job: in the queue, or `4711_3 on node7`. */
  readonly job?: { readonly isQueued: boolean; readonly place: string };
  /** Figures that it reported last. */
  readonly values: { readonly [name: string]: number };
  readonly reason: string;
}

/** A training under way or done: a chain of nodes that differ in what follows `@` only. */
export interface Curve {
  readonly chain: string;
  /** What it reports as it goes on: a loss first, then as it named them first, at most three. */
  readonly figures: readonly { readonly name: string; readonly series: Series }[];
}

/** Whether a figure of this name is one that should fall. */
export function isLossName(name: string): boolean {
  return name.toLowerCase().includes('loss');
}

export interface StepView {
  readonly step: string;
  readonly kind: string;
  /** How many nodes it has. */
  readonly total: number;
  readonly needs: readonly string[];
  readonly role?: Role;
  /** What its nodes that are not hits by the plan are expected to take, together, and how many they are. */
  readonly expected?: { readonly seconds: number; readonly nodes: number };
  /** Those that an event has told of, in the order in which it did. */
  readonly nodes: ReadonlyMap<string, NodeView>;
  /** How many nodes are derived from those. */
  readonly derivedTotal: number;
  /** Those of them that an event has told of; one that failed is among `nodes` instead. */
  readonly derived: ReadonlyMap<string, NodeView>;
  /** One a chain, the latest to report last. */
  readonly curves: readonly Curve[];
}

/** What is written once, above the view, and stays. */
export type Message =
  | { readonly type: 'step'; readonly step: StepView; readonly seconds: number }
  /** Steps of which nothing was executed, and why. */
  | {
      readonly type: 'steps';
      readonly outcome: 'hit' | 'skipped' | 'cancelled';
      readonly steps: readonly StepView[];
      readonly reason: string;
      /** The node whose failure kept them from starting. */
      readonly after?: string;
    }
  | { readonly type: 'failure'; readonly finish: StepFinish }
  | { readonly type: 'wait'; readonly wait: StepWait }
  | { readonly type: 'retry'; readonly retry: StepRetry }
  | { readonly type: 'note'; readonly note: StepNote }
  | { readonly type: 'notice'; readonly text: string };

/** All that events have told so far. */
export interface ViewState {
  readonly pipeline: string;
  /** Those that nodes compute with; empty where none does. */
  readonly engine: string;
  readonly slots: number;
  readonly gpus: number;
  /** Nodes in all. */
  readonly nodes: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly expectedSeconds?: number;
  readonly steps: readonly StepView[];
  /** Grows at its end only. */
  readonly messages: readonly Message[];
  /** What is told with the next event that is not one more of its sort; what one failure skipped, at the end. */
  readonly pending: readonly Extract<Message, { type: 'steps' }>[];
  readonly finish?: RunComputed | RunFinish;
}

/** Before the first event. */
export const emptyView: ViewState = {
  pipeline: '',
  engine: '',
  slots: 0,
  gpus: 0,
  nodes: 0,
  startedAt: 0,
  steps: [],
  messages: [],
  pending: [],
};

/** The view when a run has started. */
export function viewOfStart(start: RunStart): ViewState {
  return {
    ...emptyView,
    pipeline: start.pipeline,
    engine: (start.engines ?? []).map(({ name }) => name).join(' '),
    slots: start.slots,
    gpus: start.gpus,
    nodes: start.nodes,
    startedAt: Date.parse(start.time),
    ...(start.expectedSeconds === undefined ? {} : { expectedSeconds: start.expectedSeconds }),
    steps: start.steps.map(({ step, kind, nodes, derived = 0, hits, needs, role, expectedSeconds }) => ({
      step,
      kind,
      total: nodes,
      needs,
      ...(role === undefined ? {} : { role }),
      ...(expectedSeconds === undefined
        ? {}
        : { expected: { seconds: expectedSeconds, nodes: nodes - hits } }),
      nodes: new Map(),
      derivedTotal: derived,
      derived: new Map(),
      curves: [],
    })),
  };
}

/** A step that the run's start did not tell of. */
export function unknownStep({ step, kind }: Pick<StepStart | StepFinish, 'step' | 'kind'>): StepView {
  return {
    step,
    kind,
    total: 0,
    needs: [],
    nodes: new Map(),
    derivedTotal: 0,
    derived: new Map(),
    curves: [],
  };
}

/** How many nodes of a step are in each state; the rest wait. */
export function nodesByState(step: StepView): { readonly [state in NodeView['state'] | 'waiting']: number } {
  const counts = { waiting: 0, running: 0, ran: 0, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 0 };
  for (const { state } of step.nodes.values()) counts[state]++;
  counts.waiting = Math.max(0, step.total - step.nodes.size);
  return counts;
}

/** Whether every node of the step has its outcome, and what is derived from them. */
export function isSettled(step: StepView): boolean {
  const { waiting, running } = nodesByState(step);
  const derived = [...step.derived.values()].filter(({ state }) => state !== 'running').length;
  return waiting + running === 0 && step.nodes.size > 0 && derived >= step.derivedTotal;
}

/** Of a step whose nodes were all there already and of which something derived was executed: that alone. */
export function derivedAlone(step: StepView): StepView | undefined {
  const executed = [...step.derived.values()].filter(({ startedAt }) => startedAt !== undefined);
  if (executed.length === 0 || nodesByState(step).hit < step.nodes.size) return undefined;
  const ports = new Set(executed.map(({ node, derivedFrom = '' }) => node.slice(derivedFrom.length)));
  return {
    ...step,
    step: `${step.step}${[...ports].join(', ')}`,
    total: executed.length,
    nodes: new Map(executed.map((view) => [view.node, view])),
  };
}
