import { join, relative } from 'node:path';
import type { Digest } from '../base/canonical.js';
import { shortDigest } from '../base/quantities.js';
import type { GpuDevice } from '../engines/gpu-devices.js';
import type { Progress } from '../kinds/kind-body.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import type { Attempt, AttemptListener } from './attempt-node.js';
import type { RunEvent } from './event.js';
import { mergedFigures } from './figures.js';
import { logEnding, logHeading } from './log-heading.js';
import type { NodeLinks } from './node-links.js';
import { paceOf } from './progress-rate.js';
import type { Resources } from './resources.js';
import type { Timing } from './schedule-state.js';
import { logFileName, StepLog } from './step-log.js';

/** An attempt of a node, and where what happens in it is said. */
export interface RecordedAttempt {
  readonly node: GraphNode;
  readonly key: Digest;
  /** Why it is computed. */
  readonly reason: string;
  readonly granted: Resources;
  readonly gpus: readonly GpuDevice[];
  /** The project's root, absolute. */
  readonly root: string;
  readonly logFolder: string;
  readonly links: NodeLinks | undefined;
  readonly emit: (event: RunEvent) => void;
  readonly decide: (decision: string) => void;
}

/** What is kept of an attempt: its events, its log, the links to its files. */
export interface AttemptRecord {
  readonly listener: Omit<AttemptListener, 'mayStart' | 'executed'>;
  /** Says in the log how the attempt ended; returns when it was and what it left. */
  end(attempt: Attempt, isCancelled: boolean): Timing;
}

/** A record of an attempt that has not begun; its log is begun with the first line. */
export function createAttemptRecord({ node, key, reason, ...attempted }: RecordedAttempt): AttemptRecord {
  const { granted, gpus, root, links, emit, decide } = attempted;
  const log = new StepLog(join(attempted.logFolder, logFileName(node.id)));
  let pace = paceOf();
  let startedAt: Date | undefined;
  let left: string | undefined;
  let keepsState = false;
  let last: Progress | undefined;

  const listener: AttemptRecord['listener'] = {
    started(date) {
      startedAt = date;
      decide(`has the lock of key ${shortDigest(key)}; its inputs are sound`);
      const { id, step, kind } = node;
      const time = date.toISOString();
      const on = gpus.length === 0 ? '' : `, GPU ${gpus.map((gpu) => gpu.id).join(', ')}`;
      const heading = logHeading(
        { node: id, kind, startedAt: time },
        `threads ${granted.slots}${on}, key ${key}`,
      );
      log.note(`${heading}\nbecause: ${reason}`);
      log.close();
      emit({
        event: 'step.start',
        time,
        node: id,
        step,
        kind,
        ...(node.derivedFrom === undefined ? {} : { derivedFrom: node.derivedFrom }),
        key,
        reason,
        threads: granted.slots,
        gpus: granted.gpus,
        log: relative(root, log.file),
        ...(gpus.length === 0 ? {} : { devices: gpus.map((gpu) => gpu.id) }),
      });
    },
    worksIn: (folder) => void links?.point(node, folder),
    kept: (folder) => {
      left = links?.keep(node, folder) ?? folder;
    },
    keptState() {
      keepsState = true;
    },
    again({ message }, how) {
      log.note(`executed ${how}: ${message}`);
      log.close();
      pace = paceOf();
      emit({ event: 'step.retry', time: now(), node: node.id, reason: message });
    },
    placed(place) {
      if (place.state === 'running') {
        // What it waited in the queue is no time of the step.
        startedAt = new Date();
      }
      emit({ event: 'step.job', time: now(), node: node.id, ...place });
    },
    progress({ values = {}, ...progress }) {
      last = { ...progress, values: mergedFigures(last?.values ?? {}, values) };
      emit({
        event: 'step.progress',
        time: now(),
        node: node.id,
        ...progress,
        ...pace(progress, performance.now() / 1000),
        values,
      });
    },
    log: (line) => emit({ event: 'step.log', time: now(), node: node.id, line }),
    note: (line) => emit({ event: 'step.note', time: now(), node: node.id, line }),
  };

  return {
    listener,
    end(attempt, isCancelled) {
      if (startedAt === undefined) return { seconds: 0 };
      if (attempt.type === 'failed' && left === undefined) links?.remove(node);
      const seconds = (Date.now() - startedAt.getTime()) / 1000;
      log.note(logEnding(now(), seconds, endingOf(attempt, isCancelled)));
      log.close();
      return {
        startedAt: startedAt.toISOString(),
        seconds,
        threads: granted.slots,
        log: relative(root, log.file),
        ...(left === undefined ? {} : { left: relative(root, left) }),
        ...(last === undefined ? {} : { progress: last }),
        ...(keepsState ? { keepsState } : {}),
      };
    },
  };
}

function endingOf(attempt: Attempt, isCancelled: boolean): string {
  if (attempt.type === 'busy') return `left to ${attempt.owner}`;
  if (attempt.type !== 'failed') return 'ran';
  return isCancelled ? 'cancelled' : `failed: ${attempt.failure.message}`;
}

function now(): string {
  return new Date().toISOString();
}
