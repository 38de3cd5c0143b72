import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventsOf, kshot, startKshot } from '../../support/kshot.js';
import { type Project, temporaryProject } from '../../support/temporary-project.js';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Says in the file `trace` of the project when it began and ended, and on which device. */
const tracing = (project: Project, seconds: number) =>
  `echo begin $0 $KSHOT_GPU $CUDA_VISIBLE_DEVICES >> ${project.root}/trace; sleep ${seconds}; echo end $0 $KSHOT_GPU >> ${project.root}/trace`;

/** A pipeline of commands that each want GPUs, and have other keys than those of a pipeline of another name. */
function wanting(project: Project, name: string, { count = 2, gpus = 1, seconds = 0.3 } = {}): void {
  const script = tracing(project, seconds);
  const numbers = Array.from({ length: count }, (_, index) => `${name}${index}`);
  const step = (step: string) =>
    `  ${step}: { kind: command, resources: { gpus: ${gpus} }, with: { argv: [sh, -c, ${JSON.stringify(script)}, ${step}] } }\n`;
  project.write(`pipelines/${name}.yaml`, `version: 1\nsteps:\n${numbers.map(step).join('')}`);
}

interface Use {
  readonly event: string;
  readonly step: string;
  readonly device: string;
}

function usesOf(project: Project): readonly Use[] {
  if (!existsSync(project.path('trace'))) return [];
  return project
    .read('trace')
    .trim()
    .split('\n')
    .map((line) => {
      const [event = '', step = '', device = ''] = line.split(' ');
      return { event, step, device };
    });
}

/** The most steps that were ever on one device at once, and on all. */
function mostAtOnce(uses: readonly Use[]): { readonly onOne: number; readonly onAll: number } {
  const now = new Map<string, number>();
  let [onOne, onAll] = [0, 0];
  for (const { event, device } of uses) {
    now.set(device, (now.get(device) ?? 0) + (event === 'begin' ? 1 : -1));
    onOne = Math.max(onOne, ...now.values());
    onAll = Math.max(
      onAll,
      [...now.values()].reduce((sum, count) => sum + count, 0),
    );
  }
  return { onOne, onAll };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await pause(20);
  }
}

const locksOf = (project: Project) => readdirSync(project.path('cache/locks'));

describe('steps that want a GPU', () => {
  it('run as many at once as there are devices, each alone on the one that it was told', async () => {
    const project = temporaryProject({});
    wanting(project, 'many', { count: 5 });
    const { exitCode, stdout, stderr } = await kshot(project, ['run', '--json', '-j', '4'], {
      environment: { KSHOT_GPUS: '3,7' },
    });
    expect(exitCode, stderr).toBe(0);
    const uses = usesOf(project);
    expect(mostAtOnce(uses)).toEqual({ onOne: 1, onAll: 2 });
    expect([...new Set(uses.map(({ device }) => device))].sort()).toEqual(['3', '7']);
    expect(project.read('trace')).toMatch(/^begin many\d 3 3$/m);
    const given = eventsOf({ stdout }).flatMap((event) =>
      event.event === 'step.start' ? (event.devices ?? []) : [],
    );
    expect(given).toHaveLength(5);
    expect(locksOf(project)).toEqual([]);
  });

  it('are told all of their devices, and wait for each other where together they want more', async () => {
    const project = temporaryProject({});
    wanting(project, 'pair', { count: 2, gpus: 2, seconds: 0.1 });
    const { exitCode, stderr } = await kshot(project, ['run', '-j', '4'], {
      environment: { KSHOT_GPUS: '0,1,2' },
    });
    expect(exitCode, stderr).toBe(0);
    expect(mostAtOnce(usesOf(project))).toEqual({ onOne: 1, onAll: 1 });
    expect(project.read('trace')).toMatch(/^begin pair\d 0,1 0,1$/m);
  });

  it('come to nothing at once where there are not so many, by exit code 36', async () => {
    const project = temporaryProject({});
    wanting(project, 'much', { count: 1, gpus: 2 });
    const { exitCode, stderr } = await kshot(project, ['run'], { environment: { KSHOT_GPUS: '0' } });
    expect(exitCode).toBe(36);
    expect(stderr).toContain('much0 wants 2 GPUs, and the run has 1');
    expect(usesOf(project)).toEqual([]);
  });

  it('have the same key whatever device they got, and a step that wants none is told of none', async () => {
    const project = temporaryProject({});
    const write = 'printenv KSHOT_GPU CUDA_VISIBLE_DEVICES > out || echo none >> out';
    const step = (name: string, resources: string, env = '{}') =>
      `  ${name}: { kind: command, ${resources}with: { shell: true, argv: '${write}', env: ${env}, outputs: { out: out } } }\n`;
    project.write(
      'pipelines/env.yaml',
      `version: 1\nsteps:\n${step('with', 'resources: { gpus: 1 }, ')}${step('without', '')}${step('own', 'resources: { gpus: 1 }, ', '{ CUDA_VISIBLE_DEVICES: "9" }')}`,
    );
    const environment = { KSHOT_GPUS: '5', CUDA_VISIBLE_DEVICES: undefined };
    const first = await kshot(project, ['run', 'with', '--json'], { environment });
    const second = await kshot(project, ['run', 'with', '--json'], { environment: { KSHOT_GPUS: '6' } });
    const outcomes = [first, second].map((finished) =>
      eventsOf(finished).flatMap((event) => (event.event === 'step.finish' ? event.outcome : [])),
    );
    expect(outcomes).toEqual([['ran'], ['hit']]);
    const outputs = () => {
      const objects = project.path('cache/objects');
      return readdirSync(objects, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\/[0-9a-f]{62}$/.test(name))
        .map((name) => project.read(`cache/objects/${name}`));
    };
    expect(outputs()).toContain('5\n5\n');
    await kshot(project, ['run', 'own'], { environment });
    // What the step declares itself is in its key, and holds.
    expect(outputs()).toContain('5\n9\n');
    await kshot(project, ['run', 'without', '--force'], { environment });
    expect(outputs()).toContain('none\n');
  });
});

describe('two runs in different terminals on one cache', () => {
  it('never have the same device at once, and each gets it in the end', async () => {
    const project = temporaryProject({});
    wanting(project, 'red', { count: 3, seconds: 0.15 });
    wanting(project, 'blue', { count: 3, seconds: 0.15 });
    const environment = { KSHOT_GPUS: '0' };
    const runs = ['red', 'blue'].map((name) =>
      kshot(project, ['run', `pipelines/${name}.yaml`, '--json', '-j', '2'], { environment }),
    );
    const finished = await Promise.all(runs);
    expect(finished.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const uses = usesOf(project);
    expect(uses).toHaveLength(12);
    expect(mostAtOnce(uses)).toEqual({ onOne: 1, onAll: 1 });
    expect(locksOf(project)).toEqual([]);
  });

  it('share the devices: who waits says for whom, holds no slot meanwhile, and goes on when it is free', async () => {
    const project = temporaryProject({});
    wanting(project, 'first', { count: 1, seconds: 3 });
    wanting(project, 'second', { count: 1, seconds: 0 });
    project.edit(
      'pipelines/second.yaml',
      'steps:\n',
      `steps:\n  free: { kind: command, with: { argv: [sh, -c, "echo begin free >> ${project.root}/trace"] } }\n`,
    );
    const environment = { KSHOT_GPUS: '0' };
    const first = startKshot(project, ['run', 'pipelines/first.yaml'], { environment });
    await until(() => usesOf(project).length === 1, 'the first to have the device');
    const { exitCode, stdout } = await kshot(project, ['run', 'pipelines/second.yaml', '--json', '-j', '1'], {
      environment,
    });
    expect(exitCode).toBe(0);
    expect((await first.finished).exitCode).toBe(0);
    const waits = eventsOf({ stdout }).flatMap((event) => (event.event === 'step.wait' ? [event] : []));
    expect(waits.map(({ node }) => node)).toEqual(['second0']);
    expect(waits[0]?.reason).toContain(`process ${first.process.pid}`);
    // With its only slot it did what needs no device, while the other run had the device.
    expect(usesOf(project).map(({ event, step }) => `${event} ${step}`)).toEqual([
      'begin first0',
      'begin free',
      'end first0',
      'begin second0',
      'end second0',
    ]);
  });

  it.skipIf(process.platform !== 'linux')(
    'get the device of one that was killed -9, after what it had started is gone',
    async () => {
      const project = temporaryProject({});
      // A number that no other process of this machine sleeps for.
      const seconds = 100_000 + process.pid;
      wanting(project, 'killed', { count: 1, seconds });
      wanting(project, 'heir', { count: 1, seconds: 0 });
      const environment = { KSHOT_GPUS: '0' };
      const killed = startKshot(project, ['run', 'pipelines/killed.yaml'], { environment });
      await until(() => usesOf(project).length === 1, 'the first to have the device');
      killed.process.kill('SIGKILL');
      await killed.finished;
      // The program outlives its run for a moment, until the worker sees that nobody is left.
      project.edit(
        'pipelines/heir.yaml',
        'echo begin',
        `ps -eo args | grep -c '^sleep ${seconds}$' >> ${project.root}/alive; echo begin`,
      );
      const { exitCode, stderr } = await kshot(project, ['run', 'pipelines/heir.yaml'], { environment });
      expect(exitCode, stderr).toBe(0);
      expect(usesOf(project).at(-1)?.step).toBe('heir0');
      expect(project.read('alive').trim()).toBe('0');
      expect(locksOf(project).filter((name) => name.startsWith('gpu-'))).toEqual([]);
    },
  );
});
