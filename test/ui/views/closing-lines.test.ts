import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Report, readReport } from '../../../src/artifacts/run-documents.js';
import { displayWidth } from '../../../src/base/terminal-text.js';
import { plainStyle } from '../../../src/ui/style.js';
import { metricLines, resultLines } from '../../../src/ui/views/metric-lines.js';
import { kshot, mainFile } from '../../support/kshot.js';
import { smallExperiment } from '../../support/small-experiment.js';
import { type Project, temporaryProject } from '../../support/temporary-project.js';

const experiment = `${smallExperiment}  by_steps: { kind: eval.few_shot, in: { model: best, episodes: episodes.test }, with: { inner_lr: 0.1, steps: [1, 2, 3], drift: true } }
  summary: { kind: summary, in: { zero_shot: zero_shot, few_shot: few_shot, by_steps: by_steps }, with: { baseline: zero_shot } }
`;

/** The commands that a run ends with. */
function nextCommands(stderr: string): readonly string[] {
  const [, lines = ''] = /^next( +.*(?:\n {10}.*)*)/m.exec(stderr) ?? [];
  return lines.split('\n').map((line) => line.trim().replace(/ +# .*$/, ''));
}

describe('what a run ends with', () => {
  let project: Project;
  let stderr = '';
  beforeAll(async () => {
    project = temporaryProject({ files: { 'pipelines/small.yaml': experiment } });
    const done = await kshot(project, [
      'run',
      'pipelines/small.yaml',
      '--set',
      'params.outer_lr=0.02',
      '--tag',
      'first',
    ]);
    stderr = done.stderr;
    expect(done.exitCode, stderr).toBe(0);
  });

  const report = () => {
    const read = readReport(project.root, 'small/first');
    if (read === undefined) throw new Error('there is no report');
    return read;
  };

  it('are commands that work as they stand', () => {
    const commands = nextCommands(stderr);
    expect(commands).toEqual([
      'kshot results small/first',
      'kshot sql "FROM latest_metrics"',
      'kshot plan pipelines/small.yaml --set params.outer_lr=0.02',
    ]);
    for (const command of commands) {
      const text = execFileSync(
        'sh',
        ['-c', command.replace(/^kshot/, `"${process.execPath}" "${mainFile}"`)],
        {
          cwd: project.root,
          encoding: 'utf8',
          stdio: 'pipe',
        },
      );
      expect(text, command).not.toBe('');
    }
  });

  it('after a failure are the log of what failed, and the run that goes on', async () => {
    const at = temporaryProject({
      files: {
        'pipelines/a.yaml':
          'version: 1\nname: a\nsteps:\n  "bad": { kind: command, matrix: { x: ["it is"] }, with: { argv: [sh, -c, "echo {x}; exit 1"], params: { x: no } } }\n',
      },
    });
    const failed = await kshot(at, ['run', '--keep-going', '-j', '1', '--root', at.root]);
    expect(failed.exitCode).toBe(1);
    const [logs = '', again = ''] = nextCommands(failed.stderr);
    const printed = execFileSync(
      'sh',
      ['-c', logs.replace(/^kshot/, `"${process.execPath}" "${mainFile}"`)],
      {
        encoding: 'utf8',
        stdio: 'pipe',
      },
    );
    expect(printed).toContain('it is');
    expect(again).toBe(`kshot run --keep-going --jobs 1 --root ${at.root}`);
  });

  it('names waivers of the guard, of a run without figures too', async () => {
    const at = temporaryProject({
      files: {
        'pipelines/a.yaml': `version: 1
name: a
waive: [{ step: train, reason: the test users are the authors }]
steps:
  data: { kind: command, with: { argv: [touch, test.csv], outputs: { test: { path: test.csv, role: test } } } }
  train: { kind: command, in: { data: data.test }, with: { argv: [touch, model], learns: true, outputs: { model: model } } }
`,
      },
    });
    const { stderr, exitCode } = await kshot(at, ['run']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(
      'note: Guard against test data waived for train: the test users are the authors\n',
    );
  });

  it('says where the report is from where it was started', async () => {
    for (const [folder, place] of [
      ['.', 'artifacts/small/first'],
      ['pipelines', project.path('artifacts/small/first')],
      ['artifacts/small', 'first'],
    ] as const) {
      const again = await kshot(
        project,
        ['run', project.path('pipelines/small.yaml'), '--set', 'params.outer_lr=0.02'],
        { folder },
      );
      expect(again.stderr).toMatch(new RegExp(`^report {4}${place}/report.html$`, 'm'));
      const { stderr } = await kshot(project, ['logs', 'zero_shot', '--run', 'first'], { folder });
      expect(stderr).toBe(`zero_shot in small/first (${place}/logs/zero_shot.log)\n`);
    }
  });

  it('fits any terminal of 60 columns and more, loses no metric at 180, and names what it leaves out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 240 }), (width) => {
        const lines = [
          ...metricLines(report(), { style: plainStyle, width }),
          ...resultLines(report(), { style: plainStyle, width }).lines,
        ];
        for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      }),
    );
    const at = (width: number) => metricLines(report(), { style: plainStyle, width }).join('\n');
    for (const width of [60, 80, 100]) {
      expect(at(width)).toMatch(/accuracy@1.* mrr/);
      for (const name of ['recall@5', 'recall@10', 'ndcg@10', 'users']) expect(at(width)).toContain(name);
    }
    expect(at(240)).not.toContain('want of columns');
  });

  it('shows the same figures at any width, and the same intervals', () => {
    const row = report().metrics.find(({ node }) => node === 'few_shot');
    const value = row?.values['accuracy@1']?.toFixed(4) ?? '';
    const ends = row?.intervals['accuracy@1']?.map((end) => end.toFixed(3)) ?? [];
    const at = (width: number) => metricLines(report(), { style: plainStyle, width }).join('\n');
    expect(ends).toHaveLength(2);
    expect(at(240)).toContain(`${value} [${ends.join(', ')}]`);
    const narrow = at(60).split('\n');
    const index = narrow.findIndex((line) => /^few_shot +TEST/.test(line));
    expect(narrow[index]).toContain(value);
    expect(narrow[index + 1]).toContain(`[${ends.map((end) => end.replace(/^0/, '')).join(' ')}]`);
  });

  it('is the first metrics where there is no summary, and says how many more there are', () => {
    const [row] = report().metrics;
    const many = (rows: number): Report => ({
      ...report(),
      summaries: [],
      // The fixture has some.
      metrics: Array.from({ length: rows }, (_, index) => ({
        ...row!,
        node: `tune[x=${index}]`,
        role: 'val',
      })),
    });
    const lines = (rows: number) => resultLines(many(rows), { style: plainStyle, width: 80 }).lines;
    expect(lines(12).filter((line) => line.startsWith('tune['))).toHaveLength(10);
    expect(lines(12)).toContain('and 2 more rows');
    expect(lines(11)).toContain('and 1 more row');
    expect(lines(10).join('\n')).not.toContain('more row');
    // With the rows, above what is said of the whole table.
    expect(lines(12).findIndex((line) => line.startsWith('not shown'))).toBeGreaterThan(
      lines(12).indexOf('and 2 more rows'),
    );
  });

  it('is the summaries where there are some, and says where the rest is', () => {
    const { lines, isAll } = resultLines(report(), { style: plainStyle, width: 80 });
    const table = lines.indexOf('summary (TEST)');
    // What must be known comes first, so that the table stays in view.
    expect(lines.findLastIndex((line) => line.startsWith('note:'))).toBeLessThan(table);
    expect(lines.slice(0, table).join(' ').replaceAll('\n', ' ')).toContain(report().verdict[0]);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^by_steps|^few_shot|^zero_shot/);
    expect(stderr.indexOf('\nnext ')).toBeLessThan(stderr.indexOf('\nsummary (TEST)'));
    expect(lines.join('\n')).not.toMatch(/^tune\b/m);
    expect(isAll).toBe(false);
    expect(stderr).toMatch(/kshot results small\/first +# every metric, comparison and drift/);
  });
});
