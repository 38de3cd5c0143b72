import { join } from 'node:path';
import type { Failure } from '../base/failure.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import type { StepFinish } from './event.js';
import type { Settled } from './schedule-state.js';
import { lastLinesOf } from './step-log.js';

/** Tells a node's outcome, with the last lines of its log where it failed. */
export function finishEvent(node: GraphNode, settled: Settled, root: string): StepFinish {
  const { outcome, key, reason, seconds, failure, entry, after } = settled;
  const values = entry?.facts.values;
  return {
    event: 'step.finish',
    time: new Date().toISOString(),
    node: node.id,
    step: node.step,
    kind: node.kind,
    ...(node.derivedFrom === undefined ? {} : { derivedFrom: node.derivedFrom }),
    outcome,
    ...(key === undefined ? {} : { key }),
    reason,
    seconds,
    ...(after === undefined ? {} : { after }),
    ...(values === undefined ? {} : { values }),
    ...(failure === undefined ? {} : { failure: eventFailure(failure, settled, root) }),
  };
}

function eventFailure(
  failure: Failure,
  { log, left, progress }: Settled,
  root: string,
): NonNullable<StepFinish['failure']> {
  const { reason, message, hint } = failure;
  return {
    reason,
    message,
    ...(hint === undefined ? {} : { hint }),
    lastLines: log === undefined ? [] : lastLinesOf(join(root, log)),
    ...(log === undefined ? {} : { log }),
    ...(left === undefined ? {} : { left }),
    ...(progress === undefined ? {} : { progress: { values: {}, ...progress } }),
  };
}
