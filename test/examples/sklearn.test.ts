import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventsOf, kshot, nodesByOutcome } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const example = fileURLToPath(new URL('../../examples/sklearn', import.meta.url));
// Debian's, which has scikit-learn where another python3 that comes first on PATH may have none.
const environment = { PATH: `/usr/bin:${process.env['PATH']}` };
const hasLibrary = spawnSync('/usr/bin/python3', ['-c', 'import sklearn']).status === 0;
if (!hasLibrary) console.warn('skipping examples/sklearn: /usr/bin/python3 has no scikit-learn');

interface Metric {
  readonly step: string;
  readonly lr: number;
  readonly seed: number;
  readonly value: number;
}

describe.skipIf(!hasLibrary)('examples/sklearn', () => {
  const project = temporaryProject({});
  cpSync(example, project.root, { recursive: true });
  const sql = async (text: string) =>
    JSON.parse((await kshot(project, ['sql', text, '--format', 'json'])).stdout) as unknown;

  it('chooses the rate with the best mean over the seeds, and tests its three models', async () => {
    const run = await kshot(project, ['run', '--json'], { environment });
    expect(run.exitCode, run.stderr).toBe(0);
    const metrics = (await sql('SELECT step, lr, seed, value FROM latest_metrics')) as Metric[];
    const trained = metrics.filter(({ step }) => step === 'train');
    expect(trained).toHaveLength(9);
    const mean = (rate: number) => {
      const values = trained.filter(({ lr }) => lr === rate).map(({ value }) => value);
      expect(values).toHaveLength(3);
      return values.reduce((sum, value) => sum + value) / 3;
    };
    const best = [0.01, 0.1, 1].toSorted((one, other) => mean(other) - mean(one))[0];
    expect(
      await sql(
        `SELECT made.source_node AS node FROM latest_lineage AS read JOIN latest_lineage AS made USING (digest)
         WHERE read.node LIKE 'test@%' AND read.input = 'model' AND made.node = 'best' AND made.input LIKE 'candidates/%'
         ORDER BY 1`,
      ),
    ).toEqual([1, 2, 3].map((seed) => ({ node: `train[lr=${best},seed=${seed}]` })));
    const tested = metrics.filter(({ step }) => step === 'test').map(({ value }) => value);
    const [summary] = (await sql('SELECT value, units FROM latest_summary')) as {
      value: number;
      units: number;
    }[];
    expect(summary?.units).toBe(3);
    expect(summary?.value).toBeCloseTo(tested.reduce((sum, value) => sum + value) / 3, 12);
    expect(await sql('SELECT count(*) AS n FROM latest_history WHERE accuracy > 0')).toEqual([{ n: 9 * 15 }]);
  });

  it('has nothing to do the second time', async () => {
    const again = await kshot(project, ['run', '--json'], { environment });
    expect(nodesByOutcome(eventsOf(again))['ran']).toBeUndefined();
  });
});
