import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, kshot, nodesByOutcome, startKshot } from '../../support/kshot.js';
import { hasSlurmDaemons, startSlurm, type TestSlurm } from '../../support/slurm.js';
import { commandStep, jobsIn, slurmProject, traceOf, until } from './on-slurm.js';

// Needs Debian's slurmctld, slurmd, slurm-client and munge: a real Slurm of one node, started here.
describe.skipIf(!hasSlurmDaemons)('a run on Slurm', () => {
  let slurm: TestSlurm;
  beforeAll(() => {
    slurm = startSlurm();
  });
  afterAll(() => slurm?.stop());

  const queued = () => slurm.command('squeue', '-h', '-o', '%i');

  const sweep = `  train:
    kind: command
    with:
      shell: true
      argv: 'echo "{\\"accuracy\\": 0.{x}}" > metrics.json; '
      params: { x: 1 }
      outputs: { metrics: { path: metrics.json, as: metrics } }
    matrix: { x: [3, 8, 5, 1] }
    resources: { memory: 200 MB, time: 5 min }
  best: { kind: select, in: { rows: train.metrics }, with: { metric: accuracy, settings: [x] } }
`;

  it('gives a sweep the results that it has on this machine, in few jobs, and says so before', async () => {
    const project = slurmProject(sweep);
    expect((await kshot(project, ['plan'])).stdout).toContain(
      'train runs on Slurm: 1 CPU, 200.0 MB, 5 min 0 s',
    );
    const there = await kshot(project, ['run', '--json', '--tag', 'there']);
    expect(there.exitCode).toBe(0);
    const jobs = jobsIn(eventsOf(there));
    expect(jobs).toHaveLength(4);
    // What is chosen by is small, and no job.
    expect(jobs.every(({ node }) => node.startsWith('train['))).toBe(true);
    expect(jobs[0]?.job).toMatch(/^\d+_\d+$/);
    const arrays = new Set(jobs.map(({ job }) => job?.split('_')[0]));
    expect(arrays.size).toBeLessThan(4);
    expect(queued()).toBe('');
    const chosen = () => kshot(project, ['get', 'best.row', '-o', '-']);
    const onSlurm = await chosen();
    expect(onSlurm.stdout).toContain('0.8');
    const here = await kshot(project, ['run', '--force', '--executor', 'local', '--json', '--tag', 'here']);
    expect(nodesByOutcome(eventsOf(here))['ran']).toContain('train[x=8]');
    expect(jobsIn(eventsOf(here))).toEqual([]);
    expect((await chosen()).stdout).toBe(onSlurm.stdout);
  });

  it('has its steps see what their jobs were given: processors, memory, GPUs; and what the step is passed', async () => {
    const line = 'echo $KSHOT_GPU $CUDA_VISIBLE_DEVICES $TOKEN > out.txt';
    const project = slurmProject(
      `${commandStep('gpu', line, '    resources: { gpus: 1 }\n').replace('outputs:', 'pass_env: [TOKEN], outputs:')}`,
    );
    const run = await kshot(project, ['run', '--json'], { environment: { TOKEN: 'sesame' } });
    expect(run.exitCode).toBe(0);
    expect((await kshot(project, ['get', 'gpu.out', '-o', '-'])).stdout).toMatch(/^([01]) \1 sesame\n$/);
  });

  it('takes over jobs that a run has left which was killed, and computes nothing twice', async () => {
    const project = slurmProject('');
    const slow = (name: string) =>
      commandStep(name, `echo ${name} >> ${project.path('trace')}; sleep 4; echo ${name} > out.txt`);
    project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${slow('a')}${slow('b')}`);
    const first = startKshot(project, ['run', '--tag', 'first']);
    await until(() => traceOf(project).length === 2);
    first.process.kill('SIGKILL');
    await first.finished;
    const second = await kshot(project, ['run', '--json']);
    expect(second.exitCode).toBe(0);
    expect(nodesByOutcome(eventsOf(second))).toEqual({ ran: ['a', 'b'] });
    expect([...traceOf(project)].sort()).toEqual(['a', 'b']);
    expect(second.stdout).toContain(
      'takes over what an earlier run has asked Slurm for, in jobs called kshot-first-',
    );
    await until(() => queued() === '');
  });

  it('names the step where somebody cancels its job, and does not submit it again', async () => {
    const project = slurmProject('');
    const line = `echo >> ${project.path('trace')}; sleep 60`;
    project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${commandStep('long', line)}`);
    const running = startKshot(project, ['run', '--json']);
    await until(() => traceOf(project).length === 1);
    slurm.command('scancel', '-u', slurm.command('id', '-un').trim());
    const { exitCode, stdout } = await running.finished;
    expect(exitCode, stdout).toBe(1);
    expect(eventsOf({ stdout }).find(({ event }) => event === 'step.finish')).toMatchObject({
      failure: { reason: 'job-cancelled', message: expect.stringMatching(/which ran long, was cancelled/) },
    });
    expect(traceOf(project)).toHaveLength(1);
  });

  it('ends its jobs where it is interrupted, with what they have started', async () => {
    const project = slurmProject('');
    const line = `echo $$ >> ${project.path('trace')}; sleep 60`;
    project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${commandStep('long', line)}`);
    const running = startKshot(project, ['run']);
    await until(() => traceOf(project).length === 1);
    running.process.kill('SIGINT');
    expect((await running.finished).exitCode).toBe(130);
    expect(queued()).toBe('');
    expect(existsSync(`/proc/${traceOf(project)[0]}`)).toBe(false);
  });

  it('goes on while the controller and the daemon of the node are away', async () => {
    const project = slurmProject('');
    const line = `echo >> ${project.path('trace')}; sleep 3; echo done > out.txt`;
    project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${commandStep('long', line)}`);
    const running = startKshot(project, ['run', '--json']);
    await until(() => traceOf(project).length === 1);
    for (const name of ['slurmctld', ...slurm.nodes]) process.kill(slurm.daemon(name), 'SIGKILL');
    await running.until(/"step.finish"/);
    slurm.restart();
    expect((await running.finished).exitCode).toBe(0);
    expect(traceOf(project)).toHaveLength(1);
    // Slurm itself finds out in its own time that the job has ended: on a busy machine in more than half a minute.
    await until(() => queued() === '', 'an empty queue', 120);
  });

  it('runs one node after the other of a chain in one job', async () => {
    const project = slurmProject(
      `${commandStep('a', 'echo a > out.txt')}${commandStep('b', 'cat a > out.txt', '    in: { a: a.out }\n')}${commandStep('c', 'cat b > out.txt', '    in: { b: b.out }\n')}`,
    );
    const run = await kshot(project, ['run', '--json']);
    expect(run.exitCode).toBe(0);
    expect(new Set(jobsIn(eventsOf(run)).map(({ job }) => job)).size).toBe(1);
    const [folder = ''] = readdirSync(project.path('artifacts/p'));
    expect(existsSync(project.path(`artifacts/p/${folder}/jobs`))).toBe(false);
  });

  it('fails a step in the words of Slurm where that refuses its job', async () => {
    const project = slurmProject(commandStep('a', 'true', '    slurm: { partition: nowhere }\n'));
    const { exitCode, stderr } = await kshot(project, ['run']);
    expect(exitCode).toBe(36);
    expect(stderr).toMatch(/Slurm refuses a job for a: .*[Ii]nvalid partition/);
  });
});
