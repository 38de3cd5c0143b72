import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventsFile } from '../../../src/kinds/program/program-events.js';
import { readUnfinishedCurve } from '../../../src/kinds/program/typed/written-curve.js';
import { kshot } from '../../support/kshot.js';
import { temporaryFolder } from '../../support/run-kind.js';
import { temporaryProject } from '../../support/temporary-project.js';

const script = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const { seed } = JSON.parse(readFileSync(process.env.KSHOT_PARAMS, 'utf8'));
const tell = (line) => appendFileSync(process.env.KSHOT_EVENTS, line + '\\n');
const steps = seed === 2 ? 2 : 4;
for (let step = 1; step <= steps; step++) tell(JSON.stringify({ step, loss: seed / step, unfinished: 1 }));
writeFileSync('metrics.json', JSON.stringify({ accuracy: seed / 10 }));
if (seed === 2) process.exit(3);
if (seed === 3) writeFileSync('curve.jsonl', '{"step": 1, "error": 9}\\n{"step": 2, "error": 8}\\n{"step": 3, "err');
if (seed !== 3) writeFileSync('curve.jsonl', '{"step": 1, "error": 9}\\n');
if (seed !== 3) writeFileSync('model', 'm');
`;

const pipeline = `
version: 1
name: seeds
steps:
  told:
    kind: command
    matrix: { seed: [1, 2, 3] }
    with:
      argv: [node, train.mjs]
      params: { seed: 1 }
      files: [train.mjs]
      outputs:
        curve: { path: curve.jsonl, as: history }
        metrics: { path: metrics.json, as: metrics }
        model: model
  chain:
    kind: command
    with:
      shell: true
      argv: 'echo {n} > "$KSHOT_STATE/n"; echo "{ \\"loss\\": {n} }" >> "$KSHOT_EVENTS"; echo "{ \\"loss\\": 0 }" >> "$KSHOT_EVENTS"; test {n} -lt 3'
      params: { n: 3 }
      outputs: { curve: { as: history } }
    segments: { of: n, every: 1 }
  best:
    kind: select
    in: { rows: told.metrics }
    with: { metric: accuracy, mode: max, average: [seed] }
  summary: { kind: summary, in: { told: told.metrics } }
`;

describe('the curve of a program that failed', () => {
  const project = temporaryProject({ files: { 'pipelines/seeds.yaml': pipeline, 'train.mjs': script } });
  beforeAll(async () => {
    const { exitCode } = await kshot(project, ['run', '-k', '--tag', 'first', '--quiet']);
    expect(exitCode).toBe(1);
  });

  it('is in SQL as far as it came, marked, from what was declared or else from what it told', async () => {
    const { stdout } = await kshot(project, [
      'sql',
      "SELECT node, seed, unfinished, iteration, error, loss FROM latest_history WHERE step = 'told' ORDER BY node, iteration",
      '--json',
    ]);
    const failed = { unfinished: 'failed', error: null, loss: null };
    expect(JSON.parse(stdout)).toEqual([
      { node: 'told[seed=1]', seed: 1, unfinished: null, iteration: 1, error: 9, loss: null },
      { ...failed, node: 'told[seed=2]', seed: 2, iteration: 1, loss: 2 },
      { ...failed, node: 'told[seed=2]', seed: 2, iteration: 2, loss: 1 },
      // It had written its curve and then no model.
      { ...failed, node: 'told[seed=3]', seed: 3, iteration: 1, error: 9 },
      { ...failed, node: 'told[seed=3]', seed: 3, iteration: 2, error: 8 },
    ]);
  });

  it('goes on from the segment before where kshot has numbered its steps', async () => {
    const { stdout } = await kshot(project, [
      'sql',
      "SELECT node, unfinished, iteration, loss FROM latest_history WHERE step = 'chain' ORDER BY iteration",
      '--json',
    ]);
    expect(JSON.parse(stdout)).toEqual([
      { node: 'chain@1', unfinished: null, iteration: 1, loss: 1 },
      { node: 'chain@1', unfinished: null, iteration: 2, loss: 0 },
      { node: 'chain@2', unfinished: null, iteration: 3, loss: 2 },
      { node: 'chain@2', unfinished: null, iteration: 4, loss: 0 },
      { node: 'chain@3', unfinished: 'failed', iteration: 5, loss: 3 },
      { node: 'chain@3', unfinished: 'failed', iteration: 6, loss: 0 },
    ]);
  });

  it('is in no metric, choice or summary, though it had written metrics too', async () => {
    const { stdout } = await kshot(project, ['sql', 'SELECT node FROM metrics', '--json']);
    expect(JSON.parse(stdout)).toEqual([{ node: 'told[seed=1]' }]);
    const results = await kshot(project, ['results']);
    expect(results.stdout).toContain('told[seed=1]');
    expect(results.stdout).not.toMatch(/seed=[23]/);
    const report = JSON.parse(project.read('artifacts/seeds/first/report.json'));
    expect(JSON.stringify([report.metrics, report.summaries])).not.toMatch(/seed=[23]/);
  });

  it('is a figure of its own in the report, which says where the rest is kept', () => {
    const page = project.read('artifacts/seeds/first/report.html');
    const titles = [...page.matchAll(/told: \w+ (?:while training|of nodes without a result)/g)].map(
      ([title]) => title,
    );
    expect(new Set(titles)).toEqual(
      new Set([
        'told: error while training',
        'told: error of nodes without a result',
        'told: loss of nodes without a result',
        'told: unfinished_ of nodes without a result',
      ]),
    );
    expect(page.includes('seed=2 (failed)')).toBe(true);
    expect(page.includes('artifacts/seeds/first/nodes/told[seed=2]')).toBe(true);
    expect(project.read('artifacts/seeds/first/nodes/told[seed=3]/curve.jsonl')).toContain('"error": 8');
  });
});

describe('a curve that was being written when its program ended', () => {
  it.each([
    ['lines of JSON', '{"step": 1, "x": 1}\n{"step": 2, "x": 2}', [1, 2]],
    ['lines of JSON, the last cut', '{"step": 1, "x": 1}\n{"step": 2, "val": {"x": 1}', [1]],
    ['one line of JSON, cut', '{"step": 1, "x"', undefined],
    ['an array', '[{"step": 1, "x": 1}]', [1]],
    ['an array, cut', '[{"step": 1, "x": 1},\n{"step"', undefined],
    ['CSV', 'step,x\n1,1\n2,2\n', [1, 2]],
    ['CSV, whose last number may be cut', 'step,x\n1,1\n2,2', [1]],
    ['nothing', '', undefined],
    ['what is no curve', 'loss went down\nand up\n', undefined],
    ['bytes', 'PAR1\0\0\0', undefined],
  ])('is as far as it is whole: %s', async (_, text, steps) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'curve'), text);
    const curve = await readUnfinishedCurve(folder, 'curve', { threads: 1 });
    expect(curve?.rows.map(({ iteration }) => iteration)).toEqual(steps);
  });

  it('is none where it is a folder, lies elsewhere or is not there, and may have steps that are no counts', async () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    mkdirSync(join(folder, 'curve'));
    writeFileSync(join(elsewhere, 'curve'), '{"step": 1, "x": 1}\n');
    const read = async (path: string) => await readUnfinishedCurve(folder, path, { threads: 1 });
    expect(await read('curve')).toBeUndefined();
    expect(await read('none')).toBeUndefined();
    expect(await read(join('..', elsewhere.split('/').at(-1) ?? '', 'curve'))).toBeUndefined();
    writeFileSync(join(folder, eventsFile), '{"step": 1e300, "x": 1}\n{"step": 2, "x": 2}\n{"step": 3, "x"');
    expect((await read(eventsFile))?.rows).toEqual([
      { iteration: 1, step: 2, x: 2 },
      { iteration: 2, step: 1e300, x: 1 },
    ]);
  });
});
