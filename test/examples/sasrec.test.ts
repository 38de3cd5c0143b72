import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/model/pytorch/read-checkpoint.js';
import { openProject } from '../../src/session/project.js';
import { withDatabase } from '../../src/tables/database.js';
import { parquetFile } from '../../src/tables/parquet.js';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const example = fileURLToPath(new URL('../../examples/sasrec', import.meta.url));
// Debian's, which has PyTorch where another python3 that comes first on PATH may have none.
const environment = { PATH: `/usr/bin:${process.env['PATH']}` };
const find = 'import sys, importlib.util; sys.exit(importlib.util.find_spec("torch") is None)';
const hasLibrary = spawnSync('/usr/bin/python3', ['-c', find]).status === 0;
if (!hasLibrary) console.warn('skipping examples/sasrec: /usr/bin/python3 has no PyTorch');

/** The whole of it in small: one seed, one setting of each, few learners. */
const small = [
  ...['users=120', 'items=30', 'epochs=1', 'every=1', 'gru_epochs=1', 'iterations=2', 'checkpoints=2'].map(
    (param) => `params.${param}`,
  ),
  ...['train.matrix.lr=[0.01]', 'train.matrix.dropout=[0.2]', 'train.matrix.seed=[1]'].map(stepsOf),
  ...['gru_train.matrix.learning_rate=[0.003]', 'gru_train.matrix.seed=[1]'].map(stepsOf),
  ...['maml_train.matrix.outer_lr=[0.003]', 'maml_train.matrix.seed=[1]'].map(stepsOf),
].flatMap((set) => ['--set', set]);

function stepsOf(path: string): string {
  return `steps.${path}`;
}

interface Pair {
  readonly pair_id: number;
  readonly prefix: readonly number[];
  readonly label: number;
}

describe.skipIf(!hasLibrary)('examples/sasrec', () => {
  const project = temporaryProject({});
  cpSync(example, project.root, { recursive: true });
  const sql = async <Row>(text: string) =>
    JSON.parse((await kshot(project, ['sql', text, '--format', 'json'])).stdout) as readonly Row[];

  /** Of an output of the run, the file. */
  async function outputOf(name: string): Promise<string> {
    const opened = await openProject({ root: project.root });
    const output = opened.ok ? await opened.value.get(name) : opened;
    if (!output.ok) throw new Error(JSON.stringify(output));
    return output.value.path;
  }

  beforeAll(async () => {
    const run = await kshot(project, ['run', '--quiet', ...small], { environment });
    expect(run.exitCode, run.stderr).toBe(0);
  });

  it('gives the ranks that its checkpoint gives without mask, padding and batches', async () => {
    const [chosen] = await sql<{ node: string }>(
      `SELECT made.source_node AS node FROM latest_lineage AS read JOIN latest_lineage AS made USING (digest)
       WHERE read.node LIKE 'sasrec@%' AND read.input = 'model' AND made.node = 'best' AND made.input LIKE 'candidates/%'`,
    );
    const score = scorerOf(await outputOf(`${chosen?.node}.model`));
    const ranks = await sql<{ pair_id: number; rank: number }>(
      "SELECT pair_id, rank FROM latest_ranks WHERE step = 'sasrec' ORDER BY pair_id",
    );
    const pairs = await pairsIn(await outputOf('episodes.test/pairs'));
    expect(ranks.length).toBeGreaterThan(100);
    // A third of them, for the sake of time.
    const some = ranks.filter((_, at) => at % 3 === 0);
    const lengths = some.map(({ pair_id, rank }) => {
      const { prefix, label } = pairs.get(pair_id) ?? { prefix: [], label: -1 };
      const scores = score(prefix.slice(-50));
      const own = scores[label] ?? Number.NaN;
      // In single precision what is nearly equal may stand in either order.
      expect(rank).toBeGreaterThan(scores.filter((other) => other > own + 1e-4).length);
      expect(rank).toBeLessThanOrEqual(scores.filter((other) => other > own - 1e-4).length);
      return prefix.length;
    });
    expect(Math.max(...lengths)).toBeGreaterThan(Math.min(...lengths));
  });

  it('is compared on the same pairs with the GRU, which MAML and popularity are too', async () => {
    const [means] = await sql<{ difference: number }>(
      `SELECT avg(1 / sasrec.rank - 1 / gru.rank) AS difference
       FROM latest_ranks AS sasrec JOIN latest_ranks AS gru USING (episode_id, pair_id)
       WHERE sasrec.step = 'sasrec' AND gru.step = 'gru'`,
    );
    const rows = await sql<{ model: string; difference: number | null; low: number; high: number }>(
      `SELECT model, difference, difference_low AS low, difference_high AS high
       FROM latest_summary WHERE metric = 'mrr' ORDER BY model`,
    );
    expect(rows.map(({ model }) => model)).toEqual(['gru', 'maml', 'popularity', 'sasrec']);
    const sasrec = rows.at(-1);
    expect(sasrec?.difference).toBeCloseTo(means?.difference ?? Number.NaN, 10);
    expect(sasrec?.low).toBeLessThan(means?.difference ?? Number.NaN);
    expect(sasrec?.high).toBeGreaterThan(means?.difference ?? Number.NaN);
  });

  it('trains only the new epochs where more are asked for', async () => {
    const more = [...small, '--set', 'params.epochs=2'];
    const plan = await kshot(project, ['plan', 'train', ...more], { environment });
    expect(plan.stdout).toMatch(/^run +train +1 run \+ 1 hit/m);
  });
});

async function pairsIn(path: string): Promise<ReadonlyMap<number, Pair>> {
  const rows = await withDatabase({ threads: 1 }, (database) =>
    database.rows(`SELECT pair_id, prefix, label FROM ${parquetFile(path)}`),
  );
  return new Map((rows as unknown as readonly Pair[]).map((row) => [row.pair_id, row]));
}

/** The scores of all items after one prefix by the weights in a checkpoint, step by step in double precision. */
function scorerOf(path: string): (prefix: readonly number[]) => readonly number[] {
  const bytes = readFileSync(path);
  const source = {
    size: bytes.length,
    read: (from: number, count: number) => bytes.subarray(from, from + count),
  };
  const tensors = new Map(readCheckpoint(source, path).map((one) => [one.name, one]));
  const values = new Map([...tensors].map(([name, tensor]) => [name, [...tensor.read().values]]));
  const of = (name: string) => values.get(name) ?? [];
  const size = tensors.get('position.weight')?.shape[1] ?? 0;
  const row = (name: string, at: number) => of(name).slice(at * size, (at + 1) * size);
  const dot = (one: readonly number[], other: readonly number[]) =>
    one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
  const linear = (name: string, x: readonly number[]) =>
    of(`${name}.bias`).map((bias, at) => bias + dot(row(`${name}.weight`, at), x));
  const add = (one: readonly number[], other: readonly number[]) =>
    one.map((value, at) => value + (other[at] ?? 0));
  const normed = (name: string, x: readonly number[]) => {
    const mean = x.reduce((sum, value) => sum + value) / size;
    const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size + 1e-5);
    const [weight, bias] = [of(`${name}.weight`), of(`${name}.bias`)];
    return x.map((value, at) => ((value - mean) / deviation) * (weight[at] ?? 0) + (bias[at] ?? 0));
  };
  const block = (name: string, all: readonly (readonly number[])[]) => {
    const inputs = all.map((x) => normed(`${name}.attention_norm`, x));
    const keys = inputs.map((x) => linear(`${name}.key`, x));
    const given = inputs.map((x) => linear(`${name}.value`, x));
    return all.map((x, at) => {
      const query = linear(`${name}.query`, inputs[at] ?? []);
      const weights = keys.slice(0, at + 1).map((key) => Math.exp(dot(query, key) / Math.sqrt(size)));
      const total = weights.reduce((sum, weight) => sum + weight);
      const seen = weights
        .map((weight, before) => (given[before] ?? []).map((value) => (value * weight) / total))
        .reduce(add);
      const attended = add(x, seen);
      const inner = linear(`${name}.inner`, normed(`${name}.layer_norm`, attended));
      return add(
        attended,
        linear(
          `${name}.outer`,
          inner.map((value) => Math.max(0, value)),
        ),
      );
    });
  };
  return (prefix) => {
    const embedded = prefix.map((item, at) =>
      add(
        row('item.weight', item).map((value) => value * Math.sqrt(size)),
        row('position.weight', at),
      ),
    );
    const last = ['blocks.0', 'blocks.1']
      .reduce((all, name) => block(name, all), embedded as readonly (readonly number[])[])
      .at(-1);
    const final = normed('last_norm', last ?? []);
    const items = (tensors.get('item.weight')?.shape[0] ?? 0) - 1;
    return Array.from({ length: items }, (_, item) => dot(row('item.weight', item), final));
  };
}
