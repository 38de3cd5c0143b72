import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../src/artifacts/run-documents.js';
import { kshot, mainFile, startKshot } from '../../support/kshot.js';
import { smallExperiment } from '../../support/small-experiment.js';
import { type Project, temporaryProject } from '../../support/temporary-project.js';
import { isAlive } from '../support/is-alive.js';

const withPipeline = (pipeline: string) => temporaryProject({ files: { 'pipelines/small.yaml': pipeline } });

/** The command steps of a pipeline, by name what a shell executes. */
const commands = (scripts: { readonly [step: string]: string }, more = '') =>
  `version: 1\nsteps:\n${Object.entries(scripts)
    .map(
      ([step, script]) =>
        `  ${step}: { kind: command, with: { argv: [sh, -c, ${JSON.stringify(script)}], outputs: { out: out.txt } }${more} }\n`,
    )
    .join('')}`;

function resultsOf({ root }: Project): unknown {
  return readManifest(root, 'small/first')?.nodes.map(({ id, key, outputs }) => ({ id, key, outputs }));
}

describe('kshot run --in-process', () => {
  it('gives the same keys and the same bytes, and a profile of the process holds what computes', async () => {
    const [apart, within] = [withPipeline(smallExperiment), withPipeline(smallExperiment)];
    expect((await kshot(apart, ['run', '--tag', 'first'])).exitCode).toBe(0);
    // Ten times as often as usual: in native code a small experiment takes milliseconds.
    const profiler = ['--cpu-prof', '--cpu-prof-interval=100', `--cpu-prof-dir=${within.path('profiles')}`];
    execFileSync(
      process.execPath,
      [...profiler, mainFile, 'run', '--tag', 'first', '--in-process', '--quiet'],
      { cwd: within.root, env: { ...process.env, KSHOT_GPUS: 'none', NODE_OPTIONS: '' } },
    );
    expect(resultsOf(within)).toEqual(resultsOf(apart));
    // Of this process alone, and of a thread that says that it lives where that took long.
    const profiles = readdirSync(within.path('profiles')).map((name) => within.read(`profiles/${name}`));
    expect(profiles.join('\n')).toMatch(/"functionName":"(metaGradient|adaptAndRank)"/);
    expect((await kshot(within, ['status', '--check'])).exitCode).toBe(0);
  });

  it('executes steps as children of kshot itself, one after another, with the logs of any run', async () => {
    const script =
      'echo a word; echo $PPID > out.txt; [ ! -e "$ROOT/busy" ]; touch "$ROOT/busy"; sleep 0.2; rm "$ROOT/busy"';
    const project = withPipeline(commands({ one: script, two: script }));
    project.write(
      'pipelines/small.yaml',
      project.read('pipelines/small.yaml').replaceAll('$ROOT', project.root),
    );
    const running = startKshot(project, ['run', '--in-process', '-j', '2', '--tag', 'first']);
    const { exitCode, stderr } = await running.finished;
    expect(exitCode, stderr).toBe(0);
    const outputs = readManifest(project.root, 'small/first')?.nodes.map(
      ({ outputs }) => outputs['out']?.digest ?? '',
    );
    for (const digest of outputs ?? []) {
      const parent = project.read(`cache/objects/${digest.slice(0, 2)}/${digest.slice(2)}`).trim();
      expect(Number(parent)).toBe(running.process.pid);
    }
    expect((await kshot(project, ['logs', 'one'])).stdout).toContain('a word\n');
  });

  it('ends what a step started on Ctrl-C, and a step whose time is up', async () => {
    const project = withPipeline(commands({ slow: 'echo $$ > $ROOT/pid; sleep 60' }));
    project.write(
      'pipelines/small.yaml',
      project.read('pipelines/small.yaml').replaceAll('$ROOT', project.root),
    );
    const running = startKshot(project, ['run', '--in-process']);
    await running.until(/start +slow/);
    while (!readdirSync(project.root).includes('pid'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    running.process.kill('SIGINT');
    expect((await running.finished).exitCode).toBe(130);
    expect(isAlive(Number(project.read('pid')))).toBe(false);
    project.write('pipelines/small.yaml', commands({ slow: 'sleep 60' }, ', resources: { time: 1 s }'));
    const late = await kshot(project, ['run', '--in-process']);
    expect([late.exitCode, /ended after 1 s/.test(late.stderr)], late.stderr).toEqual([1, true]);
  });
});

describe('kshot run --verbose', () => {
  const pipeline = `${commands({ one: 'echo 1 > out.txt', two: 'echo 2 > out.txt' })}  same: { kind: command, with: { argv: [sh, -c, "echo 1 > out.txt"], outputs: { out: out.txt } } }\n`;

  it('says of each node what is decided and why, in lines and as events', async () => {
    const project = withPipeline(pipeline);
    const first = await kshot(project, ['run', '--verbose', '-j', '1']);
    expect(first.stderr).toMatch(/^decision +one +is ready: there is no result under key [0-9a-f]{8}$/m);
    expect(first.stderr).toMatch(/^decision +one +starts with 1 slot; left are 0 slots$/m);
    expect(first.stderr).toMatch(
      /^decision +two +waits, as the first of those that are ready: 0 slots are free$/m,
    );
    expect(first.stderr).toMatch(/^decision +two +has the lock of key [0-9a-f]{8}; its inputs are sound$/m);
    expect(first.stderr).toMatch(/^decision +same +takes the result of one, whose key is the same$/m);
    const again = await kshot(project, ['run', '--json', '--force=two'], {
      environment: { KSHOT_DEBUG: '1' },
    });
    const decisions = again.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === 'step.decision')
      .map(({ node, decision }) => `${node} ${decision}`);
    expect(decisions[0]).toBe('one is a hit, as it was planned: all that it needs is as it was');
    expect(decisions).toContain('two is ready: it is forced');
  });

  it('is not what a run says by itself', async () => {
    expect((await kshot(withPipeline(pipeline), ['run'])).stderr).not.toContain('decision');
  });
});
