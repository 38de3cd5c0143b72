import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { memoryWithin, processesOutOfMemory, slotsWithin } from '../../../src/run/local/limits.js';
import { temporaryProject } from '../../support/temporary-project.js';

const job = { SLURM_JOB_ID: '7' };

function placeWith(files: { readonly [path: string]: string }, environment: NodeJS.ProcessEnv = {}) {
  const { root } = temporaryProject({ files });
  return { root, environment };
}

describe('what a process may use', () => {
  it('is what its task of a job was given, or the job where it does not say', () => {
    const slots = (environment: NodeJS.ProcessEnv) => slotsWithin(8, placeWith({}, environment));
    expect(slots({})).toBe(8);
    expect(slots({ ...job, SLURM_CPUS_PER_TASK: '1', SLURM_CPUS_ON_NODE: '4' })).toBe(1);
    expect(slots({ ...job, SLURM_CPUS_ON_NODE: '4' })).toBe(4);
    expect(slots({ ...job, SLURM_CPUS_PER_TASK: '64' })).toBe(8);
    expect(slots({ SLURM_CPUS_PER_TASK: '1' })).toBe(8);
  });

  it('is the time that its control groups give it, of either version, be it set further up', () => {
    const second = { 'proc/self/cgroup': '0::/a/b\n' };
    const first = { 'proc/self/cgroup': '3:cpu,cpuacct:/a\n2:memory:/\n' };
    const slots = (files: { readonly [path: string]: string }) => slotsWithin(8, placeWith(files));
    expect(slots(second)).toBe(8);
    expect(slots({ ...second, 'sys/fs/cgroup/a/b/cpu.max': 'max 100000\n' })).toBe(8);
    expect(slots({ ...second, 'sys/fs/cgroup/a/cpu.max': '250000 100000\n' })).toBe(3);
    expect(slots({ ...second, 'sys/fs/cgroup/a/b/cpu.max': '20000 100000\n' })).toBe(1);
    expect(
      slots({
        ...first,
        'sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us': '200000\n',
        'sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us': '100000\n',
      }),
    ).toBe(2);
    expect(
      slots({
        ...first,
        'sys/fs/cgroup/cpu/a/cpu.cfs_quota_us': '-1\n',
        'sys/fs/cgroup/cpu/a/cpu.cfs_period_us': '100000\n',
      }),
    ).toBe(8);
  });

  it('is the memory that its job asked for', () => {
    const memory = (environment: NodeJS.ProcessEnv) => memoryWithin(8e9, { environment });
    expect(memory({})).toBe(8e9);
    expect(memory({ ...job, SLURM_MEM_PER_NODE: '1024' })).toBe(2 ** 30);
    expect(memory({ ...job, SLURM_MEM_PER_CPU: '512', SLURM_CPUS_PER_TASK: '2' })).toBe(2 ** 30);
    expect(memory({ ...job, SLURM_MEM_PER_NODE: '0' })).toBe(8e9);
    expect(memory({ SLURM_MEM_PER_NODE: '1024' })).toBe(8e9);
  });

  it('is counted where it was too much: processes of its control group that the system ended, of either version', () => {
    const count = (files: { readonly [path: string]: string }) => processesOutOfMemory(placeWith(files));
    const first = { 'proc/self/cgroup': '4:memory:/slurm/job_7\n3:cpu:/\n' };
    const second = { 'proc/self/cgroup': '0::/slurm/job_7\n' };
    expect(count(first)).toBe(0);
    expect(count({ ...first, 'sys/fs/cgroup/memory/memory.oom_control': 'oom_kill 9\n' })).toBe(0);
    const told = 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n';
    expect(count({ ...first, 'sys/fs/cgroup/memory/slurm/job_7/memory.oom_control': told })).toBe(2);
    const events = 'low 0\noom 4\noom_kill 3\noom_group_kill 0\n';
    expect(count({ ...second, 'sys/fs/cgroup/slurm/job_7/memory.events': events })).toBe(3);
  });

  it('counts for a run, which says how many slots it has', () => {
    const module = new URL('../../../dist/run/local/machine.js', import.meta.url).href;
    const text = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `import { machineSlots } from '${module}'; console.log(machineSlots())`],
      { encoding: 'utf8', env: { ...process.env, ...job, SLURM_CPUS_PER_TASK: '1' } },
    );
    expect(text).toBe('1\n');
  });
});
