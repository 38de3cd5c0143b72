import type { Task } from '../../data/pair-set.js';
import { assignSlots } from '../item-slots.js';
import type { Device } from './device/device.js';
import { type PackedForests, packForests } from './packed-forests.js';
import { inParts } from './parts.js';

/** Tasks with a weight vector each. */
export interface PackedTasks {
  readonly tasks: readonly Task[];
  readonly support: PackedForests;
  readonly query: PackedForests;
}

function packTasks(tasks: readonly Task[]): PackedTasks {
  const slots = assignSlots(tasks.map(({ support, query }) => [support, query]));
  return {
    tasks,
    support: packForests(
      tasks.map(({ support }) => [support]),
      slots,
    ),
    query: packForests(
      tasks.map(({ query }) => [query]),
      slots,
    ),
  };
}

/** What of each task is on the device at once. */
export interface Kept {
  readonly vectors: number;
  /** Of the support set. */
  readonly evaluations: number;
  /** Of the query set. Default 2: adapted and not. */
  readonly queryEvaluations?: number;
}

/** Tasks in as few parts as fit on the device, each packed. */
export function packInParts(
  device: Device,
  tasks: readonly Task[],
  { vectors, evaluations, queryEvaluations = 2 }: Kept,
): readonly PackedTasks[] {
  if (tasks.length === 0) return [];
  const whole = packTasks(tasks);
  const support = device.footprint(whole.support);
  const query = device.footprint(whole.query);
  const floats =
    vectors * support.vector + evaluations * support.evaluation + queryEvaluations * query.evaluation;
  const buffer = Math.max(support.largestBuffer, query.largestBuffer);
  const parts = device.partsOf(4 * tasks.length * floats, 4 * tasks.length * buffer);
  return parts === 1 ? [whole] : inParts(tasks, parts).map(packTasks);
}
