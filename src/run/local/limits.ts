import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { least } from '../../base/extremes.js';

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
  const lines = read(join(root, 'proc/self/cgroup')).split('\n');
  return lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    const isFirst = controllers.split(',').includes('cpu');
    if (controllers !== '' && !isFirst) return [];
    const mounts = isFirst ? [`sys/fs/cgroup/${controllers}`, 'sys/fs/cgroup/cpu'] : ['sys/fs/cgroup'];
    return mounts.flatMap((mount) => upwards(path).map((group) => join(root, mount, group)));
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
