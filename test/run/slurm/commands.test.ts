import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BatchJobs } from '../../../src/run/batch/batch-system.js';
import { endingInAccounting, endingInRecord, queueOf } from '../../../src/run/slurm/queue-answers.js';
import { environmentOutside, runCommand } from '../../../src/run/slurm/run-command.js';
import { sbatchWords, scriptOf, submissionOf } from '../../../src/run/slurm/sbatch.js';
import { temporaryProject } from '../../support/temporary-project.js';

const jobs: BatchJobs = {
  name: 'kshot-smoke-1a2b3c',
  count: 1,
  command: ['/usr/bin/node', "/home/o'neill/job.js", '/pool'],
  demand: { cpus: 2, gpus: 0, options: {} },
  folder: '/project',
  logFolder: '/project/50%/log',
  endedFolder: '/pool/ended',
};

describe('what sbatch is asked for', () => {
  it('is what the step asks for, in units that every site reads alike', () => {
    const words = sbatchWords({
      ...jobs,
      count: 40,
      demand: {
        cpus: 4,
        gpus: 2,
        memoryBytes: 1.5 * 2 ** 30 + 1,
        timeSeconds: 90,
        options: { partition: 'gpu', account: 'lab', gpu_type: 'a100', extra: ['--exclude=node7'] },
      },
    });
    expect(words).toEqual(
      expect.arrayContaining([
        '--parsable',
        '--job-name=kshot-smoke-1a2b3c',
        '--ntasks=1',
        '--cpus-per-task=4',
        '--mem=1537M',
        '--gres=gpu:a100:2',
        // A minute more than the step's own time, so that the step can end in order; rounded up.
        '--time=3',
        '--array=0-39',
        '--partition=gpu',
        '--account=lab',
        '--output=/project/50%%/log/%A_%a.out',
      ]),
    );
    expect(words.at(-1)).toBe('--exclude=node7');
    const throttled = { ...jobs.demand, options: { throttle: 5 } };
    expect(sbatchWords({ ...jobs, count: 40, demand: throttled })).toContain('--array=0-39%5');
  });

  it('leaves to the site what the step does not say, and makes no array of one job', () => {
    const text = sbatchWords(jobs).join(' ');
    expect(text).not.toMatch(/--(?:mem|gres|time|array|partition|account)=/);
    expect(text).toContain('%j.out');
    expect(sbatchWords({ ...jobs, demand: { ...jobs.demand, options: { timeSeconds: 3600 } } })).toContain(
      '--time=60',
    );
  });

  it('gives a script that runs the command with the id of the job, and leaves its exit code', () => {
    const project = temporaryProject({});
    mkdirSync(project.path('it’s ended'));
    const prints = ['sh', '-c', `echo "$0 $1" > '${project.path('seen')}'; exit 3`, "o'clock"];
    const run = (environment: NodeJS.ProcessEnv, command = prints) => {
      const script = scriptOf({ ...jobs, command, endedFolder: project.path('it’s ended') });
      try {
        execFileSync('sh', ['-s'], { input: script, env: { PATH: process.env['PATH'], ...environment } });
      } catch (error) {
        return (error as { status: number }).status;
      }
      return 0;
    };
    expect(run({ SLURM_JOB_ID: '9' })).toBe(3);
    expect(readFileSync(project.path('seen'), 'utf8')).toBe("o'clock 9\n");
    expect(readFileSync(project.path('it’s ended/9'), 'utf8')).toBe('3');
    // It was put back into the queue, and has begun once more.
    writeFileSync(project.path('it’s ended/9'), '143');
    const look = ['sh', '-c', `test ! -e '${project.path('it’s ended/9')}'`];
    expect(run({ SLURM_JOB_ID: '9' }, look)).toBe(0);
    run({ SLURM_JOB_ID: '12', SLURM_ARRAY_JOB_ID: '10', SLURM_ARRAY_TASK_ID: '2' });
    expect(existsSync(project.path('it’s ended/10_2'))).toBe(true);
  });

  it('is a failure of the command where the system refuses to start it', async () => {
    const refused = await runCommand('true', ['x'.repeat(2 ** 22)]);
    expect(refused).toMatchObject({ exitCode: undefined, stderr: expect.stringContaining('E2BIG') });
    expect(await runCommand('no-such-program', [])).toMatchObject({ exitCode: undefined });
  });

  it('hides the job that it is asked from inside of', () => {
    const inside = {
      PATH: '/bin',
      SLURM_CONF: '/c',
      SLURM_MEM_PER_NODE: '1',
      SLURMD_NODENAME: 'n',
      CUDA_VISIBLE_DEVICES: '0',
    };
    expect(environmentOutside(inside)).toEqual({ PATH: '/bin', SLURM_CONF: '/c' });
  });
});

describe('what sbatch says', () => {
  const said = (exitCode: number | undefined, stdout: string, stderr = '') => ({ exitCode, stdout, stderr });

  it('is an id, whatever a site prints around it, or the ids of an array', () => {
    expect(submissionOf(said(0, 'Welcome to cluster 7\n4711;alpha\n', 'sbatch: lua: hello\n'), 1)).toEqual({
      type: 'submitted',
      jobs: ['4711'],
    });
    expect(submissionOf(said(0, '12\n'), 2)).toEqual({ type: 'submitted', jobs: ['12_0', '12_1'] });
  });

  it.each([
    "sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
    'sbatch: error: AssocMaxSubmitJobLimit',
  ])('is a limit, which passes: %s', (text) => {
    expect(submissionOf(said(1, '', text), 5)).toMatchObject({ type: 'later', isLimit: true });
  });

  it.each([
    'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation',
    'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)',
    'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying',
    'sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received',
  ])('is a queue that is not there for a moment: %s', (text) => {
    expect(submissionOf(said(1, '', text), 1)).toMatchObject({ type: 'later', isLimit: false });
  });

  it('is a refusal, in the words of Slurm', () => {
    const text =
      'sbatch: error: invalid partition specified: gpus\nsbatch: error: Batch job submission failed: Invalid partition name specified\n';
    expect(submissionOf(said(1, '', text), 1)).toEqual({
      type: 'refused',
      message:
        'invalid partition specified: gpus; Batch job submission failed: Invalid partition name specified',
    });
    // It answers without an id: nothing is known, and nothing is waited for.
    expect(submissionOf(said(0, 'maintenance tomorrow\n'), 1)).toMatchObject({ type: 'refused' });
  });
});

describe('what the queue says', () => {
  it('is the state of each job, an array task for task; one that is not known counts as there', () => {
    const jobsInQueue = queueOf(
      '8_0|RUNNING|node1|kshot-a\n8_1|PENDING||kshot-a\n9|CANCELLED by 1000|node2|kshot|b\n10|SOMETHING_NEW|n|c\n8_[2-7]|PENDING||kshot-a\n\n',
    );
    expect([...jobsInQueue]).toEqual([
      ['8_0', { name: 'kshot-a', state: 'running', host: 'node1' }],
      ['8_1', { name: 'kshot-a', state: 'pending' }],
      [
        '9',
        { name: 'kshot|b', state: 'ended', host: 'node2', ending: { how: 'cancelled', state: 'CANCELLED' } },
      ],
      ['10', { name: 'c', state: 'running', host: 'n' }],
    ]);
  });

  it.each([
    ['OUT_OF_MEMORY', '0:125', 'out-of-memory', 253],
    ['TIMEOUT', '0:15', 'timeout', 143],
    ['NODE_FAIL', '1:0', 'node-failed', 1],
    ['PREEMPTED', '0:0', 'preempted', 0],
    ['CANCELLED', '0:15', 'cancelled', 143],
    ['FAILED', '137:0', 'failed', 137],
    ['COMPLETED', '0:0', 'completed', 0],
  ])('tells %s in records of the controller and of accounting', (state, exit, how, exitCode) => {
    const record = `JobId=7 JobName=kshot UserId=me(1) JobState=${state} Reason=None Dependency=(null) ExitCode=${exit} RunTime=00:00:01`;
    expect(endingInRecord(record)).toEqual({ how, state, exitCode });
    expect(endingInAccounting(`${state} by 1000|${exit}\n${state}|${exit}\n`)).toEqual({
      how,
      state,
      exitCode,
    });
  });

  it('tells nothing of a job that has not ended, or that is not known', () => {
    expect(endingInRecord('JobId=7 JobState=RUNNING ExitCode=0:0')).toEqual({ how: 'running' });
    // Cancelled, and some of it is still there; put back into the queue.
    expect(endingInRecord('JobId=7 JobState=COMPLETING ExitCode=0:15')).toEqual({ how: 'running' });
    expect(endingInRecord('JobId=7 JobState=PENDING Reason=BeginTime')).toEqual({ how: 'pending' });
    expect(endingInRecord('')).toBeUndefined();
    expect(endingInAccounting('Slurm accounting storage is disabled\n')).toBeUndefined();
  });
});
