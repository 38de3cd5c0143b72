import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { greatest, least } from '../../base/extremes.js';

/** Where limits are read: this process, unless a test makes up another. */
export interface LimitedPlace {
  readonly environment: NodeJS.ProcessEnv;
  /** The folder that holds `proc` and `sys`. */
  readonly root: string;
}

const thisProcessPlace: LimitedPlace = { environment: process.env, root: '/' };

/** Of so many processors those that a control group and the job around this process leave it, at least one. */
export function slotsWithin(
  processors: number,
  { environment, root }: LimitedPlace = thisProcessPlace,
): number {
  const quota = quotaOf(root);
  // Of a part of a processor nothing is gained by a thread more.
  const ofGroup = quota === undefined ? processors : Math.ceil(quota);
  return Math.max(1, Math.min(processors, ofGroup, cpusOfJob(environment) ?? processors));
}

/** Of so much memory what the job around this process leaves it. */
export function memoryWithin(
  bytes: number,
  { environment }: Pick<LimitedPlace, 'environment'> = thisProcessPlace,
): number {
  if (environment['SLURM_JOB_ID'] === undefined) return bytes;
  const perNode = positiveIn(environment['SLURM_MEM_PER_NODE']);
  const perCpu = positiveIn(environment['SLURM_MEM_PER_CPU']);
  const megabytes = perNode ?? (perCpu === undefined ? undefined : perCpu * (cpusOfJob(environment) ?? 1));
  return megabytes === undefined ? bytes : Math.min(bytes, megabytes * 2 ** 20);
}

/**
 * How many processes of this process's control group the system has ended so far because their memory ran out; 0 where
 * nobody counts.
 */
export function processesOutOfMemory({ root }: Pick<LimitedPlace, 'root'> = thisProcessPlace): number {
  const counts = ownGroups(root, 'memory').flatMap(({ mounts, path }) =>
    mounts.flatMap((mount) =>
      ['memory.events', 'memory.oom_control'].map((file) => {
        const text = read(join(root, mount, path, file));
        return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
      }),
    ),
  );
  return greatest(counts, 0);
}

/** Those of this task, or of all its tasks on this machine where it has not said how many each has. */
function cpusOfJob(environment: NodeJS.ProcessEnv): number | undefined {
  if (environment['SLURM_JOB_ID'] === undefined) return undefined;
  return positiveIn(environment['SLURM_CPUS_PER_TASK']) ?? positiveIn(environment['SLURM_CPUS_ON_NODE']);
}

/** `16G` stands in no variable of Slurm's: CPUs are counted, memory is in MB. */
function positiveIn(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

/** The time of processors that the control groups of this process give it in a second; undefined without a limit. */
function quotaOf(root: string): number | undefined {
  const quotas = groupFolders(root).flatMap((folder) => {
    const second = /^(\d+) (\d+)/.exec(read(join(folder, 'cpu.max')));
    const [quota, period] =
      second === null
        ? [read(join(folder, 'cpu.cfs_quota_us')), read(join(folder, 'cpu.cfs_period_us'))]
        : [second[1], second[2]];
    const part = Number(quota || Number.NaN) / Number(period || Number.NaN);
    return part > 0 && Number.isFinite(part) ? [part] : [];
  });
  return quotas.length === 0 ? undefined : least(quotas);
}

/** The folders of the control groups of this process, of both versions, and of those around them. */
function groupFolders(root: string): readonly string[] {
  return ownGroups(root, 'cpu').flatMap(({ mounts, path }) =>
    mounts.flatMap((mount) => upwards(path).map((group) => join(root, mount, group))),
  );
}

/** The control groups of this process that have to do with something, of both versions: where they may be mounted. */
function ownGroups(
  root: string,
  controller: string,
): readonly { readonly mounts: readonly string[]; readonly path: string }[] {
  const lines = read(join(root, 'proc/self/cgroup')).split('\n');
  return lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    const isFirst = controllers.split(',').includes(controller);
    if (controllers !== '' && !isFirst) return [];
    const mounts = isFirst
      ? [`sys/fs/cgroup/${controllers}`, `sys/fs/cgroup/${controller}`]
      : ['sys/fs/cgroup'];
    return [{ mounts, path }];
  });
}

/** `/a/b`, `/a`, `/`. */
function upwards(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((_, index) => names.slice(0, names.length - index).join('/')).concat('');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
