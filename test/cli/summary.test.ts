import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/artifacts/run-documents.js';
import { kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const compared = `${smallExperiment.replace('settings: chosen.settings }', 'settings: chosen.settings }, with: { drift: true }')}
  by_k: { kind: eval.few_shot, in: { model: best, episodes: episodes.test }, with: { k: [1, 3], steps: [1, 2] } }
  table:
    kind: summary
    in: { untrained: zero_shot, few_shot: few_shot, by_k: by_k }
    with: { baseline: untrained }
`;

describe('a run with a summary', () => {
  let project: Project;
  beforeAll(async () => {
    project = temporaryProject({ files: { 'pipelines/small.yaml': compared } });
    const { exitCode, stderr } = await kshot(project, ['run', '--tag', 'one']);
    expect(exitCode, stderr).toBe(0);
  });

  it('has it in report.json, with intervals and comparisons', () => {
    const text = readFileSync(project.path('artifacts/small/one/report.json'), 'utf8');
    const report = JSON.parse(text) as Report;
    expect(report.summaries.map(({ model, k, steps }) => [model, k, steps])).toEqual([
      ['untrained', 3, 0],
      ['by_k', 1, 1],
      ['by_k', 1, 2],
      ['by_k', 3, 1],
      ['by_k', 3, 2],
      ['few_shot', 3, expect.any(Number)],
    ]);
    const [untrained, ...others] = report.summaries;
    for (const row of others) {
      const { value, interval, against } = row.metrics['mrr'] ?? {};
      expect(against?.['untrained']?.difference).toBeCloseTo(
        (value ?? 0) - (untrained?.metrics['mrr']?.value ?? 0),
        12,
      );
      expect(against?.['untrained']?.distinguishable).toMatch(/^(yes|no)$/);
      expect(interval?.[0]).toBeLessThanOrEqual(value ?? 0);
    }
    const shown = report.metrics.find(({ node }) => node === 'few_shot');
    const summarised = others.at(-1)?.metrics['mrr'];
    expect(summarised?.interval).toEqual(shown?.intervals['mrr']);
    expect(summarised?.value).toBeCloseTo(shown?.values['mrr'] ?? Number.NaN, 12);
    expect(new Set(report.drift.map(({ tensor }) => tensor)).size).toBe(7);
  });

  it('shows it in results', async () => {
    const { stdout } = await kshot(project, ['results']);
    expect(stdout).toContain('\ntable (TEST)\n');
    expect(stdout).toMatch(/few_shot +3 .* untrained .*\] (yes|no)/);
    expect(stdout).toMatch(/few_shot +3 +\d+ +fc\.bias/);
  });

  it('answers questions about it and about the drift', async () => {
    const rows = async (query: string) =>
      JSON.parse((await kshot(project, ['sql', query, '--json'])).stdout) as unknown;
    expect(
      await rows(
        "SELECT count(*) AS n, count(distinguishable) AS compared FROM latest_summary WHERE metric = 'mrr'",
      ),
    ).toEqual([{ n: 6, compared: 5 }]);
    expect(
      await rows(
        `SELECT count(*) AS tensors, max(abs(s.norm_of_change_median - d.median)) AS difference FROM latest_drift_summary s
         JOIN (SELECT tensor, median(norm_of_change) AS median FROM latest_drift GROUP BY tensor) d USING (tensor)`,
      ),
    ).toEqual([{ tensors: 7, difference: 0 }]);
  });

  it('refuses a k that its episodes do not have, before anything runs', async () => {
    project.write('pipelines/large.yaml', compared.replace('k: [1, 3], steps', 'k: [1, 10], steps'));
    const { exitCode, stderr } = await kshot(project, ['plan', 'pipelines/large.yaml']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'k is 10, and these episodes have 3 support pairs; build some with k: 10 for it',
    );
  });
});

describe('the shipped pipelines', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const shipped = () => {
    const project = temporaryProject({ files: {} });
    cpSync(`${root}/pipelines`, project.path('pipelines'), { recursive: true });
    return project;
  };

  it.each(['maml_residual', 'quickstart', 'seeds', 'variants', 'notebook_parity'])(
    '%s can be planned',
    async (name) => {
      const { exitCode, stderr } = await kshot(shipped(), ['plan', `pipelines/${name}.yaml`]);
      expect(exitCode, stderr).toBe(0);
    },
  );

  it.each(['interactions', 'warm_variants'])('%s can be planned on a file of the user’s', async (name) => {
    const project = shipped();
    writeFileSync(project.path('mine.csv'), 'user,item,time\na,x,1\n');
    const settings = ['--set', 'params.path=mine.csv'];
    const { exitCode, stderr } = await kshot(project, ['plan', `pipelines/${name}.yaml`, ...settings]);
    expect(exitCode, stderr).toBe(0);
  });

  it('maml_residual_xuetangx says which files it expects, and in what format', async () => {
    const project = shipped();
    const { exitCode, stderr } = await kshot(project, ['plan', 'pipelines/maml_residual_xuetangx.yaml']);
    expect(exitCode).toBe(2);
    for (const name of ['train', 'val', 'test']) {
      expect(stderr).toContain(`data/processed/xuetangx/episodes/episodes_${name}_K5_Q10.parquet`);
      expect(stderr).toContain(`data/processed/xuetangx/pairs/pairs_${name}.parquet`);
    }
    expect(stderr).toContain('expected: a parquet file with the columns episode_id BIGINT');
    expect(stderr).toContain('expected: JSON object');
    // Nothing else is wrong with it.
    expect(stderr).toContain('models/baselines/gru_global.pth');
    expect(stderr).toContain('torch.save(model.state_dict(), path)');
    expect(stderr).toContain('8 errors');
    expect(existsSync(project.path('artifacts'))).toBe(false);
  });

  it.each(['interactions', 'seeds_interactions'])('%s takes a file of one’s own', async (name) => {
    const project = shipped();
    project.write('data/interactions.csv', 'user,item,time\na,b,1\n');
    const { exitCode, stderr } = await kshot(project, ['plan', `pipelines/${name}.yaml`]);
    expect(exitCode, stderr).toBe(0);
  });
});
