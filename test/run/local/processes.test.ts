import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Project, temporaryProject } from '../../support/temporary-project.js';
import { isAlive } from '../support/is-alive.js';
import { projectOf } from '../support/run-pipeline.js';

const driver = fileURLToPath(new URL('../support/driver.mjs', import.meta.url));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Driven {
  readonly child: ChildProcess;
  /** The last line that the driver wrote: the counts where it came to its end. */
  readonly ended: Promise<{
    readonly counts: { readonly [name: string]: number } | undefined;
    readonly stderr: string;
  }>;
}

/** A run in a process of its own. */
function drive(project: Project, slots = 2): Driven {
  const child = spawn(process.execPath, [driver, project.root, 'pipelines/test.yaml', String(slots)]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Awaited<Driven['ended']>>((resolve) => {
    child.on('close', () => {
      const last = stdout.trim().split('\n').at(-1) ?? '';
      resolve({ counts: last.startsWith('{"event":"counts"') ? JSON.parse(last) : undefined, stderr });
    });
  });
  return { child, ended };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await pause(20);
  }
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return new RegExp(`^PPid:\\s+${pid}$`, 'm').test(readFileSync(`/proc/${name}/status`, 'utf8'));
      } catch {
        return false;
      }
    })
    .map(Number);
}

const numberIn = (project: Project, file: string): number | undefined =>
  existsSync(project.path(file)) && project.read(file).trim() !== '' ? Number(project.read(file)) : undefined;

/** A step that blocks its worker's thread, and a command whose grandchild sleeps. */
function stubborn(): Project {
  const project = projectOf(
    (root) => `  block: { kind: test.block, with: { seconds: 60, pidFile: "${root}/block" } }
  sleep: { kind: command, with: { shell: true, argv: "sleep 60 & echo $! > ${root}/sleep; wait" } }
`,
  );
  return project;
}

async function startedProcesses(project: Project, driven: Driven): Promise<readonly number[]> {
  const both = () => numberIn(project, 'block') !== undefined && numberIn(project, 'sleep') !== undefined;
  await until(both, 'the steps to start');
  // Long enough for the worker to have told of the command's group.
  await pause(300);
  return [
    ...childrenOf(driven.child.pid ?? 0),
    numberIn(project, 'block') ?? 0,
    numberIn(project, 'sleep') ?? 0,
  ];
}

describe.skipIf(process.platform !== 'linux')('the end of the process that runs the scheduler', () => {
  it('by kill -9 leaves no worker alive for long, nor what a command started', async () => {
    const project = stubborn();
    const driven = drive(project);
    const pids = await startedProcesses(project, driven);
    expect(pids.filter(isAlive).length).toBeGreaterThanOrEqual(4);
    driven.child.kill('SIGKILL');
    // All of them would live for a minute.
    await until(() => !pids.some(isAlive), 'the processes to end');
  });

  it.each(['the run', 'a worker'])(
    'and of a program that left its group: a kill -9 of %s ends it',
    async (which) => {
      const project = projectOf(
        (
          root,
        ) => `  a: { kind: command, with: { shell: true, argv: "setsid sleep 6000 & echo $! > ${root}/sleep; wait" } }
`,
      );
      const driven = drive(project);
      await until(() => numberIn(project, 'sleep') !== undefined, 'the command to start');
      await pause(300);
      const pid = numberIn(project, 'sleep') ?? 0;
      expect(isAlive(pid)).toBe(true);
      const [worker] = childrenOf(driven.child.pid ?? 0);
      process.kill((which === 'the run' ? driven.child.pid : worker) ?? 0, 'SIGKILL');
      await until(() => !isAlive(pid), 'the process to end');
      driven.child.kill('SIGKILL');
      await driven.ended;
    },
  );

  it.each(['the run, whose worker cannot end it', 'a worker'])(
    'and a program that left its group: after a kill -9 of %s the second attempt does not run beside it',
    async (which) => {
      // Not in the project, and not named as it stands: a program would have to declare what it names.
      const beside = temporaryProject({});
      const { root } = beside;
      const project = projectOf(`  a:
    kind: command
    with:
      shell: true
      argv: "at=${root.slice(1)}; if [ -e /$at/sleep ]; then cat /proc/$(cat /$at/sleep)/status > /$at/seen; echo >> /$at/seen; exit 0; fi; setsid sleep 6000 & echo $! > /$at/sleep; wait"
`);
      const driven = drive(project);
      await until(() => numberIn(beside, 'sleep') !== undefined, 'the command to start');
      await pause(300);
      const [worker = 0] = childrenOf(driven.child.pid ?? 0);
      if (which === 'a worker') process.kill(worker, 'SIGKILL');
      else {
        process.kill(worker, 'SIGSTOP');
        process.kill(driven.child.pid ?? 0, 'SIGKILL');
        await until(() => !isAlive(driven.child.pid ?? 0), 'the run to end');
        const again = await drive(project).ended;
        expect(again.counts, again.stderr).toMatchObject({ ran: 1 });
      }
      await until(() => existsSync(beside.path('seen')), 'the second attempt');
      await until(() => beside.read('seen').endsWith('\n'), 'what it saw');
      // A process that nobody has waited for is no more than its number.
      expect(beside.read('seen')).not.toMatch(/^State:\s+[^ZX]/m);
      if (which !== 'a worker') process.kill(worker, 'SIGCONT');
    },
  );

  it('by ctrl-C leaves no orphan and no lock, and every node has the outcome cancelled', async () => {
    const project = stubborn();
    const driven = drive(project);
    const pids = await startedProcesses(project, driven);
    driven.child.kill('SIGINT');
    const { counts } = await driven.ended;
    expect(counts).toMatchObject({ ran: 0, cancelled: 2 });
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(project.path('cache/locks'))).toEqual([]);
    expect(existsSync(project.path('cache/steps'))).toBe(false);
  });

  it('by kill -9 of a worker ends the command that it was running', async () => {
    const project = stubborn();
    project.edit(
      'pipelines/test.yaml',
      `  block: { kind: test.block, with: { seconds: 60, pidFile: "${project.root}/block" } }\n`,
      '',
    );
    const driven = drive(project);
    await until(() => numberIn(project, 'sleep') !== undefined, 'the command to start');
    await pause(300);
    const sleeps = [numberIn(project, 'sleep')];
    const killWorker = () => process.kill(childrenOf(driven.child.pid ?? 0)[0] ?? 0, 'SIGKILL');
    killWorker();
    // It is started once more.
    await until(
      () => !sleeps.includes(numberIn(project, 'sleep') ?? sleeps[0]),
      'the command to start again',
    );
    sleeps.push(numberIn(project, 'sleep'));
    expect(isAlive(sleeps[0] ?? 0)).toBe(false);
    await pause(300);
    killWorker();
    const { counts } = await driven.ended;
    expect(counts).toMatchObject({ failed: 1 });
    expect(isAlive(sleeps[1] ?? 0)).toBe(false);
  });
});

/** Twelve short steps in three layers, which write how often each was executed. */
function layered(seconds: number): Project {
  return projectOf((root) => {
    const step = (name: string, input: string) =>
      `  ${name}:
    kind: test.trace
${input}    with: { name: ${name}, trace: "${root}/trace", seconds: ${seconds} }
    matrix: { i: [1, 2, 3, 4] }
`;
    return [step('a', ''), step('b', '    in: { input: a }\n'), step('c', '    in: { input: b }\n')].join('');
  });
}

const begun = (project: Project): number => project.read('trace').match(/"begin"/g)?.length ?? 0;

/** Every object's name and bytes, and every key; not what a killed process was about to write, which gc removes. */
function contents(project: Project): { readonly [path: string]: string } {
  const found: { [path: string]: string } = {};
  for (const folder of ['objects', 'steps']) {
    const root = project.path(`cache/${folder}`);
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
      if (/^[0-9a-f]{2}\/[0-9a-f]{62,64}(?:\.json)?$/.test(name)) {
        found[name] = folder === 'objects' ? readFileSync(join(root, name), 'utf8') : '';
      }
    }
  }
  return found;
}

describe('two runs at once over the same keys', () => {
  it('execute each key once between them; each takes what the other computed', async () => {
    const project = layered(0.15);
    const [first, second] = [drive(project), drive(project)];
    const counts = [(await first.ended).counts, (await second.ended).counts];
    expect(begun(project)).toBe(12);
    const sum = (name: string) => counts.reduce((total, one) => total + (one?.[name] ?? Number.NaN), 0);
    expect(sum('ran')).toBe(12);
    expect(sum('joined') + sum('hit')).toBe(12);
    expect(sum('joined')).toBeGreaterThan(0);
    expect(sum('failed')).toBe(0);
  });
});

describe('a run that is killed again and again', () => {
  it('comes to the same objects and keys as one that was never killed, after 25 random moments', async () => {
    const undisturbed = layered(0.02);
    expect((await drive(undisturbed).ended).counts).toMatchObject({ ran: 12 });

    const project = layered(0.02);
    project.edit('pipelines/test.yaml', 'name: test', 'name: killed');
    // The trace's path is in the parameters, and so in the keys: the same path for both.
    const text = project.read('pipelines/test.yaml').replaceAll(project.root, undisturbed.root);
    project.write('pipelines/test.yaml', text);
    let killed = 0;
    for (let round = 0; killed < 25; round++) {
      const driven = drive(project);
      // From before the first step to after the last; by rounds, so that a failure can be repeated.
      const timer = setTimeout(() => driven.child.kill('SIGKILL'), 150 + ((round * 7919) % 23) * 20);
      const { counts } = await driven.ended;
      clearTimeout(timer);
      if (counts === undefined) killed++;
      // It came to its end before it was killed: from the beginning again.
      else rmSync(project.path('cache'), { recursive: true });
    }
    const { counts, stderr } = await drive(project).ended;
    expect(stderr).toBe('');
    expect((counts?.['ran'] ?? 0) + (counts?.['hit'] ?? 0)).toBe(12);
    expect(contents(project)).toEqual(contents(undisturbed));
  }, 90_000);
});
