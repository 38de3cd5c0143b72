import { beforeAll, describe, expect, it } from 'vitest';
import { kshot } from '../../support/kshot.js';
import { temporaryProject } from '../../support/temporary-project.js';

const script = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const { seed } = JSON.parse(readFileSync(process.env.KSHOT_PARAMS, 'utf8'));
appendFileSync(process.env.KSHOT_EVENTS, '{"step": 1, "run": 3, "step ": 4, "values": {"": 1}}\\n');
const own = { run: 1, node: 'n', k: 5, seed, lr: 9 };
writeFileSync('own.json', JSON.stringify([{ metric: 'loss', value: seed, ...own }]));
writeFileSync('plain.json', '{"loss": 0}');
`;

const step = (name: string, file: string) => `
  ${name}:
    kind: command
    matrix: { seed: [1, 2] }
    with:
      argv: [node, own.mjs]
      files: [own.mjs]
      params: { seed: 1, lr: 0.5 }
      outputs: { metrics: { path: ${file}, as: metrics }, curve: { as: history } }`;

describe('columns that a program gives its metrics', () => {
  const project = temporaryProject({
    files: {
      'pipelines/own.yaml': `version: 1\nname: own\nsteps:${step('own', 'own.json')}${step('plain', 'plain.json')}\n`,
      'own.mjs': script,
    },
  });
  beforeAll(async () => {
    const { exitCode, stderr } = await kshot(project, ['run', '--quiet']);
    expect(exitCode, stderr).toBe(0);
  });
  const sql = async (text: string) =>
    JSON.parse((await kshot(project, ['sql', text, '--json'])).stdout) as unknown;

  it('have an underscore where kshot has such a column, or the param of that name says something else', async () => {
    expect(
      await sql(
        'SELECT node, node_, run_, k, seed, lr, lr_ FROM latest_metrics WHERE seed = 2 ORDER BY node',
      ),
    ).toEqual([
      { node: 'own[seed=2]', node_: 'n', run_: 1, k: 5, seed: 2, lr: 0.5, lr_: 9 },
      { node: 'plain[seed=2]', node_: null, run_: null, k: null, seed: 2, lr: 0.5, lr_: null },
    ]);
    const own = `SELECT run_ FROM latest_history WHERE node = 'own[seed=1]'`;
    expect(await sql(own)).toEqual([{ run_: 3 }]);
  });

  it('are all in the table of results, a column k too', async () => {
    const { stdout } = await kshot(project, ['results']);
    expect(stdout).toMatch(/^node +k +lr_ +node_ +run_ +seed +lr +loss$/m);
  });
});
