import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { initialParameters } from '../../src/model/gru/initial-parameters.js';
import { parameterLayout } from '../../src/model/gru/parameter-layout.js';
import { checkpointOf } from '../model/pytorch/small-checkpoint.js';
import { kshot } from '../support/kshot.js';
import { rowsOf, writeTable } from '../support/run-kind.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const courses = 20;
const folder = 'data/processed/xuetangx';
const settings = [
  'params.iterations=2',
  'params.checkpoint_interval=1',
  'steps.meta_train.with.meta_batch_size=4',
  'steps.meta_train.with.inner_steps=1',
].flatMap((one) => ['--set', one]);

/** The notebook's folder in its names and columns, small: each user has 22 pairs, whose owner only episodes name. */
async function notebookFolder(): Promise<Project> {
  const project = temporaryProject({ files: {} });
  cpSync(fileURLToPath(new URL('../../pipelines', import.meta.url)), project.path('pipelines'), {
    recursive: true,
  });
  const names = Object.fromEntries(Array.from({ length: courses }, (_, id) => [`course-v1:X+${id}`, id]));
  project.write(`${folder}/vocab/course2id.json`, JSON.stringify(names));
  for (const name of ['pairs', 'episodes']) mkdirSync(project.path(`${folder}/${name}`));
  let next = 0;
  for (const [split, users] of Object.entries({ train: 8, val: 4, test: 5 })) {
    const pairs: { [column: string]: number | string }[] = [];
    const episodes: { [column: string]: string | number[] }[] = [];
    for (let user = 0; user < users; user++) {
      const user_id = `U_${split}_${user}`;
      const ids = Array.from({ length: 22 }, (_, index) => {
        const courseAt = (place: number) => (3 * user + place) % courses;
        // As text in one split, and as pandas' own index leaves its column.
        pairs.push({
          pair_id: next,
          prefix: `[${courseAt(index)}, ${courseAt(index + 1)}]`,
          label: courseAt(index + 2),
          label_ts_epoch: 1000 + index,
          __index_level_0__: 7 * next,
        });
        return next++;
      });
      for (let start = split === 'train' ? 0 : 7; start <= 7; start++) {
        episodes.push({
          user_id,
          support_pair_ids: ids.slice(start, start + 5),
          query_pair_ids: ids.slice(start + 5, start + 15),
        });
      }
    }
    const isText = split === 'val';
    const lists = pairs.map((pair) => ({ ...pair, prefix: JSON.parse(String(pair['prefix'])) as number[] }));
    await writeTable(
      project.path(`${folder}/pairs/pairs_${split}.parquet`),
      {
        pair_id: 'BIGINT',
        prefix: isText ? 'VARCHAR' : 'BIGINT[]',
        label: 'INTEGER',
        label_ts_epoch: 'BIGINT',
        __index_level_0__: 'BIGINT',
      },
      isText ? pairs : lists,
    );
    await writeTable(
      project.path(`${folder}/episodes/episodes_${split}_K5_Q10.parquet`),
      { user_id: 'VARCHAR', support_pair_ids: 'BIGINT[]', query_pair_ids: 'BIGINT[]' },
      episodes,
    );
  }
  const shape = { items: courses, embedding: 64, hidden: 128 };
  const weights = Float32Array.from(initialParameters(shape, 3));
  project.write(
    'models/baselines/gru_global.pth',
    checkpointOf(
      parameterLayout(shape).map((tensor) => ({
        name: tensor.name,
        shape: tensor.shape,
        values: weights.slice(tensor.offset, tensor.offset + tensor.size),
      })),
    ),
  );
  return project;
}

interface StoredEntry {
  readonly preimage: { readonly kind: string; readonly inputs: { readonly init?: string } };
  readonly outputs: { readonly model?: { readonly leaf: { readonly digest: string } } };
}

function entriesOf(project: Project, kind: string): readonly StoredEntry[] {
  return readdirSync(project.path('cache/steps'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(project.read(`cache/steps/${name}`)) as StoredEntry)
    .filter(({ preimage }) => preimage.kind === kind);
}

describe('the notebook’s folder', () => {
  let project: Project;
  beforeAll(async () => {
    project = await notebookFolder();
  });

  it('runs unchanged: baseline, checkpoints, ablations over steps and K, K = 10 on episodes of its own, drift', async () => {
    const { exitCode, stderr } = await kshot(project, [
      'run',
      'pipelines/maml_residual_xuetangx.yaml',
      '--tag',
      'notebook',
      ...settings,
    ]);
    expect(exitCode, stderr).toBe(0);
    const rows = await rowsOf(
      project.path('artifacts/maml_residual_xuetangx/notebook/tables/metrics.parquet'),
    );
    const seen = (step: string, column: 'k' | 'steps') =>
      [...new Set(rows.filter((row) => row['step'] === step).map((row) => Number(row[column])))].sort(
        (a, b) => a - b,
      );
    expect(seen('by_k', 'k')).toEqual([1, 3, 5]);
    expect(seen('by_k_10', 'k')).toEqual([1, 3, 5, 10]);
    // Of each of the five users ten support and five query pairs, all that the episodes tell of them.
    const counts = rows.filter(({ step }) => step === 'by_k_10').map(({ users, n }) => [users, n]);
    expect(counts).toEqual(counts.map(() => [5, 25]));
    expect(seen('by_steps', 'steps')).toEqual([1, 3, 5, 10]);
    expect(seen('gru', 'steps')).toEqual([0]);
  });

  it('starts from the checkpoint where it is asked to', async () => {
    const { exitCode, stderr } = await kshot(project, [
      'run',
      'pipelines/maml_warm_start_xuetangx.yaml',
      'meta_train',
      ...settings,
    ]);
    expect(exitCode, stderr).toBe(0);
    const [imported] = entriesOf(project, 'model.import');
    const starts = entriesOf(project, 'maml.train').flatMap(({ preimage }) => preimage.inputs.init ?? []);
    // Both segments, of two in each of the trainings.
    expect(starts).toEqual([imported?.outputs.model?.leaf.digest, imported?.outputs.model?.leaf.digest]);
  });

  it('refuses a checkpoint that names a program, by file, and nothing is run', async () => {
    const other = await notebookFolder();
    const pickle = Buffer.from(`\x80\x02cos\nsystem\nX\x0c\x00\x00\x00touch was-run\x85R.`, 'latin1');
    other.write('models/baselines/gru_global.pth', checkpointOf([], pickle));
    const { exitCode, stderr } = await kshot(other, [
      'run',
      'pipelines/maml_residual_xuetangx.yaml',
      'gru_global',
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('models/baselines/gru_global.pth: it names "os.system"');
    expect(stderr).toContain('torch.save(model.state_dict(), path)');
  });
});
