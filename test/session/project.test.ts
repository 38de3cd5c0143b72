import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** A project whose scripts may import kshot by its name, as its package exports it. */
function projectWithPackage(pipeline: string): Project {
  const project = temporaryProject({ files: { 'pipelines/small.yaml': pipeline } });
  mkdirSync(project.path('node_modules'));
  symlinkSync(checkout, project.path('node_modules/kshot'));
  return project;
}

/** Runs a script that ends by `answer(VALUE)`; all else that it prints is an error of the test's. */
async function answerOf<Value>(project: Project, script: string): Promise<Value> {
  project.write(
    'script.mjs',
    `import { writeFileSync } from 'node:fs';
import { openProject, Interrupted } from 'kshot';
const answer = (value) => writeFileSync('answer.json', JSON.stringify(value));
const take = ({ ok, value, failure }) => { if (!ok) throw new Error(JSON.stringify(failure)); return value; };
${script}`,
  );
  const child = spawn(process.execPath, ['script.mjs'], {
    cwd: project.root,
    env: { ...process.env, KSHOT_GPUS: 'none', NODE_OPTIONS: '' },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      printed += String(data);
    });
  }
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  expect([exitCode, printed]).toEqual([0, '']);
  return JSON.parse(project.read('answer.json')) as Value;
}

const command = (words: readonly string[]) =>
  `{ kind: command, with: { argv: ${JSON.stringify(words)}, outputs: { out: out.txt } } }`;
const twoSteps = `version: 1
steps:
  fast: ${command(['sh', '-c', 'echo done > out.txt'])}
  slow: { kind: command, in: { fast: fast.out }, with: { argv: [sh, -c, 'sleep 60; echo done > out.txt'], outputs: { out: out.txt } } }
`;

describe('a project that a script opens', () => {
  it('plans, runs, and gives results, rows and files as the command line does, twice and in silence', async () => {
    const project = projectWithPackage(smallExperiment);
    const found = await answerOf<{
      readonly planned: { readonly run: number; readonly depends: number };
      readonly events: readonly string[];
      readonly counts: readonly { readonly ran: number; readonly hit: number }[];
      readonly results: unknown;
      readonly rows: unknown;
      readonly model: { readonly path: string; readonly digest: string; readonly bytes: number };
      readonly byValue: unknown;
      readonly left: unknown;
    }>(
      project,
      `const project = take(await openProject());
const planned = take(await project.plan()).counts;
const first = take(await project.run({ tag: 'first', slots: 2 }));
const events = [];
for await (const { event } of first) events.push(event);
const ended = [take(await first.ended)];
// Nobody reads these.
ended.push(take(await take(await project.run({ tag: 'second' })).ended));
answer({
  planned,
  events,
  counts: ended.map(({ finished }) => finished.counts),
  results: take(await project.results('first')),
  rows: take(await project.query('SELECT node, metric, value FROM latest_metrics')),
  model: take(await project.get('best.chosen')),
  byValue: {
    outputs: [
      take(await project.get('validate[iterations=4].ranks')).output,
      take(await project.get('tune[inner_lr=0.1].metrics')).output,
    ],
    logs: take(await project.logs('validate[iterations=4]')).map(({ node }) => node),
  },
  left: {
    exitCode: process.exitCode ?? null,
    listeners: ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'].map((name) => process.listenerCount(name)),
  },
});`,
    );
    expect(found.planned.run).toBeGreaterThan(0);
    expect(found.events[0]).toBe('run.start');
    expect(found.events.at(-1)).toBe('run.finish');
    expect(found.events.filter((event) => event === 'step.finish').length).toBe(found.counts[0]?.ran);
    expect(found.counts[1]).toMatchObject({ ran: 0, hit: found.counts[0]?.ran });
    expect(found.left).toEqual({ exitCode: null, listeners: [0, 0, 0, 0] });
    const { version: _, ...results } = JSON.parse(
      (await kshot(project, ['results', 'first', '--json'])).stdout,
    );
    expect(found.results).toMatchObject(results);
    const sql = await kshot(project, ['sql', 'SELECT node, metric, value FROM latest_metrics', '--json']);
    expect(found.rows).toEqual(JSON.parse(sql.stdout));
    const bytes = readFileSync(found.model.path);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(found.model.digest);
    expect(bytes.length).toBe(found.model.bytes);
    expect(found.byValue).toEqual({
      outputs: ['validate@4.ranks', 'tune[inner_lr=0.1].metrics'],
      logs: ['validate@4'],
    });
  });

  it('runs beside another project, and beside itself, each step once', async () => {
    const steps = `version: 1\nsteps:\n  one: ${command(['sh', '-c', 'sleep 0.3; echo one > out.txt'])}\n`;
    const [project, other] = [projectWithPackage(steps), projectWithPackage(steps)];
    const outcomes = await answerOf<readonly string[]>(
      project,
      `const here = take(await openProject());
const there = take(await openProject({ root: ${JSON.stringify(other.root)} }));
const runs = [take(await here.run()), take(await here.run()), take(await there.run())];
const ends = await Promise.all(runs.map(({ ended }) => ended));
answer(ends.map((end) => take(end).finished.nodes[0].outcome));`,
    );
    expect(outcomes.slice(0, 2).toSorted()).toEqual(['joined', 'ran']);
    expect(outcomes[2]).toBe('ran');
    expect((await kshot(other, ['status', '--check'])).exitCode).toBe(0);
  });

  it.each([
    ['controller.abort()', 130],
    ['controller.abort(new Interrupted(143))', 143],
  ])('ends a run in order on %s, keeping what is done: %i', async (abort, exitCode) => {
    const project = projectWithPackage(twoSteps);
    const found = await answerOf<{
      readonly exitCode: number;
      readonly outcomes: unknown;
      readonly recorded: number;
      readonly plan: unknown;
    }>(
      project,
      `const project = take(await openProject());
const controller = new AbortController();
const run = take(await project.run({ signal: controller.signal }));
for await (const event of run) if (event.event === 'step.start' && event.node === 'slow') ${abort};
const { exitCode, finished } = take(await run.ended);
answer({
  exitCode,
  outcomes: finished.nodes.map(({ outcome }) => outcome),
  recorded: take(await project.runs())[0].exit_code,
  plan: take(await project.plan()).nodes.map(({ state }) => state),
});`,
    );
    expect(found).toEqual({
      exitCode,
      outcomes: ['ran', 'cancelled'],
      recorded: exitCode,
      plan: ['hit', 'run'],
    });
  });

  it('calls a run that was aborted when all was done neither cancelled nor another length than its record', async () => {
    const project = projectWithPackage(
      `version: 1\nsteps:\n  one: ${command(['sh', '-c', 'echo one > out.txt'])}\n`,
    );
    const found = await answerOf<readonly unknown[]>(
      project,
      `const project = take(await openProject());
const controller = new AbortController();
const run = take(await project.run({ signal: controller.signal }));
let seconds;
for await (const event of run) {
  if (event.event === 'step.finish') controller.abort();
  if (event.event === 'run.finish') seconds = event.seconds;
}
const [recorded] = take(await project.runs());
answer([take(await run.ended).exitCode, recorded.exit_code, seconds === recorded.seconds]);`,
    );
    expect(found).toEqual([0, 0, true]);
  });

  it('gives what can go wrong as values, with reasons and places', async () => {
    const project = projectWithPackage(
      twoSteps.replace('outputs: { out: out.txt } } }\n', 'outptus: 1 } }\n'),
    );
    project.write('pipelines/failing.yaml', `version: 1\nsteps:\n  bad: ${command(['false'])}\n`);
    const failing = `{ pipeline: 'pipelines/failing.yaml' }`;
    const reasons = await answerOf<{ readonly [call: string]: unknown }>(
      project,
      `const brief = ({ ok, failure }) => ok || failure.map(({ reason, location }) => [reason, location?.line ?? 0]);
const project = take(await openProject());
const found = {
  open: brief(await openProject({ root: 'nowhere' })),
  plan: brief(await project.plan({ pipeline: 'pipelines/small.yaml' })),
  run: brief(await project.run({ pipeline: 'pipelines/small.yaml' })),
  name: brief(await project.plan({ pipeline: 'pipelines/smal.yaml' })),
  step: brief(await project.explain('nothing', ${failing})),
  results: brief(await project.results()),
  query: brief(await project.query('SELECT 1')),
};
const words = async (answer) => (({ ok, failure }) => ok || failure.map(({ reason, message }) => reason + ': ' + message))(await answer);
const misused = {
  place: await words(openProject('here')),
  root: await words(openProject({ root: 3 })),
  slots: await words(project.run({ slots: '4', keepgoing: true })),
  targets: await words(project.plan({ targets: 'bad' })),
  signal: await words(project.run({ signal: {} })),
  sql: await words(project.query()),
  run: await words(project.results(7)),
  output: await words(project.get(null)),
  keep: await words(project.collectGarbage({})),
};
const run = take(await project.run(${failing}));
const end = take(await run.ended);
answer({
  ...found,
  misused,
  end: brief({ ok: false, failure: end.failures }),
  refused: brief(await project.query('DROP TABLE metrics')),
  output: brief(await project.get('bad.out')),
  pin: brief(await project.pin({ pin: ['nothing'] })),
  logs: take(await project.logs('bad')).map(({ node }) => node),
});`,
    );
    expect(reasons).toEqual({
      open: [['file-not-found', 0]],
      plan: [['unknown-parameter', 3]],
      run: [['unknown-parameter', 3]],
      name: [['file-not-found', 0]],
      step: [['unknown-step', 0]],
      results: [['no-results', 0]],
      query: [['no-results', 0]],
      misused: {
        place: ['usage: openProject: options must be an object, not "here"'],
        root: ['usage: openProject: root must be a string, not 3'],
        slots: [
          'usage: run: slots must be a whole number from 1, not "4"',
          'usage: run: keepgoing is no option',
        ],
        targets: ['usage: plan: targets must be a list of strings, not "bad"'],
        signal: ['usage: run: signal must be an AbortSignal, not {}'],
        sql: ['usage: query: sql must be a string, not undefined'],
        run: ['usage: results: run must be a string, not 7'],
        output: ['usage: get: output must be a string, not null'],
        keep: ['usage: collectGarbage: keep is missing: a whole number from 0'],
      },
      end: [['step-failed', 3]],
      refused: [['sql-refused', 0]],
      output: [['no-results', 0]],
      pin: [['no-results', 0]],
      logs: ['bad'],
    });
  });
});
