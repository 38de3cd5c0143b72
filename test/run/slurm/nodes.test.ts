import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, kshot, nodesByOutcome, startKshot } from '../../support/kshot.js';
import { hasSlurmDaemons, startSlurm, type TestSlurm } from '../../support/slurm.js';
import { commandStep, entriesOf, jobsIn, slurmProject, traceOf, until } from './on-slurm.js';

const trainingScript = readFileSync(
  fileURLToPath(new URL('../../support/resuming_training.py', import.meta.url)),
  'utf8',
);

// Needs Debian's slurmctld, slurmd, slurm-client and munge: a real Slurm of two nodes, both of them this machine.
describe.skipIf(!hasSlurmDaemons)('runs on a Slurm of two nodes', { timeout: 240_000 }, () => {
  let slurm: TestSlurm;
  beforeAll(() => {
    slurm = startSlurm(2);
  });
  afterAll(() => slurm?.stop());

  it('goes on from its state as often as others push it off, and comes to the same bytes', async () => {
    const project = slurmProject('', { 'train.py': trainingScript });
    const step = `  train:
    kind: python
    with:
      script: train.py
      params: { epochs: 12, pause: 0.5 }
      outputs: { model: model.json, curve: { as: history } }
      env: { TRACE: ${project.path('trace')} }
`;
    project.write('pipelines/p.yaml', `version: 1\nname: p\nsteps:\n${step}`);
    const running = startKshot(project, ['run', '--json', '--tag', 'there']);
    for (const epochs of [2, 5]) {
      await until(() => traceOf(project).length >= epochs, `epoch ${epochs}`);
      // Whoever may use this partition has all nodes at once.
      slurm.command('sbatch', '-p', 'urgent', '-N2', '--exclusive', '-o/dev/null', '--wrap=sleep 1');
      await until(
        () => slurm.command('squeue', '-h', '-o', '%P', '-t', 'R').trim() === 'urgent',
        'the other job',
      );
    }
    const { exitCode, stdout } = await running.finished;
    expect(exitCode, stdout).toBe(0);
    const events = eventsOf({ stdout });
    expect(events.filter(({ event }) => event === 'step.retry')).toEqual([]);
    const notes = events.filter(({ event }) => event === 'step.note');
    expect(notes, stdout).toHaveLength(2);
    expect(JSON.stringify(notes)).toMatch(/job \d+ of Slurm was put back into the queue; another goes on/);
    expect(new Set(jobsIn(events).map(({ job }) => job)).size).toBe(3);
    // An epoch that was cut short is trained once more, and none that was whole.
    expect(traceOf(project).length).toBeLessThanOrEqual(12 + 2);
    const there = entriesOf(project);
    const here = await kshot(project, ['run', '--force', '--executor', 'local', '--tag', 'here']);
    expect(here.exitCode).toBe(0);
    expect(entriesOf(project)).toEqual(there);
    // Slurm would let what it put back wait for two minutes; nothing is left for it then.
    await until(() => slurm.command('squeue', '-h') === '', 'an empty queue');
  });

  it('goes on where the machine of its jobs is gone, put back into the queue or not', async () => {
    const project = slurmProject('');
    const line = (step: string) =>
      `n=$(cat "$KSHOT_STATE/n" 2>/dev/null || echo 0); echo ${step}$n >> ${project.path('trace')}; echo $((n + 1)) > "$KSHOT_STATE/n"; if [ $n = 0 ]; then sleep 100; fi; echo $n > out.txt`;
    const once = '    slurm: { extra: [--no-requeue] }\n';
    project.write(
      'pipelines/p.yaml',
      `version: 1\nname: p\nsteps:\n${commandStep('a', line('a'), once)}${commandStep('b', line('b'))}`,
    );
    const running = startKshot(project, ['run', '--json']);
    await until(() => traceOf(project).length === 2);
    const nodes = new Set(slurm.command('squeue', '-h', '-o', '%N').trim().split('\n'));
    for (const name of nodes) {
      slurm.killNode(name);
      // Slurm would find out by itself after SlurmdTimeout.
      slurm.command('scontrol', 'update', `nodename=${name}`, 'state=down', 'reason=test');
    }
    if (nodes.size === 2) slurm.restart();
    const { exitCode, stdout } = await running.finished;
    expect(exitCode, stdout).toBe(0);
    expect([...traceOf(project)].sort()).toEqual(['a0', 'a1', 'b0', 'b1']);
    const said = eventsOf({ stdout }).flatMap((event) => {
      if (event.event === 'step.retry') return [event.reason];
      return event.event === 'step.note' ? [event.line] : [];
    });
    expect(said).toHaveLength(2);
    expect(said.join('\n')).toMatch(/job \d+ of Slurm, which ran a, lost its machine \(NODE_FAIL\)/);
    expect(said.join('\n')).toMatch(/job \d+ of Slurm was put back into the queue; another goes on with b/);
    await until(() => slurm.command('squeue', '-h') === '', 'an empty queue');
  });

  it('names the step and the memory to raise where a job runs out of it, whichever process that ends', async ({
    skip,
  }) => {
    skip(!slurm.limitsMemory, 'no control groups of version 1 that may be written');
    const project = slurmProject('');
    const fill = "python3 -c 'import sys; bytearray(int(sys.argv[1]) << 20)'";
    const step = (name: string, line: string, memory: number) =>
      commandStep(name, line, `    resources: { memory: ${memory} MiB }\n`);
    project.write(
      'pipelines/p.yaml',
      `version: 1\nname: p\nsteps:\n${step('program', `${fill} 600 && echo > out.txt`, 300)}${step('within', `${fill} 100 && echo > out.txt`, 300)}${step('job', 'echo > out.txt', 10)}`,
    );
    const run = await kshot(project, ['run', '--json', '--keep-going']);
    expect(run.exitCode, run.stdout).toBe(1);
    const finished = eventsOf(run).filter(({ event }) => event === 'step.finish');
    expect(nodesByOutcome(eventsOf(run))).toEqual({ failed: ['job', 'program'], ran: ['within'] });
    const failureOf = (name: string) => finished.find((event) => 'node' in event && event.node === name);
    expect(failureOf('program')).toMatchObject({
      failure: {
        reason: 'step-out-of-memory',
        message: 'its job ran out of memory: the program ended with exit code 137',
        hint: 'raise `memory` under the `resources` of the step, now 314.6 MB',
      },
    });
    expect(failureOf('job')).toMatchObject({
      failure: {
        reason: 'step-out-of-memory',
        message: expect.stringMatching(/which ran job, ran out of memory \(OUT_OF_MEMORY\)/),
        hint: 'raise `memory` under the `resources` of the step, now 10.5 MB',
      },
    });
  });
});
