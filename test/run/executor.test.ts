import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { leavesOf } from '../../src/base/files/tree.js';
import type { Progress } from '../../src/kinds/kind-body.js';
import { BatchExecutor } from '../../src/run/batch/batch-executor.js';
import type { BatchSystem } from '../../src/run/batch/batch-system.js';
import type { Executed, ExecuteRequest, Executor } from '../../src/run/executor.js';
import { LocalExecutor } from '../../src/run/local/local-executor.js';
import { Slurm } from '../../src/run/slurm/slurm.js';
import { openStore } from '../../src/store/local/open-store.js';
import { hasSlurmDaemons, startSlurm } from '../support/slurm.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';
import { ProcessQueue } from './support/process-queue.js';
import { testJob, testWorker } from './support/run-pipeline.js';

/** How often jobs are looked at here, where nobody else uses the queue and the disk is near. */
const times = { askMilliseconds: 500, answerMilliseconds: 2_000, longestLookMilliseconds: 100 };

const inJobs = (system: BatchSystem, project: Project): Executor =>
  new BatchExecutor(system, {
    name: 'test',
    folder: project.path('jobs'),
    root: project.root,
    jobModule: testJob,
    times,
  });

const slurm = hasSlurmDaemons ? startSlurm() : undefined;
afterAll(() => slurm?.stop());

/** What opens each executor, with two slots or more, for the kinds of the tests. All of them must do what is written below. */
const executors: { readonly [name: string]: (project: Project) => Promise<Executor> } = {
  local: async (project) =>
    new LocalExecutor(await openStore(project.path('cache')), {
      slots: 2,
      gpus: [],
      workerModule: testWorker,
    }),
  // What docs/cluster.md says to write for a scheduler of one's own.
  'of jobs in a queue of processes': async (project) => inJobs(new ProcessQueue(), project),
  ...(slurm === undefined ? {} : { 'of jobs of Slurm': async (project) => inJobs(new Slurm(), project) }),
};

const value = { value: { type: 'file', content: 'value' } } as const;

/** A request in folders of its own, which has gone through JSON as one that is sent elsewhere has. */
function requestOf(
  project: Project,
  node: string,
  kind: string,
  parameters: ExecuteRequest['parameters'],
  more: Partial<ExecuteRequest> = {},
): ExecuteRequest {
  const folder = project.path(`work/${node}`);
  const request: ExecuteRequest = {
    node,
    kind,
    parameters,
    inputs: {},
    elementNodes: {},
    files: {},
    outputs: value,
    allowSoftware: false,
    threads: 1,
    gpus: [],
    memoryBytes: 2 ** 28,
    outputsFolder: join(folder, 'outputs'),
    scratchFolder: join(folder, 'scratch'),
    stateFile: join(folder, 'state'),
    jobFolder: join(folder, 'job'),
    root: project.root,
    logFile: join(folder, 'log'),
    ...more,
  };
  for (const made of [request.outputsFolder, request.scratchFolder]) mkdirSync(made, { recursive: true });
  return JSON.parse(JSON.stringify(request)) as ExecuteRequest;
}

const programOf = (line: string, outputs: { readonly [port: string]: string } = {}) => ({
  argv: line,
  outputs,
  env: {},
});

function listening() {
  const told = { progress: [] as Progress[], log: [] as string[], note: [] as string[] };
  return {
    told,
    progress: (progress: Progress) => void told.progress.push(progress),
    log: (line: string) => void told.log.push(line),
    note: (line: string) => void told.note.push(line),
  };
}

it.runIf(slurm === undefined)(
  'has no Slurm here to be tested on: slurmctld, slurmd, slurm-client, munge',
  (context) => context.skip(),
);

describe.each(Object.entries(executors))('the executor %s', (_name, open) => {
  let opened: Executor[] = [];
  const start = async (): Promise<{ project: Project; executor: Executor }> => {
    const project = temporaryProject({});
    const executor = await open(project);
    opened.push(executor);
    return { project, executor };
  };
  afterEach(async () => {
    for (const executor of opened) await executor.close();
    opened = [];
  });

  it('says what nodes may have', async () => {
    const { executor } = await start();
    expect(executor.capacity.slots).toBeGreaterThanOrEqual(2);
    expect(executor.capacity.gpus).toBeGreaterThanOrEqual(0);
    expect(executor.capacity.memoryBytes).toBeGreaterThan(2 ** 26);
    const reservation = executor.reserve({ slots: 1, gpus: 0, memoryBytes: 0 });
    expect(reservation).toMatchObject({ type: 'reserved', gpus: [] });
    if (reservation.type === 'reserved') reservation.release();
    await executor.yieldDevices();
  });

  it('answers with what the body wrote, hashed, in plain JSON', async () => {
    const { project, executor } = await start();
    const request = requestOf(project, 'one', 'test.trace', { name: 'one', content: 'text' });
    const result = await executor.execute(request, listening());
    if (!result.ok) throw new Error(JSON.stringify(result.failure));
    const answer: Executed = result.value;
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
    expect([...leavesOf(answer.outputs['value']!)].map(({ leaf }) => leaf)).toEqual([
      {
        path: join(request.outputsFolder, 'value'),
        bytes: 6,
        digest: createHash('sha256').update('"text"').digest('hex'),
      },
    ]);
    expect(readFileSync(join(request.outputsFolder, 'value'), 'utf8')).toBe('"text"');
  });

  it('executes several at once, and one after the other', async () => {
    const { project, executor } = await start();
    const trace = project.path('trace');
    const run = (node: string) =>
      executor.execute(
        requestOf(
          project,
          node,
          'command',
          programOf(`echo >> ${trace}; while [ $(wc -l < ${trace}) -lt 2 ]; do sleep 0.02; done`),
          { outputs: {} },
        ),
        listening(),
      );
    const results = await Promise.all([run('a'), run('b')]);
    expect(results.map(({ ok }) => ok)).toEqual([true, true]);
    expect((await run('c')).ok).toBe(true);
  });

  it('tells of progress, lines and notes, and keeps the lines in the log', async () => {
    const { project, executor } = await start();
    const listener = listening();
    await executor.execute(requestOf(project, 'p', 'test.progress', { steps: 2, seconds: 0.1 }), listener);
    expect(listener.told.progress.at(-1)).toMatchObject({ done: 2, total: 2, values: { loss: 0.5 } });
    const request = requestOf(project, 'c', 'command', programOf('echo said'), { outputs: {} });
    await executor.execute(request, listener);
    expect(listener.told.log).toEqual(['$ echo said', 'said']);
    expect(readFileSync(request.logFile, 'utf8')).toContain('\nsaid\n');
  });

  it('makes a failure of a body that throws, of an output that is missing and of a kind that is none', async () => {
    const { project, executor } = await start();
    const reasonOf = async (...asked: [kind: string, parameters: ExecuteRequest['parameters']]) => {
      const result = await executor.execute(requestOf(project, asked[0], ...asked), listening());
      return result.ok ? 'done' : result.failure.reason;
    };
    expect(await reasonOf('command', programOf('exit 3'))).toBe('step-failed');
    expect(await reasonOf('test.silent', {})).toBe('output-missing');
    expect(await reasonOf('test.nothing', {})).toBe('bug');
    expect(await reasonOf('test.trace', { name: 'afterwards' })).toBe('done');
  });

  it('ends a node and its programs when its time is over', async () => {
    const { project, executor } = await start();
    const request = requestOf(project, 'slow', 'command', programOf('sleep 60'), {
      outputs: {},
      timeoutSeconds: 0.3,
    });
    expect(await executor.execute(request, listening())).toMatchObject({
      ok: false,
      failure: { reason: 'step-timeout' },
    });
  });

  it('ends what runs when it is cancelled, and executes nothing afterwards', async () => {
    const { project, executor } = await start();
    const begun = project.path('begun');
    const request = requestOf(project, 'long', 'command', programOf(`touch ${begun}; sleep 60`), {
      outputs: {},
    });
    const running = executor.execute(request, listening());
    while (!existsSync(begun)) await new Promise((resolve) => setTimeout(resolve, 20));
    await executor.cancel();
    expect((await running).ok).toBe(false);
    const next = await executor.execute(
      requestOf(project, 'next', 'test.trace', { name: 'next' }),
      listening(),
    );
    expect(next).toMatchObject({ ok: false, failure: { reason: 'step-failed' } });
  });

  it('goes on from the state that an execution before has kept', async () => {
    const { project, executor } = await start();
    const trace = project.path('trace');
    const parameters = { steps: 1000, seconds: 20, trace };
    const request = requestOf(project, 'resumed', 'test.resume', parameters);
    void executor.execute(request, listening());
    while (!existsSync(request.stateFile)) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await executor.close();
    const second = await open(project);
    opened.push(second);
    await second.execute({ ...request, parameters: { ...parameters, steps: 1 } }, listening());
    const [before, after] = readFileSync(trace, 'utf8').trim().split('\n').map(Number);
    expect(before).toBe(0);
    expect(after).toBeGreaterThan(0);
  });
});
