import { least } from '../../base/extremes.js';
import { chainOfNode } from '../../base/node-id.js';
import type { RunEvent, StepFinish, StepJob, StepProgress, StepStart } from '../../run/event.js';
import { placeOfJob } from '../plain-lines.js';
import { withValue } from './series.js';
import {
  isLossName,
  isSettled,
  type Message,
  type NodeView,
  nodesByState,
  type StepView,
  unknownStep,
  type ViewState,
  viewOfStart,
} from './view-state.js';

type StepsMessage = Extract<Message, { type: 'steps' }>;

/** The view after a further event. Any events in any order give a view; those of a run give that run's. */
export function reduceView(state: ViewState, event: RunEvent): ViewState {
  switch (event.event) {
    case 'run.start':
      return viewOfStart(event);
    case 'step.start':
      return started(state, event);
    case 'step.progress':
      return progressed(state, event);
    case 'step.finish':
      return finished(state, event);
    case 'step.wait':
      return say(state, { type: 'wait', wait: event });
    case 'step.job':
      return placed(state, event);
    case 'step.retry':
      return say(state, { type: 'retry', retry: event });
    case 'step.note':
      return say(state, { type: 'note', note: event });
    case 'run.computed':
    case 'run.finish':
      return { ...state, messages: [...state.messages, ...state.pending], pending: [], finish: event };
    // Logs are read from their files; what is sent, and failures of the run, are lines when the view is gone.
    case 'run.sending':
    case 'step.log':
    case 'run.failed':
    // A verbose run is shown in plain lines.
    case 'step.decision':
      return state;
  }
}

/** The view with a line for people above it. */
export function withNotice(state: ViewState, text: string): ViewState {
  return say(state, { type: 'notice', text });
}

function started(state: ViewState, event: StepStart): ViewState {
  const { node, derivedFrom, time, threads, gpus, log, reason } = event;
  const view: NodeView = {
    node,
    ...(derivedFrom === undefined ? {} : { derivedFrom }),
    state: 'running',
    startedAt: Date.parse(time),
    seconds: 0,
    slots: threads,
    gpus,
    log,
    values: {},
    reason,
  };
  return withStep(say(state), stepWith(stepOf(state, event), view));
}

function placed(state: ViewState, { node, time, ...place }: StepJob): ViewState {
  const step = state.steps.find((one) => one.nodes.has(node));
  const before = step?.nodes.get(node);
  if (step === undefined || before?.state !== 'running') return state;
  const isQueued = place.state === 'queued';
  const view: NodeView = {
    ...before,
    // What it waits is no time of its own, and what it has is not this machine's.
    startedAt: Date.parse(time),
    slots: 0,
    gpus: 0,
    job: { isQueued, place: isQueued ? 'queued' : placeOfJob(place) },
  };
  return withStep(state, stepWith(step, view));
}

function progressed(state: ViewState, event: StepProgress): ViewState {
  const step = state.steps.find((one) => one.nodes.has(event.node));
  const before = step?.nodes.get(event.node);
  if (step === undefined || before?.state !== 'running') return state;
  const { done, total, unit, rate, secondsLeft } = event;
  const values = finite(event.values);
  const view: NodeView = {
    ...before,
    progress: {
      done,
      unit,
      ...(total === undefined ? {} : { total }),
      ...(rate === undefined ? {} : { rate }),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    },
    values: { ...before.values, ...values },
  };
  return withStep(state, withFigures(stepWith(step, view), event.node, values));
}

const mostFigures = 3;

function withFigures(step: StepView, node: string, values: NodeView['values']): StepView {
  const chain = chainOfNode(node);
  const before = step.curves.find((curve) => curve.chain === chain);
  const known = new Map(before?.figures.map(({ name, series }) => [name, series]));
  for (const [name, value] of Object.entries(values)) {
    const series = withValue(known.get(name), value);
    if (series !== undefined) known.set(name, series);
  }
  const figures = [...known].map(([name, series]) => ({ name, series }));
  if (figures.length === 0) return step;
  const sorted = figures.toSorted(
    (one, other) => Number(isLossName(other.name)) - Number(isLossName(one.name)),
  );
  return {
    ...step,
    curves: [
      ...step.curves.filter((curve) => curve !== before),
      { chain, figures: sorted.slice(0, mostFigures) },
    ],
  };
}

function finished(state: ViewState, event: StepFinish): ViewState {
  const old = stepOf(state, event);
  const before = old.nodes.get(event.node) ?? old.derived.get(event.node);
  const { progress: _, ...rest } = before ?? { startedAt: undefined, slots: 0, gpus: 0, log: undefined };
  const { startedAt, log } = rest;
  const step = stepWith(old, {
    node: event.node,
    ...(event.derivedFrom === undefined ? {} : { derivedFrom: event.derivedFrom }),
    state: event.outcome,
    ...(startedAt === undefined ? {} : { startedAt }),
    seconds: event.seconds,
    slots: 0,
    gpus: 0,
    ...(log === undefined ? {} : { log }),
    values: finite(event.values ?? {}),
    reason: event.reason,
  });
  const next = withStep(state, step);
  const failure: readonly Message[] = event.outcome === 'failed' ? [{ type: 'failure', finish: event }] : [];
  if (!isSettled(step)) return failure.length === 0 ? next : say(next, ...failure);
  return stepEnded(next, step, event, failure, old.total <= 1);
}

/** @param isLone whether it is a step of one node, of which its failure says all */
function stepEnded(
  state: ViewState,
  step: StepView,
  event: StepFinish,
  failure: readonly Message[],
  isLone: boolean,
): ViewState {
  const folded = foldedOutcome(step);
  if (folded !== undefined) {
    const after = folded === 'skipped' && event.after !== undefined ? { after: event.after } : {};
    return fold(state, { type: 'steps', outcome: folded, steps: [step], reason: event.reason, ...after });
  }
  if (isLone && nodesByState(step).failed > 0) return say(state, ...failure);
  return say(state, ...failure, { type: 'step', step, seconds: secondsOf(step, event) });
}

/** From the start of the first of its nodes to the end of the last. */
function secondsOf(step: StepView, { time }: StepFinish): number {
  const starts = [...step.nodes.values(), ...step.derived.values()].flatMap(
    ({ startedAt }) => startedAt ?? [],
  );
  return starts.length === 0 ? 0 : Math.max(0, (Date.parse(time) - least(starts)) / 1000);
}

/** The outcome of a step of which nothing was executed, where all its nodes have the same. */
function foldedOutcome(step: StepView): StepsMessage['outcome'] | undefined {
  const counts = nodesByState(step);
  const isExecuted = [...step.nodes.values(), ...step.derived.values()].some(
    ({ startedAt }) => startedAt !== undefined,
  );
  if (isExecuted) return undefined;
  return (['hit', 'skipped', 'cancelled'] as const).find((outcome) => counts[outcome] === step.nodes.size);
}

/** Keeps the step to be told of with others of the same outcome. */
function fold(state: ViewState, message: StepsMessage): ViewState {
  const same = state.pending.find(
    ({ outcome, after }) => outcome === message.outcome && after === message.after,
  );
  const merged = same === undefined ? message : { ...same, steps: [...same.steps, ...message.steps] };
  return { ...state, pending: [...state.pending.filter((one) => one !== same), merged] };
}

/** Tells what was kept, and then what is given. */
function say(state: ViewState, ...messages: readonly Message[]): ViewState {
  // A failure may keep more from starting as the run goes on.
  const due = state.pending.filter(({ after }) => after === undefined);
  if (due.length + messages.length === 0) return state;
  const pending = state.pending.filter(({ after }) => after !== undefined);
  return { ...state, messages: [...state.messages, ...due, ...messages], pending };
}

function stepOf(state: ViewState, event: StepStart | StepFinish): StepView {
  return state.steps.find(({ step }) => step === event.step) ?? unknownStep(event);
}

function stepWith(step: StepView, view: NodeView): StepView {
  if (view.derivedFrom !== undefined) return stepWithDerived(step, view, view.derivedFrom);
  const nodes = new Map(step.nodes).set(view.node, view);
  return { ...step, nodes, total: Math.max(step.total, nodes.size) };
}

/** What is derived from a node is told with it: its figures are the node's. One that failed stands for itself. */
function stepWithDerived(step: StepView, view: NodeView, from: string): StepView {
  const nodes = new Map(step.nodes);
  const parent = nodes.get(from);
  if (parent !== undefined) nodes.set(from, { ...parent, values: { ...parent.values, ...view.values } });
  const derived = new Map(step.derived);
  if (view.state !== 'failed') {
    derived.set(view.node, view);
    return { ...step, nodes, derived, derivedTotal: Math.max(step.derivedTotal, derived.size) };
  }
  derived.delete(view.node);
  nodes.set(view.node, view);
  return { ...step, nodes, total: step.total + 1, derived, derivedTotal: Math.max(0, step.derivedTotal - 1) };
}

function withStep(state: ViewState, step: StepView): ViewState {
  const at = state.steps.findIndex((one) => one.step === step.step);
  const steps = at < 0 ? [...state.steps, step] : state.steps.with(at, step);
  return {
    ...state,
    steps,
    nodes: Math.max(
      state.nodes,
      steps.reduce((sum, { total, derivedTotal }) => sum + total + derivedTotal, 0),
    ),
  };
}

/** What is written as JSON has null for what is no number. */
function finite(values: { readonly [name: string]: number | null }): { readonly [name: string]: number } {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}
