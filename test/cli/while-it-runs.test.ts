import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/run/event.js';
import { eventsOf, kshot, startKshot } from '../support/kshot.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

/** Waits, with a bar and a prompt on the screen, until there is a file `go` in the project, and fails. */
const train = (root: string) => `
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
const tell = (event) => appendFileSync(process.env.KSHOT_EVENTS, event);
console.log('begun in ' + process.cwd() + ' by ' + process.argv[1]);
for (let step = 0; step <= 1000; step++) process.stderr.write('\\r' + step + '/1000');
for (let step = 1; step <= 5; step++)
  tell(JSON.stringify({ step, total: 20, unit: 'epoch', values: { loss: 1 / step } }) + '\\n');
tell('nonsense\\n{"step": 6, "accuracy": NaN, "lo');
process.stdout.write('\\u001b[32mGo on? ');
mkdirSync('checkpoints');
writeFileSync('checkpoints/half.txt', 'half');
while (!existsSync('${root}/go')) await new Promise((resolve) => setTimeout(resolve, 20));
tell('ss": 0.1}\\n');
console.log('yes\\u001b[0m');
throw new Error('no\\u0007 more');
`;
const pipeline = `version: 1
name: live
steps:
  train: { kind: command, with: { argv: [node, train.mjs], files: [train.mjs], outputs: { model: model.pt } } }
  test: { kind: command, in: { model: train.model }, with: { argv: [cat, model] } }
  other: { kind: command, with: { shell: true, argv: "mkdir sub; echo x > sub/o.csv", outputs: { table: sub/o.csv } } }
`;

function projectWith(): Project {
  const project = temporaryProject({ files: { 'pipelines/live.yaml': pipeline } });
  project.write('train.mjs', train(project.root));
  return project;
}

const link = (run: string, node: string) => `artifacts/live/${run}/nodes/${node}`;

describe('a program that runs', () => {
  const project = projectWith();
  const args = ['run', '--json', '-k', '--tag'];
  let events: readonly RunEvent[] = [];

  it('shows what it prints at once, a prompt and the state of a bar too, and has its folder under its name', async () => {
    const run = startKshot(project, [...args, 'first']);
    const log = async () => (await kshot(project, ['logs', 'train'])).stdout;
    await expect.poll(log, { timeout: 60_000 }).toMatch(/\nGo on\? \n1000\/1000\n$/);
    const text = await log();
    // The folder of the program is shown as the project.
    expect(text).toMatch(/^begun in \. by train\.mjs$/m);
    expect(text.match(/\/1000/g)).toHaveLength(1);
    expect(project.read(`${link('first', 'train')}/checkpoints/half.txt`)).toBe('half');
    // Nothing calls it incomplete, damaged or left behind.
    const verified = await kshot(project, ['cache', 'verify']);
    expect([verified.exitCode, verified.stdout]).toEqual([0, expect.stringContaining('all good')]);
    expect((await kshot(project, ['gc', '-n'])).stdout).not.toContain('unfinished');
    project.write('go', '');
    const finished = await run.finished;
    expect(finished.exitCode).toBe(1);
    events = eventsOf(finished);
  });

  it('has told of its progress and its figures, and of what was no event once', () => {
    const progress = events.filter((event) => event.event === 'step.progress');
    expect(progress.length).toBeGreaterThan(0);
    expect(progress[0]).toMatchObject({ node: 'train', total: 20, unit: 'epoch' });
    expect(progress.at(-1)).toMatchObject({ done: 6, total: 20, unit: 'epoch' });
    const failed = events.find((event) => event.event === 'step.finish' && event.outcome === 'failed');
    expect(failed).toMatchObject({
      failure: {
        progress: { done: 6, total: 20, unit: 'epoch', values: { loss: 0.1, accuracy: null } },
        left: link('first', 'train'),
      },
    });
    const log = project.read('artifacts/live/first/logs/train.log');
    expect(log).toContain('line 6 of KSHOT_EVENTS: "nonsense" is no JSON object; it is passed over\n');
  });

  it('that failed has a log of plain lines, and what it had written is kept and linked', async () => {
    const log = project.read('artifacts/live/first/logs/train.log');
    expect(log).toMatch(/^Go on\? yes$/m);
    expect(log).toMatch(/^1000\/1000file:train\.mjs:\d+$|^1000\/1000train\.mjs:\d+$/m);
    expect(log).toContain('Error: no␇ more');
    expect(log).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    expect(readdirSync(project.path(link('first', 'train'))).sort()).toEqual([
      '.kshot-events.jsonl',
      '.kshot-launch.json',
      'checkpoints',
      'train.mjs',
    ]);
    expect(readFileSync(project.path(`${link('first', 'other')}/sub/o.csv`), 'utf8')).toBe('x\n');
    expect(readlinkSync(project.path(`${link('first', 'other')}/sub/o.csv`))).toMatch(/^\.\./);
    expect(existsSync(project.path(link('first', 'test')))).toBe(false);
    // What a run's record vouches for has nothing to do with these.
    expect((await kshot(project, ['cache', 'verify'])).exitCode).toBe(0);
  });

  it('that fails anew leaves one folder, and one that is mended none', async () => {
    const kept = realpathSync(project.path(link('first', 'train')));
    project.edit('train.mjs', 'no\\u0007', 'still no\\u0007');
    const { stderr, exitCode } = await kshot(project, ['run', '-k', '--tag', 'second']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`\n          files: ${link('second', 'train')}/\n`);
    expect(stderr).toMatch(/^ {10}at: 6\/20 epoch, loss 0\.1, accuracy NaN$/m);
    expect(existsSync(kept)).toBe(false);
    expect(existsSync(project.path(link('second', 'train/checkpoints/half.txt')))).toBe(true);
    const failed = realpathSync(project.path(link('second', 'train')));
    project.edit('pipelines/live.yaml', 'argv: [node, train.mjs]', 'argv: [touch, model.pt]');
    expect((await kshot(project, ['run', '--tag', 'third'])).exitCode).toBe(0);
    expect(readdirSync(project.path(link('third', 'train')))).toEqual(['model.pt']);
    // A hit has its outputs there as well.
    expect(project.read(`${link('third', 'other')}/sub/o.csv`)).toBe('x\n');
    // One that gives nothing has no folder.
    expect(existsSync(project.path(link('third', 'test')))).toBe(false);
    expect(existsSync(dirname(failed))).toBe(true);
  });
});

describe('a program that prints without end', () => {
  it('has the beginning and the end of it in its log, and events by the few', async () => {
    const project = temporaryProject({
      files: {
        'pipelines/loud.yaml': `version: 1
steps:
  loud: { kind: command, with: { shell: true, argv: "seq -f 'line %.0f of a program that says far too much' 1 300000" } }
`,
      },
    });
    const finished = await kshot(project, ['run', '--json', '--tag', 'a']);
    expect(finished.exitCode).toBe(0);
    const log = project.read('artifacts/loud/a/logs/loud.log');
    expect(log.length).toBeLessThan(13 * 2 ** 20);
    expect(log).toContain('\nline 1 of a program');
    expect(log).toMatch(/\n\[kshot\] \d+ bytes are left out here; a log keeps its beginning and its end\n/);
    expect(log).toContain('\nline 300000 of a program');
    const lines = eventsOf(finished).filter(({ event }) => event === 'step.log').length;
    expect(lines).toBeLessThanOrEqual(20 * (finished.seconds + 1));
  });
});
