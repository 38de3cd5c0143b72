import { rmSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunComparison } from '../../src/report/compare-runs.js';
import type { MetricDifference } from '../../src/report/metric-differences.js';
import { expandedTail } from '../../src/statistics/bootstrap.js';
import { metricNames } from '../../src/statistics/metrics.js';
import { plainStyle } from '../../src/ui/style.js';
import { diffLines } from '../../src/ui/views/diff-view.js';
import { kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

let project: Project;

const run = async (tag: string, ...args: string[]) => {
  const { exitCode, stderr } = await kshot(project, ['run', 'pipelines/small.yaml', '--tag', tag, ...args]);
  expect(exitCode, stderr).toBe(0);
};

async function comparisonOf(...args: string[]): Promise<RunComparison> {
  const { exitCode, stdout, stderr } = await kshot(project, ['diff', ...args, '--json']);
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as RunComparison;
}

/** The ends of a difference's 95 % interval by a bootstrap over users of this test's own. */
async function intervalAgain(one: MetricDifference, runs: readonly [string, string]) {
  const pairs = await Promise.all(
    runs.map(async (tag, index) => {
      const { k, steps, inner_lr } = index === 0 ? one.before : one.after;
      const { stdout, stderr } = await kshot(project, [
        'sql',
        '--json',
        `SELECT user_id, episode_id || ' ' || pair_id AS pair, 1 / rank AS gain FROM ranks
         WHERE run = 'small/${tag}' AND node = '${one.node}' AND k = ${k} AND steps = ${steps}
           AND inner_lr IS NOT DISTINCT FROM ${inner_lr}`,
      ]);
      expect(stderr).toBe('');
      return JSON.parse(stdout) as { user_id: string; pair: string; gain: number }[];
    }),
  );
  const [before = [], after = []] = pairs;
  const gains = new Map(before.map(({ pair, gain }) => [pair, gain]));
  const users = new Map<string, { sum: number; count: number }>();
  for (const { user_id, pair, gain } of after) {
    const was = gains.get(pair);
    if (was === undefined) continue;
    const user = users.get(user_id) ?? { sum: 0, count: 0 };
    users.set(user_id, { sum: user.sum + gain - was, count: user.count + 1 });
  }
  const all = [...users.values()];
  let state = 12345;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return all[Math.floor((state / 2 ** 32) * all.length)] ?? { sum: 0, count: 0 };
  };
  const means = Array.from({ length: 5000 }, () => {
    const drawn = all.map(draw);
    return drawn.reduce((sum, user) => sum + user.sum, 0) / drawn.reduce((sum, user) => sum + user.count, 0);
  }).sort((low, high) => low - high);
  return {
    low: means[Math.round(5000 * expandedTail(all.length))] ?? 0,
    high: means[4999 - Math.round(5000 * expandedTail(all.length))] ?? 0,
    n: all.reduce((sum, { count }) => sum + count, 0),
    users: all.length,
  };
}

describe('kshot diff', () => {
  beforeAll(async () => {
    project = temporaryProject({ files: { 'pipelines/small.yaml': smallExperiment } });
    await run('first');
    await run('again');
    await run('rate', '--set', 'params.outer_lr=0.1');
    await run('fewer', '--set', 'params.outer_lr=0.1', '--set', 'steps.validate.with.max_episodes=4');
    await run('other-data', '--set', 'params.seed=8', '--engine', 'wasm');
  });

  it('finds no difference between runs with the same results', async () => {
    const { exitCode, stdout, stderr } = await kshot(project, ['diff', 'first', 'again']);
    expect([exitCode, stderr]).toEqual([0, 'small/first and small/again have the same results\n']);
    expect(stdout).toMatch(/^- small\/first, .*\n\+ small\/again, .*\n/);
    expect(stdout.match(/none differs/g)).toHaveLength(4);
    const { nodes, metrics } = await comparisonOf('first', 'again');
    expect([nodes.differing, metrics.differing, metrics.only_before, metrics.only_after]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect([nodes.same, metrics.same]).toEqual([21, metricNames.length * (2 + 4 + 1 + 1)]);
  });

  it('names the parameter that was changed, where it shows in keys, and what followed from it', async () => {
    const { parameters, nodes, environment } = await comparisonOf('first', 'rate');
    expect(parameters).toEqual([
      { path: 'params.outer_lr', before: 0.01, after: 0.1 },
      { path: 'steps.meta_train.with.outer_lr', before: 0.01, after: 0.1 },
    ]);
    expect(environment).toEqual([]);
    const changed = new Map(nodes.differing.map(({ node, differences }) => [node, differences]));
    expect(changed.get('meta_train@2')).toEqual(['with.outer_lr 0.01 -> 0.1']);
    expect(changed.get('meta_train@4')).toEqual(['with.outer_lr 0.01 -> 0.1', 'input previous changed']);
    expect(changed.get('few_shot')?.[0]).toMatch(/^input model changed/);
    expect(changed.has('episodes')).toBe(false);
    const { stdout } = await kshot(project, ['diff', 'first', 'rate']);
    expect(stdout).toMatch(/^ {2}changed +meta_train@2 +with\.outer_lr 0\.01 -> 0\.1$/m);
    expect(stdout).toMatch(/^ {2}changed +validate \(2 nodes\) +input model changed$/m);
  });

  it('pairs metrics by query pair, with an interval that a bootstrap of another hand confirms', async () => {
    const { metrics } = await comparisonOf('first', 'rate');
    const one = metrics.differing.find(({ node, metric }) => node === 'zero_shot' && metric === 'mrr');
    if (one === undefined) throw new Error('the rate changed nothing');
    expect(one.comparison).toBe('paired');
    expect(one.difference).toBeCloseTo(one.after.value - one.before.value, 12);
    const again = await intervalAgain(one, ['first', 'rate']);
    expect([one.n, one.users]).toEqual([again.n, again.users]);
    const [low, high] = one.interval ?? [0, 0];
    const tolerance = 0.08 * (again.high - again.low);
    expect(Math.abs(low - again.low)).toBeLessThan(tolerance);
    expect(Math.abs(high - again.high)).toBeLessThan(tolerance);
    for (const { interval, distinguishable, users } of metrics.differing) {
      const [from, to] = interval ?? [0, 0];
      expect(distinguishable).toBe((users ?? 0) < 10 ? null : from > 0 || to < 0 ? 'yes' : 'no');
    }
  });

  it('compares over the pairs that both have where one ranked more of them, and says so', async () => {
    const { metrics } = await comparisonOf('rate', 'fewer');
    const validated = metrics.differing.filter(({ step, node }: { step?: string; node: string }) =>
      (step ?? node).startsWith('validate'),
    );
    expect(validated.length).toBeGreaterThan(0);
    for (const one of validated) {
      // The same model on the same pairs: all of the difference in the values came from the pairs.
      expect([one.comparison, one.difference, one.distinguishable]).toEqual(['shared', 0, null]);
      expect([one.before.n, one.after.n, one.n]).toEqual([20, 16, 16]);
    }
    const { stdout } = await kshot(project, ['diff', 'rate', 'fewer']);
    expect(stdout).toMatch(/the 16 pairs of 4 users that both have/);
  });

  it('compares as independent samples where the data is another, says so, and tells engines apart', async () => {
    const { metrics, environment } = await comparisonOf('first', 'other-data');
    expect(environment).toEqual([{ path: 'engine', before: 'reference', after: 'wasm' }]);
    expect(new Set(metrics.differing.map(({ comparison }) => comparison))).toEqual(new Set(['unpaired']));
    const { stdout } = await kshot(project, ['diff', 'first', 'other-data']);
    expect(stdout).toMatch(/unpaired: \d+ and \d+ pairs of \d+ and \d+ users/);
    expect(stdout).toContain('Unpaired: the runs ranked other query pairs');
  });

  it('says the same every time, and lists the metric that is asked for', async () => {
    const [one, other] = [
      await kshot(project, ['diff', 'first', 'rate', '--metric', 'mrr']),
      await kshot(project, ['diff', 'small/first', 'small/rate', '--metric', 'mrr']),
    ];
    expect(one.stdout).toBe(other.stdout);
    const listed = [...one.stdout.matchAll(/ (accuracy@1|mrr|ndcg@10) +0\./g)].map((match) => match[1]);
    expect([...new Set(listed)]).toEqual(['mrr']);
    const unknown = await kshot(project, ['diff', 'first', 'rate', '--metric', 'mr']);
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean mrr?')]);
  });

  it('fits a terminal of 80 and of 60 columns, with every interval and whether it can be told from none', async () => {
    const comparison = await comparisonOf('first', 'rate');
    const listed = comparison.metrics.differing.filter(({ metric }) => metric === 'mrr');
    for (const [width, wanted] of [
      [80, 'mrr'],
      [60, 'mrr'],
      [60, 'all'],
    ] as const) {
      const lines = diffLines(comparison, { style: plainStyle, width }, wanted);
      const from = lines.findIndex((line) => line.startsWith('node '));
      const table = lines.slice(from, lines.indexOf('', from));
      expect(Math.max(...table.map((line) => line.length)), table.join('\n')).toBeLessThanOrEqual(width);
      const shown = wanted === 'all' ? comparison.metrics.differing : listed;
      expect(table.filter((line) => / [+-]\d\.\d{4} (yes|no|unknown)$/.test(line))).toHaveLength(
        shown.length,
      );
      expect(table.filter((line) => / \[-?\.\d{3} -?\.\d{3}\]$/.test(line))).toHaveLength(shown.length);
      expect(table).toContain('yes or no: distinguishable from no difference');
    }
  });

  it('takes runs by tag, pipeline, file, latest and how many before, and helps with names that are none', async () => {
    const runsOf = async (...args: string[]) => {
      const { before, after } = await comparisonOf(...args);
      return [before.run, after.run];
    };
    expect(await runsOf()).toEqual(['small/fewer', 'small/other-data']);
    expect(await runsOf('latest~4', 'small')).toEqual(['small/first', 'small/other-data']);
    expect(await runsOf('small~2', 'pipelines/small.yaml~1')).toEqual(['small/rate', 'small/fewer']);
    expect((await kshot(project, ['results', 'small~3'])).stderr).toContain('small/again');
    const hintOf = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await kshot(project, args);
      expect([exitCode, stdout]).toEqual([2, '']);
      return stderr.split('hint: ')[1];
    };
    expect(await hintOf('diff', 'frist', 'again')).toBe('did you mean first?\n');
    expect(await hintOf('results', 'smal')).toBe('did you mean small?\n');
    expect(await hintOf('results', 'nothing-like-it')).toBe(
      'these are runs: latest, latest~1, small, small/other-data\n',
    );
    expect(await hintOf('results', 'small~9')).toBe('the first is small~4\n');
    expect(await hintOf('run', 'pipelines/small.yaml', '--tag', 'latest')).toContain('choose another --tag');
  });

  it('says where a key is known and its entry is not, and shows no number from files that were changed', async () => {
    rmSync(project.path('cache/steps'), { recursive: true });
    const { nodes } = await comparisonOf('first', 'rate');
    expect(nodes.differing[0]?.differences[0]).toContain('no longer in the cache');
    project.write('artifacts/small/rate/tables/ranks.parquet', 'something else');
    const spoilt = await kshot(project, ['diff', 'first', 'rate']);
    expect([spoilt.exitCode, spoilt.stdout]).toEqual([1, '']);
    expect(spoilt.stderr).toContain('ranks.parquet is not what kshot wrote');
    rmSync(project.path('artifacts/small/rate'), { recursive: true });
    const gone = await kshot(project, ['diff', 'first', 'rate']);
    expect([gone.exitCode, gone.stderr]).toEqual([2, expect.stringContaining('there is no run rate')]);
  });

  it('compares runs of two pipelines, and one that failed', async () => {
    const other = temporaryProject({
      files: {
        'pipelines/a.yaml':
          'version: 1\nsteps:\n  v: { kind: value, with: { a: 1 } }\n  w: { kind: value, with: { b: 1 } }\n',
        'pipelines/b.yaml':
          'version: 1\nsteps:\n  v: { kind: value, with: { a: 2 } }\n  w: { kind: command, with: { argv: ["false"], outputs: { o: o } } }\n  x: { kind: value, with: { c: 1 } }\n',
      },
    });
    expect((await kshot(other, ['run', 'pipelines/a.yaml'])).exitCode).toBe(0);
    expect((await kshot(other, ['run', 'pipelines/b.yaml', '-k'])).exitCode).toBe(1);
    const { exitCode, stdout } = await kshot(other, ['diff', 'a', 'b']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\+ b\/\S+, .*, exit code 1\n/);
    expect(stdout).toMatch(/^ {2}changed +v +with\.a 1 -> 2$/m);
    expect(stdout).toMatch(/^ {2}changed +w +has a result -> failed$/m);
    expect(stdout).toMatch(/^ {2}added +x$/m);
    expect(stdout).toContain('metrics: neither run has any');
    // A step without outputs, which has a result in one of two runs that are alike otherwise.
    other.write(
      'pipelines/c.yaml',
      'version: 1\nsteps:\n  w: { kind: command, with: { argv: ["false"] } }\n  y: { kind: command, with: { argv: ["true"] } }\n',
    );
    for (const flags of [['--jobs', '1'], ['--keep-going']]) {
      expect((await kshot(other, ['run', 'pipelines/c.yaml', ...flags])).exitCode).toBe(1);
    }
    const alike = await kshot(other, ['diff', 'c~1', 'c']);
    expect([alike.exitCode, alike.stderr]).toEqual([0, '']);
    expect(alike.stdout).toMatch(/^ {2}changed +y +skipped -> has a result$/m);
  });
});
