import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { BatchExecutor } from '../../../src/run/batch/batch-executor.js';
import type { JobEnding } from '../../../src/run/batch/batch-system.js';
import { ownBuild } from '../../../src/run/batch/own-build.js';
import type { ExecuteRequest, JobDemand, JobPlace } from '../../../src/run/executor.js';
import { type Project, temporaryProject } from '../../support/temporary-project.js';
import { answerAs, PlayedQueue, sayAs, takeAs } from '../support/played-queue.js';
import { testJob } from '../support/run-pipeline.js';

const times = {
  lookMilliseconds: 5,
  longestLookMilliseconds: 20,
  askMilliseconds: 20,
  gatherMilliseconds: 10,
  answerMilliseconds: 400,
  endMilliseconds: 500,
};
const demand: JobDemand = { cpus: 1, gpus: 0, options: {} };
const done = { type: 'finished', executed: { outputs: {} } } as const;

/** A project with an executor whose jobs the test plays. */
function setUp(more: { readonly mostJobs?: number } = {}) {
  const project = temporaryProject({});
  const queue = new PlayedQueue();
  const open = (name: string) => {
    const executor = new BatchExecutor(queue, {
      name,
      folder: project.path(name),
      root: project.root,
      times,
      ...more,
    });
    executors.push(executor);
    return executor;
  };
  return { project, queue, open, executor: open('run'), pool: project.path('run/1') };
}

const executors: BatchExecutor[] = [];
afterEach(async () => {
  for (const executor of executors.splice(0)) await executor.close();
});

function requestOf(project: Project, node: string, job: JobDemand = demand): ExecuteRequest {
  const folder = project.path(`work/${node}`);
  const request: ExecuteRequest = {
    node,
    kind: 'command',
    parameters: {},
    inputs: {},
    elementNodes: {},
    files: {},
    outputs: {},
    allowSoftware: false,
    threads: 1,
    gpus: [],
    memoryBytes: 2 ** 28,
    job,
    outputsFolder: join(folder, 'outputs'),
    scratchFolder: join(folder, 'scratch'),
    stateFile: join(folder, 'state'),
    jobFolder: join(folder, 'job'),
    root: project.root,
    logFile: join(folder, 'log'),
  };
  for (const made of [request.outputsFolder, request.scratchFolder]) mkdirSync(made, { recursive: true });
  return request;
}

function listening() {
  const notes: string[] = [];
  const places: JobPlace[] = [];
  const listener = {
    progress: () => undefined,
    log: () => undefined,
    note: (line: string) => void notes.push(line),
    placed: (place: JobPlace) => void places.push(place),
  };
  return { ...listener, notes, places };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !isSo(); await sleep(5)) {
    if (performance.now() > end) throw new Error('it did not come to be');
  }
}

describe('an executor in jobs', () => {
  it('submits nodes that become ready together as one array, and others by what they ask for', async () => {
    const { project, queue, executor } = setUp({ mostJobs: 3 });
    const small = ['a', 'b', 'c', 'd', 'e'].map((node) =>
      executor.execute(requestOf(project, node), listening()),
    );
    const large = executor.execute(requestOf(project, 'f', { ...demand, cpus: 8 }), listening());
    await until(() => queue.submitted.length === 2);
    await sleep(100);
    expect(queue.submitted.map(({ count, demand: { cpus } }) => [count, cpus]).sort()).toEqual([
      [1, 8],
      [3, 1],
    ]);
    await executor.cancel();
    expect((await Promise.all([...small, large])).every(({ ok }) => !ok)).toBe(true);
    expect(queue.cancelled).toHaveLength(4);
  });

  it('lets one job do one node after the other, and tells where each is', async () => {
    const { project, queue, executor, pool } = setUp({ mostJobs: 1 });
    const listener = listening();
    const both = ['a', 'b'].map((node) => executor.execute(requestOf(project, node), listener));
    await until(() => queue.submitted.length > 0);
    queue.say('1_0', 'running');
    for (const _ of both) {
      const folder = takeAs(pool, '1_0');
      sayAs(folder, { type: 'begun', job: '1_0', host: 'node7' });
      answerAs(pool, folder, done);
    }
    expect((await Promise.all(both)).map(({ ok }) => ok)).toEqual([true, true]);
    const running = { state: 'running', job: '1_0', host: 'node7' };
    expect(listener.places).toEqual([{ state: 'queued' }, { state: 'queued' }, running, running]);
    expect(queue.submitted).toHaveLength(1);
  });

  it.each<[string, JobEnding | undefined, string, RegExp, RegExp, Partial<JobDemand>?]>([
    [
      'memory',
      { how: 'out-of-memory', state: 'OUT_OF_MEMORY' },
      'step-out-of-memory',
      /job 1_0 of Slurm, which ran train, ran out of memory/,
      /raise `memory`.* now 2\.1 GB/,
    ],
    [
      'time',
      { how: 'timeout', state: 'TIMEOUT' },
      'step-timeout',
      /ran train, was ended because its time was over/,
      /raise `time`.* now 1 h/,
    ],
    [
      'time of the job, not of the step',
      { how: 'timeout', state: 'TIMEOUT' },
      'step-timeout',
      /its time was over/,
      /raise `time` under `slurm`.* now 2 h/,
      { options: { timeSeconds: 7200 } },
    ],
    [
      'a machine',
      { how: 'node-failed', state: 'NODE_FAIL' },
      'worker-killed',
      /lost its machine \(NODE_FAIL\)/,
      /^$/,
    ],
    [
      'somebody',
      { how: 'cancelled', state: 'CANCELLED' },
      'job-cancelled',
      /was cancelled \(CANCELLED\), and not by this run/,
      /run again/,
    ],
    [
      'a signal',
      { how: 'failed', state: 'FAILED', exitCode: 137 },
      'worker-killed',
      /ended by signal 9/,
      /memory/,
    ],
    [
      'itself',
      { how: 'failed', state: 'FAILED', exitCode: 134 },
      'worker-crashed',
      /ended by signal 6/,
      /memory/,
    ],
    ['oblivion', undefined, 'worker-killed', /not in the queue any more/, /answer_wait/],
  ])('tells what ended a job: %s', async (_, ending, reason, message, hint, more = {}) => {
    const { project, queue, executor, pool } = setUp();
    const asked = { ...demand, memoryBytes: 2 ** 31, timeSeconds: 3600, ...more };
    const result = executor.execute(requestOf(project, 'train', asked), listening());
    await until(() => queue.submitted.length > 0);
    takeAs(pool, '1_0');
    queue.say('1_0');
    if (ending !== undefined) queue.endings.set('1_0', ending);
    const { failure } = (await result) as { failure: { reason: string; message: string; hint?: string } };
    expect(failure.reason).toBe(reason);
    expect(failure.message).toMatch(message);
    expect(failure.hint ?? '').toMatch(hint);
  });

  it('waits for an answer that is late, and as long as the queue says that the job is there', async () => {
    const { project, queue, executor, pool } = setUp();
    const result = executor.execute(requestOf(project, 'a'), listening());
    await until(() => queue.submitted.length > 0);
    const folder = takeAs(pool, '1_0');
    queue.say('1_0', 'ended');
    await sleep(times.answerMilliseconds / 2);
    // Put back into the queue, under the same id: what was waited counts for nothing.
    queue.say('1_0', 'pending');
    await sleep(2 * times.answerMilliseconds);
    queue.say('1_0', 'ended');
    await sleep(times.answerMilliseconds / 2);
    answerAs(pool, folder, done);
    expect((await result).ok).toBe(true);
  });

  it('gives what a job had that makes room, or is put back, to another, as often as it comes', async () => {
    const { project, queue, executor, pool } = setUp();
    const listener = listening();
    const request = requestOf(project, 'a');
    const result = executor.execute(request, listener);
    const lose = async (number: number, now: 'pending' | 'preempted') => {
      const job = `${number}_0`;
      await until(() => queue.submitted.length === number);
      takeAs(pool, job);
      writeFileSync(join(pool, 'ended', job), '143');
      if (now === 'pending') queue.say(job, 'pending');
      else queue.say(job, 'ended', { how: 'preempted', state: 'PREEMPTED' });
      queue.endings.set(job, now === 'pending' ? { how: now } : { how: now, state: 'PREEMPTED' });
      await until(() => listener.notes.length === number);
    };
    await lose(1, 'pending');
    await lose(2, 'preempted');
    await lose(3, 'pending');
    await until(() => queue.submitted.length === 4);
    answerAs(pool, takeAs(pool, '4_0'), done);
    expect((await result).ok).toBe(true);
    expect(listener.notes).toEqual([
      'job 1_0 of Slurm was put back into the queue; another goes on with a',
      'job 2_0 of Slurm had to make room for another; another goes on with a',
      'job 3_0 of Slurm was put back into the queue; another goes on with a',
    ]);
    await executor.close();
    // What waits in the queue for nothing is taken back.
    expect(queue.cancelled).toEqual(['1_0', '3_0', '4_0']);
  });

  it('waits until the queue has ended all of a job, and so knows how, before it tells of it', async () => {
    const { project, queue, executor, pool } = setUp();
    const result = executor.execute(requestOf(project, 'a'), listening());
    await until(() => queue.submitted.length > 0);
    queue.say('1_0', 'running');
    takeAs(pool, '1_0');
    writeFileSync(join(pool, 'ended', '1_0'), '143');
    queue.endings.set('1_0', { how: 'running' });
    await sleep(times.answerMilliseconds / 2);
    queue.endings.set('1_0', { how: 'cancelled', state: 'CANCELLED' });
    expect(await result).toMatchObject({ failure: { reason: 'job-cancelled' } });
  });

  it('is not brought down by folders that something still writes to, nor by what it did not expect', async () => {
    const { project, queue, executor, pool } = setUp();
    const writing = new Worker(writer, { eval: true, workerData: requestOf(project, 'a').jobFolder });
    for (let number = 1; number <= 60; number++) {
      const result = executor.execute(requestOf(project, 'a'), listening());
      await until(() => existsSync(join(pool, 'requests')) && readdirSync(join(pool, 'requests')).length > 0);
      answerAs(pool, takeAs(pool, '1_0'), {
        type: 'failed',
        failure: { reason: 'step-failed', message: 'm' },
      });
      expect(await result).toMatchObject({ failure: { reason: 'step-failed' } });
    }
    await writing.terminate();
    const { ask } = queue;
    queue.ask = () => Promise.reject(new Error('no such thing'));
    const result = executor.execute(requestOf(project, 'b'), listening());
    expect(await result).toMatchObject({
      failure: { reason: 'bug', message: expect.stringContaining('no such thing') },
    });
    queue.ask = ask; // The end of the run asks once more.
  });

  it('takes a queue that says nothing for no death, and says so', async () => {
    const { project, queue, executor, pool } = setUp();
    const listener = listening();
    const result = executor.execute(requestOf(project, 'a'), listener);
    await until(() => queue.submitted.length > 0);
    const folder = takeAs(pool, '1_0');
    queue.isSilent = true;
    await sleep(3 * times.answerMilliseconds);
    answerAs(pool, folder, done);
    expect((await result).ok).toBe(true);
    expect(listener.notes).toEqual(['Slurm does not answer; what runs goes on']);
  });

  it('submits fewer at once where there is a limit, and again after a while', async () => {
    const { project, queue, executor } = setUp();
    queue.replies.push({ type: 'later', isLimit: true, message: 'QOSMaxSubmitJobPerUserLimit' });
    const listener = listening();
    const nodes = ['a', 'b', 'c', 'd'].map((node) => executor.execute(requestOf(project, node), listener));
    await until(() => queue.submitted.length >= 2);
    expect(queue.submitted.map(({ count }) => count).slice(0, 2)).toEqual([4, 2]);
    expect(listener.notes).toEqual(['Slurm takes no more jobs for now: QOSMaxSubmitJobPerUserLimit']);
    await executor.cancel();
    await Promise.all(nodes);
  });

  it('fails what Slurm refuses, in its words', async () => {
    const { project, queue, executor } = setUp();
    queue.replies.push({ type: 'refused', message: 'Invalid partition name specified' });
    expect(await executor.execute(requestOf(project, 'a'), listening())).toMatchObject({
      failure: {
        reason: 'job-refused',
        message: 'Slurm refuses a job for a: Invalid partition name specified',
      },
    });
  });

  it('submits no more in the place of jobs that do nothing, or that somebody cancels', async () => {
    const { project, queue, executor, pool } = setUp({ mostJobs: 1 });
    const result = executor.execute(requestOf(project, 'a'), listening());
    for (const count of [1, 2, 3]) {
      await until(() => queue.submitted.length === count);
      writeFileSync(join(pool, 'log', `${count}_0.out`), 'node: not found\n');
      writeFileSync(join(pool, 'ended', `${count}_0`), '127');
    }
    expect(await result).toMatchObject({
      failure: {
        reason: 'job-refused',
        details: ['node: not found'],
        message: expect.stringMatching(/^3 jobs/),
      },
    });
    const second = executor.execute(requestOf(project, 'b'), listening());
    await until(() => queue.submitted.length === 4);
    queue.say('4_0', 'ended', { how: 'cancelled', state: 'CANCELLED' });
    expect(await second).toMatchObject({ failure: { reason: 'job-cancelled' } });
    expect(queue.submitted).toHaveLength(4);
  });
});

describe('a run after one that was killed', () => {
  it('takes what a job of that one answers, and what is still to be taken, and computes neither twice', async () => {
    const { project, queue, executor, open, pool } = setUp({ mostJobs: 1 });
    const [a, b] = [requestOf(project, 'a'), requestOf(project, 'b')];
    writeFileSync(a.logFile, 'said before\n');
    // The first is never told what becomes of them: as if it were gone.
    void executor.execute(a, listening());
    void executor.execute(b, listening());
    await until(() => queue.submitted.length > 0);
    queue.say('1_0', 'running');
    const folder = takeAs(pool, '1_0');
    const second = open('second');
    const listener = listening();
    const again = { ...a, logFile: project.path('log-of-a') };
    const results = [again, b].map((request) => second.execute(request, listener));
    await until(() => listener.notes.length === 2);
    expect(listener.notes[0]).toMatch(
      /^takes over what an earlier run has asked Slurm for, in jobs called kshot-run-/,
    );
    forget(executor);
    answerAs(pool, folder, done);
    const next = takeAs(pool, '1_0');
    expect(next).toBe(b.jobFolder);
    answerAs(pool, next, done);
    expect((await Promise.all(results)).map(({ ok }) => ok)).toEqual([true, true]);
    expect(readFileSync(again.logFile, 'utf8')).toBe('said before\n');
    expect(queue.submitted).toHaveLength(1);
  });

  it('asks anew for what no job is left for', async () => {
    const { project, queue, executor, open, pool } = setUp();
    const request = requestOf(project, 'a');
    void executor.execute(request, listening());
    await until(() => queue.submitted.length > 0);
    takeAs(pool, '1_0');
    forget(executor);
    queue.say('1_0');
    const second = open('second');
    const result = second.execute(request, listening());
    await until(() => queue.submitted.length === 2);
    answerAs(project.path('second/1'), takeAs(project.path('second/1'), '2_0'), done);
    expect((await result).ok).toBe(true);
  });
});

describe('what another host has asked for', () => {
  it('is at work while the queue has its job, or does not answer', async () => {
    const { project, queue, executor, open, pool } = setUp();
    const request = requestOf(project, 'a');
    const second = open('second');
    expect(await second.isJobGone(request.jobFolder)).toBe(true);
    void executor.execute(request, listening());
    await until(() => queue.submitted.length > 0);
    const isGone = () => open('look').isJobGone(request.jobFolder);
    expect(await isGone()).toBe(false);
    const folder = takeAs(pool, '1_0');
    expect(await isGone()).toBe(false);
    forget(executor);
    queue.isSilent = true;
    expect(await isGone()).toBe(false);
    queue.isSilent = false;
    queue.say('1_0', 'ended');
    expect(await isGone()).toBe(true);
    queue.say('1_0', 'running');
    answerAs(pool, folder, done);
    expect(await isGone()).toBe(true);
  });
});

/** As if its process were gone. */
function forget(executor: BatchExecutor): void {
  executors.splice(executors.indexOf(executor), 1);
  (
    executor as unknown as { own: Map<string, { isOver: boolean; pool: { waiting: Map<string, unknown> } }> }
  ).own.forEach((jobs) => {
    jobs.isOver = true;
    jobs.pool.waiting.clear();
  });
}

/** A job that does not know yet that nobody waits for it, at its worst. */
const writer = `const { appendFileSync } = require('node:fs');
const file = require('node:worker_threads').workerData + '/messages';
for (;;) try { appendFileSync(file, ''); } catch {}`;

describe('a job', () => {
  it('answers nothing where another has been given what it had, because it counted as gone', async () => {
    const { project, queue, executor, pool } = setUp();
    const trace = project.path('trace');
    const request = { ...requestOf(project, 'a'), kind: 'test.trace', parameters: { trace, seconds: 1 } };
    const result = executor.execute(
      { ...request, outputs: { value: { type: 'file', content: 'value' } } },
      listening(),
    );
    await until(() => queue.submitted.length > 0);
    writeFileSync(join(pool, 'closed'), '');
    const job = spawn(process.execPath, [testJob.pathname, pool, '1_0']);
    await until(() => existsSync(trace));
    queue.jobs.set('2_0', { name: queue.submitted[0]?.name ?? '', state: 'running' });
    const [taken = ''] = readdirSync(join(pool, 'taken'));
    renameSync(join(pool, 'taken', taken), join(pool, 'taken', taken.replace('1_0', '2_0')));
    await once(job, 'exit');
    expect(existsSync(join(request.jobFolder, 'answer.json'))).toBe(false);
    answerAs(pool, request.jobFolder, done);
    expect((await result).ok).toBe(true);
  });

  it('refuses what was asked for with another build, Node or machine, with both versions', async () => {
    const { project, queue, executor, pool } = setUp();
    const result = executor.execute(requestOf(project, 'train'), listening());
    await until(() => queue.submitted.length > 0);
    const record = JSON.parse(readFileSync(join(pool, 'pool.json'), 'utf8')) as object;
    writeFileSync(
      join(pool, 'pool.json'),
      JSON.stringify({ ...record, build: { ...ownBuild(), node: 'v18.0.0', kshot: '0.0.9' } }),
    );
    execFileSync(process.execPath, [testJob.pathname, pool, '1_0']);
    expect(await result).toMatchObject({
      failure: {
        reason: 'worker-mismatch',
        message: expect.stringContaining(
          `kshot ${ownBuild().kshot} there, 0.0.9 here; Node ${process.version} there, v18.0.0 here`,
        ),
      },
    });
  });

  it('goes on with what it had when it is started again under its id, and ends when nobody wants more', async () => {
    const { project, queue, executor, pool } = setUp();
    const request = { ...requestOf(project, 'a'), kind: 'test.trace', parameters: { name: 'a' } };
    const result = executor.execute(
      { ...request, outputs: { value: { type: 'file', content: 'value' } } },
      listening(),
    );
    await until(() => queue.submitted.length > 0);
    queue.say('1_0', 'running');
    const folder = takeAs(pool, '1_0');
    mkdirSync(join(folder, 'outputs'));
    writeFileSync(join(folder, 'outputs', 'half'), '');
    writeFileSync(join(pool, 'closed'), '');
    execFileSync(process.execPath, [testJob.pathname, pool, '1_0']);
    expect((await result).ok).toBe(true);
    expect(readdirSync(request.outputsFolder)).toEqual(['value']);
    expect(existsSync(folder)).toBe(false);
  });
});
