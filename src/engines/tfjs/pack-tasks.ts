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

/**
 * Tasks in as few parts as fit on the device, each packed. While the support set is stepped on, `vectorsKept` vectors and
 * `evaluationsKept` evaluations of each task are held at once.
 */
export function packInParts(
  device: Device,
  tasks: readonly Task[],
  vectorsKept: number,
  evaluationsKept: number,
): readonly PackedTasks[] {
  if (tasks.length === 0) return [];
  const whole = packTasks(tasks);
  const support = device.footprint(whole.support);
  const query = device.footprint(whole.query);
  // The query set is evaluated at two weights: adapted and not.
  const floats = vectorsKept * support.vector + evaluationsKept * support.evaluation + 2 * query.evaluation;
  const buffer = Math.max(support.largestBuffer, query.largestBuffer);
  const parts = device.partsOf(4 * tasks.length * floats, 4 * tasks.length * buffer);
  return parts === 1 ? [whole] : inParts(tasks, parts).map(packTasks);
}
