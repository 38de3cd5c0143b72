import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, kshot, mainFile, nodesByOutcome, startKshot } from '../../support/kshot.js';
import { runsSlowTests, slowTest } from '../../support/slow-tests.js';
import { hasSlurmDaemons, startSlurm, type TestSlurm } from '../../support/slurm.js';
import { commandStep, entriesOf, jobsIn, slurmProject, traceOf, until } from './on-slurm.js';

/** How often a run is killed. */
const kills = runsSlowTests ? 20 : 2;

// Needs Debian's slurmctld, slurmd, slurm-client and munge: a real Slurm of one node, started here.
describe.skipIf(!hasSlurmDaemons)('what is done to runs on Slurm', { timeout: 280_000 }, () => {
  let slurm: TestSlurm;
  beforeAll(() => {
    slurm = startSlurm();
  });
  afterAll(() => slurm?.stop());

  it(`loses and repeats nothing where kshot is killed at ${kills} moments, one after the other`, async () => {
    const chain = (trace: string) => `  train:
    kind: command
    with:
      shell: true
      argv: 'echo {x} >> ${trace}; sleep 0.4; echo "{\\"accuracy\\": 0.{x}}" > metrics.json'
      params: { x: 1 }
      outputs: { metrics: { path: metrics.json, as: metrics } }
    matrix: { x: [${Array.from({ length: kills * 2 }, (_, index) => index + 11).join(', ')}] }
  best: { kind: select, in: { rows: train.metrics }, with: { metric: accuracy, settings: [x] } }
  after:
    kind: command
    in: { best: best.row }
    with: { shell: true, argv: 'cp best out.txt; echo after >> ${trace}', outputs: { out: out.txt } }
`;
    const project = slurmProject('');
    project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${chain(project.path('trace'))}`);
    const moments: number[] = [];
    let left = kills;
    for (; left > 0; left--) {
      const running = startKshot(project, ['run', '--tag', `killed-${left}`]);
      const moment = Math.round(200 + Math.random() * 2800);
      moments.push(moment);
      await Promise.race([sleep(moment), running.finished]);
      running.process.kill('SIGKILL');
      if ((await running.finished).exitCode === 0) break;
    }
    const last = await kshot(project, ['run', '--json', '--tag', 'last']);
    const told = `killed after ${moments.join(', ')} ms\n${last.stdout}${last.stderr}`;
    expect(last.exitCode, told).toBe(0);
    // Each once: what was killed had its jobs, and they were taken over.
    expect([...traceOf(project)].sort(), told).toEqual([
      ...Array.from({ length: kills * 2 }, (_, index) => String(index + 11)),
      'after',
    ]);
    const there = entriesOf(project);
    const here = await kshot(project, ['run', '--json', '--force', '--executor', 'local', '--tag', 'here']);
    expect(here.exitCode).toBe(0);
    expect(entriesOf(project)).toEqual(there);
    await until(() => slurm.command('squeue', '-h') === '', 'an empty queue');
  });

  it('does once more what a job did that was killed, and goes on from its state', async () => {
    const project = slurmProject('');
    const line = `n=$(cat "$KSHOT_STATE/n" 2>/dev/null || echo 0); echo $n >> ${project.path('trace')}; echo $((n + 1)) > "$KSHOT_STATE/n"; if [ $n = 0 ]; then kill -9 $(ps -o ppid= -p $$) $PPID; sleep 20; fi; echo $n > out.txt`;
    project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${commandStep('long', line)}`);
    const run = await kshot(project, ['run', '--json']);
    expect(run.exitCode, run.stdout).toBe(0);
    expect(nodesByOutcome(eventsOf(run))).toEqual({ ran: ['long'] });
    expect(traceOf(project)).toEqual(['0', '1']);
  });

  // As where others push it off: nodes.test.ts.
  slowTest('goes on from its state in another job where its own is put back into the queue', async () => {
    const project = slurmProject('');
    const line = `n=$(cat "$KSHOT_STATE/n" 2>/dev/null || echo 0); echo $n >> ${project.path('trace')}; echo $((n + 1)) > "$KSHOT_STATE/n"; if [ $n = 0 ]; then sleep 200; fi; echo $n > out.txt`;
    project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${commandStep('long', line)}`);
    const running = startKshot(project, ['run', '--json']);
    await until(() => traceOf(project).length === 1);
    const [job = ''] = slurm.command('squeue', '-h', '-o', '%i').trim().split('\n');
    slurm.command('scontrol', 'requeue', job);
    const { exitCode, stdout } = await running.finished;
    expect(exitCode, stdout).toBe(0);
    expect(traceOf(project)).toEqual(['0', '1']);
    // Slurm would let the job wait for two minutes; nothing is left for it then.
    await until(() => slurm.command('squeue', '-h') === '', 'an empty queue');
  });

  it('has no more jobs of an array at once than its throttle says', async () => {
    const project = slurmProject(
      `${commandStep('small', 'sleep 0.3; echo {x} > out.txt', '    matrix: { x: [1, 2, 3, 4, 5, 6] }\n    slurm: { throttle: 2 }\n').replace('outputs:', 'params: { x: 0 }, outputs:')}`,
    );
    const run = await kshot(project, ['run', '--json']);
    expect(run.exitCode, run.stderr).toBe(0);
    const jobs = jobsIn(eventsOf(run));
    expect(jobs).toHaveLength(6);
    expect(new Set(jobs.map(({ job }) => job)).size).toBeLessThanOrEqual(2);
    expect(slurm.command('scontrol', 'show', 'job', jobs[0]?.job ?? '')).toContain('ArrayTaskThrottle=2');
  });

  it('runs from inside a job: what that job has is no wish of those that it submits, and bounds what runs in it', async () => {
    const project = slurmProject(
      `${commandStep('there', 'echo > out.txt', '    resources: { cpus: 2 }\n')}${commandStep('within', 'echo > out.txt', '    executor: local\n')}`,
    );
    const command = `'${process.execPath}' '${mainFile}' run --json > out.jsonl 2> err.txt; echo $? > code`;
    const around = slurm.command(
      'sbatch',
      '--parsable',
      '-n1',
      '-c1',
      '-o/dev/null',
      `-D${project.root}`,
      `--wrap=${command}`,
    );
    await until(() => existsSync(project.path('code')), 'the end of kshot in a job');
    const events = eventsOf({ stdout: project.read('out.jsonl') });
    expect(project.read('code'), project.read('err.txt')).toBe('0\n');
    const jobs = jobsIn(events);
    expect(jobs.map(({ node }) => node)).toEqual(['there']);
    expect(jobs[0]?.job).not.toBe(around.trim());
    expect(slurm.command('scontrol', 'show', 'job', jobs[0]?.job ?? '')).toContain('NumCPUs=2');
    expect(events.find(({ event }) => event === 'run.start')).toMatchObject({ slots: 1 });
  });

  // Slurm counts minutes, and looks once in half of one.
  slowTest('names the resource where a job runs into its limit, and goes on from its state', async () => {
    const project = slurmProject('');
    const line = `n=$(cat "$KSHOT_STATE/n" 2>/dev/null || echo 0); echo $n >> ${project.path('trace')}; echo $((n + 1)) > "$KSHOT_STATE/n"; if [ $n = 0 ]; then sleep 200; fi; echo $n > out.txt`;
    const step = commandStep('long', line, '    slurm: { time: 1 min }\n');
    project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${step}`);
    const first = await kshot(project, ['run', '--json']);
    expect(first.exitCode).not.toBe(0);
    expect(eventsOf(first).find(({ event }) => event === 'step.finish')).toMatchObject({
      failure: {
        reason: 'step-timeout',
        message: expect.stringContaining('which ran long, was ended because its time was over (TIMEOUT)'),
        hint: 'raise `time` under `slurm` of the step or in kshot.yaml, now 1 min 0 s',
      },
    });
    const second = await kshot(project, ['run', '--json']);
    expect(second.exitCode, second.stdout).toBe(0);
    expect(traceOf(project)).toEqual(['0', '1']);
  });
});
