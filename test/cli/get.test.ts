import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openProject } from '../../src/session/project.js';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const train = `
n=$(cat "$KSHOT_STATE/n" 2>/dev/null || echo 0)
n=$((n + 2)); echo $n > "$KSHOT_STATE/n"
echo "weights {lr} of epoch $n" > model.pt
echo "{\\"accuracy\\": {lr}$n}" > metrics.json
printf 'step,name,value\\n%s,loss,%s\\n%s,loss,%s\\n' $((n - 1)) {lr}$((n - 1)) $n {lr}$n > curve.csv
`;
const draw = `
mkdir -p kept/inner; echo one > kept/inner/one.txt
echo '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>' > shape.svg
printf 'name,count\\na,1\\nb,2\\n' > counts.csv
`;
const indented = (text: string) => text.trim().replaceAll('\n', '\n        ');

/** Programs that give a list of lists, a model that is chosen, a folder, a figure and a table. */
const pipeline = `version: 1
name: programs
steps:
  train:
    kind: command
    with:
      shell: true
      argv: |
        ${indented(train)}
      params: { lr: 0.1, epochs: 4 }
      outputs: { model: model.pt, metrics: { path: metrics.json, as: metrics }, curve: { path: curve.csv, as: history } }
    segments: { of: epochs, every: 2 }
    matrix: { lr: [0.1, 0.2] }
  best:
    kind: select
    in: { rows: train.metrics, candidates: train.model }
    with: { metric: accuracy, mode: max, settings: [lr] }
  draw:
    kind: command
    with:
      shell: true
      argv: |
        ${indented(draw)}
      outputs: { kept: kept/, shape: { path: shape.svg, as: figure }, counts: { path: counts.csv, as: table } }
publish:
  best.chosen: models/best.pt
  "train[lr=0.2].model": models/last.pt
  "train[lr=0.1].segments.model": "models/{label}.pt"
  train.segments.metrics: "metrics/{label}.csv"
  train.curve: "results/curve_{label}.parquet"
  "train[lr=0.2].curve": results/curve.csv
  best.settings: results/best.json
  draw.kept: results/kept.tar
  draw.shape: results/shape.svg
  draw.counts: [results/counts.csv, results/counts.md, results/counts.json]
`;

const at = temporaryProject({ files: { 'pipelines/programs.yaml': pipeline } });
const get = (...args: string[]) => kshot(at, ['get', ...args]);
const filesIn = (folder: string) => readdirSync(at.path(folder)).sort();

beforeAll(async () => {
  const { exitCode, stderr } = await kshot(at, ['run', '--tag', 'first']);
  expect(exitCode, stderr).toBe(0);
});

describe('a pipeline publishes of programs', () => {
  it('what segments gave, what was chosen, folders, figures and tables', () => {
    expect(at.read('models/best.pt')).toBe('weights 0.2 of epoch 4\n');
    expect(at.read('models/last.pt')).toBe('weights 0.2 of epoch 4\n');
    expect(filesIn('models')).toEqual(['2.pt', '4.pt', 'best.pt', 'last.pt']);
    expect(at.read('models/2.pt')).toBe('weights 0.1 of epoch 2\n');
    expect(filesIn('metrics')).toEqual(['lr=0.1@2.csv', 'lr=0.1@4.csv', 'lr=0.2@2.csv', 'lr=0.2@4.csv']);
    expect(at.read('metrics/lr=0.2@4.csv')).toMatch(/^metric,.*\naccuracy,.*0\.24/);
    expect(at.read('results/curve.csv')).toBe('iteration,loss\n1,0.21\n2,0.22\n3,0.23\n4,0.24\n');
    expect(JSON.parse(at.read('results/best.json'))).toEqual({ lr: 0.2 });
    expect(at.read('results/kept.tar')).toContain('inner/one.txt');
    expect(at.read('results/shape.svg')).toContain('<svg');
    expect(at.read('results/counts.csv')).toBe('name,count\na,1\nb,2\n');
    expect(at.read('results/counts.md')).toContain('| a | 1 |');
    expect(JSON.parse(at.read('results/counts.json'))).toEqual([
      { name: 'a', count: 1 },
      { name: 'b', count: 2 },
    ]);
  });
});

describe('kshot get', () => {
  it('writes the bytes of an output to stdout, of a step in segments those of the last', async () => {
    const last = await get('train[lr=0.2].model');
    expect(last).toMatchObject({ exitCode: 0, stdout: 'weights 0.2 of epoch 4\n', stderr: '' });
    expect((await get('train[lr=0.2]@2.model', '-o', '-')).stdout).toBe('weights 0.2 of epoch 2\n');
    expect((await get('best.chosen')).stdout).toBe('weights 0.2 of epoch 4\n');
  });

  it('writes rows in the form that the ending says, and a list into a folder or by its labels', async () => {
    const table = await get('draw.counts', '-o', 'out/counts.md');
    expect([table.exitCode, table.stdout]).toEqual([0, '']);
    expect(table.stderr).toBe('draw.counts of programs/first written to out/counts.md\n');
    expect(at.read('out/counts.md')).toBe(at.read('results/counts.md'));
    await get('best.chosen', '-o', 'out/');
    expect(at.read('out/best.chosen.pt')).toBe(at.read('models/best.pt'));
    const list = await get('train[lr=0.1].segments.model', '-o', 'list/epoch_{label}.pt', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject({ run: 'programs/first', files: [{}, {}] });
    expect(at.read('list/epoch_2.pt')).toBe(at.read('models/2.pt'));
    await get('train.model', '-o', 'list/');
    expect(filesIn('list')).toEqual(['epoch_2.pt', 'epoch_4.pt', 'lr=0.1.pt', 'lr=0.2.pt']);
  });

  it('writes the curve of a training in segments whole, and that of a segment where it is named', async () => {
    await get('train.curve', '-o', 'curves/');
    await get('train[lr=0.1].curve', '-o', 'curves/one.json');
    await get('train[lr=0.1]@4.curve', '-o', 'curves/end.csv');
    expect(filesIn('curves')).toEqual(['end.csv', 'lr=0.1.parquet', 'lr=0.2.parquet', 'one.json']);
    const steps = (JSON.parse(at.read('curves/one.json')) as { iteration: number }[]).map(
      (row) => row.iteration,
    );
    expect(steps).toEqual([1, 2, 3, 4]);
    expect(at.read('curves/end.csv')).toBe('iteration,loss\n3,0.13\n4,0.14\n');
    const rewritten = readFileSync(at.path('curves/lr=0.2.parquet'));
    expect(rewritten).toEqual(readFileSync(at.path('results/curve_lr=0.2.parquet')));
    expect((await get('train[lr=0.1].curve')).stderr).toMatch(
      /a curve in 2 pieces.*-o FILE\.csv .*whole.*@2/s,
    );
    const again = await kshot(at, ['run', '--tag', 'again']);
    expect(again.stderr).toMatch(/published .*unchanged/);
  });

  it('refuses what is no file, or has no such form or name, and says what to write', async () => {
    const opened = await openProject({ root: at.root, folder: at.root });
    if (!opened.ok) throw new Error('no project');
    const { get, save } = opened.value;
    const refused = async (answer: ReturnType<typeof get> | ReturnType<typeof save>) => {
      const result = await answer;
      const [failure] = result.ok ? [] : result.failure;
      return `${failure?.message}: ${failure?.hint}`;
    };
    expect(await refused(get('train.modle'))).toMatch(/no port train\.modle: did you mean train\.model\?$/);
    expect(await refused(get('tarin.model'))).toBe('no run has a step tarin: did you mean train?');
    expect(await refused(get('draw'))).toMatch(
      /kept\+shape\+counts, not one file: .*draw\.kept or draw\.shape/,
    );
    expect(await refused(get('train.model'))).toMatch(/2 nodes .* train\[lr=0\.1\]@4\.model.*-o FOLDER\//);
    expect(await refused(get('best.chosen', 'second'))).toMatch(/^there is no run second: .*latest/);
    expect(await refused(save('train.model', 'one.pt'))).toMatch(/is a list.*one_\{label\}\.pt, or a folder/);
    expect(await refused(save('best.chosen', '{label}.pt'))).toMatch(/is no list.*take \{label\} out/);
    expect(await refused(save('draw.counts', 'counts.png'))).toMatch(/no form for counts\.png: .*csv/);
    expect(await refused(save('best.chosen', 'best.csv'))).toMatch(/the file \.pt .*name it best\.pt/);
    expect(await refused(save('best.chosen', 'cache/best.pt'))).toMatch(/is in cache\//);
  });

  it('says so where a name stands for more by now than the run has of it', async () => {
    const pipeline = at.read('pipelines/programs.yaml');
    at.edit('pipelines/programs.yaml', 'lr: 0.1, epochs: 4', 'lr: 0.1, epochs: 6');
    const model = await get('train[lr=0.2].model');
    expect([model.exitCode, model.stdout]).toEqual([0, 'weights 0.2 of epoch 4\n']);
    const now = 'pipelines/programs.yaml as it stands';
    expect(model.stderr).toContain(`${now} takes train[lr=0.2].model from train[lr=0.2]@6`);
    const curve = await get('train[lr=0.2].curve', '-o', 'out/longer.csv');
    expect(curve.stderr).toContain(`${now} has in train[lr=0.2].curve what train[lr=0.2]@6/curve gives, too`);
    // What is named is a segment, which has not changed.
    expect((await get('train[lr=0.2]@4.model')).stderr).toBe('');

    at.write('pipelines/programs.yaml', pipeline);
    at.edit('pipelines/programs.yaml', 'lr: [0.1, 0.2]', 'lr: [0.1, 0.2, 0.3]');
    const list = await get('train.model', '-o', 'list/');
    expect(list.stderr).toContain(`${now} has in train.model what train[lr=0.3]@4 gives, too`);
    expect((await get('train[lr=0.2].model')).stderr).toBe('');
    at.write('pipelines/programs.yaml', pipeline);
  });

  it('says so where the pipeline would give something else by now, and takes no earlier run for a failed one', async () => {
    const [good, bad] = ["'<svg", "'<svgx"];
    at.edit('pipelines/programs.yaml', good, bad);
    const stale = await get('draw.counts', '-o', 'out/stale.csv');
    expect(stale.exitCode).toBe(0);
    expect(stale.stderr).toContain('pipelines/programs.yaml as it stands would compute draw/counts anew');
    expect((await get('best.chosen')).stderr).toBe('');

    at.edit('pipelines/programs.yaml', 'mkdir -p kept/inner;', 'exit 3;');
    expect((await kshot(at, ['run', '--tag', 'broken', 'draw'])).exitCode).toBe(1);
    const failed = await get('draw.counts', '-o', 'out/failed.csv');
    expect([failed.exitCode, existsSync(at.path('out/failed.csv'))]).toEqual([2, false]);
    expect(failed.stderr).toMatch(/run programs\/broken has no draw\.counts\n.*draw\/counts: skipped/s);
    expect(failed.stderr).toContain('an earlier run has it: --run programs/again');
    expect((await get('draw.counts', '--run', 'first', '-o', 'out/first.csv')).stderr).not.toContain(
      'warning',
    );
    expect((await get('best.chosen', '--run', 'broken')).stderr).toContain('best was no target of it');
  });

  it('takes runs of the project’s own pipeline before those of others, and asks where none is', async () => {
    at.write(
      'pipelines/other.yaml',
      `version: 1
name: other
steps:
  draw: { kind: command, with: { argv: [sh, -c, "echo other > counts.csv"], outputs: { counts: counts.csv } } }
  half:
    kind: command
    with: { argv: [sh, -c, "test {y} != 2 && echo {y} > y"], params: { y: 1 }, outputs: { y: y } }
    matrix: { y: [1, 2, 3] }
`,
    );
    await kshot(at, ['run', 'pipelines/other.yaml', '--tag', 'later', '--keep-going']);
    const asked = await get('draw.counts');
    expect([asked.exitCode, asked.stdout]).toEqual([2, '']);
    expect(asked.stderr).toContain('runs of 2 pipelines have a step draw: other, programs');
    expect(asked.stderr).toContain('--run other or --run programs');
    expect((await get('draw.counts', '--run', 'other')).stdout).toBe('other\n');
    at.edit('pipelines/other.yaml', 'version: 1', 'version: 1\ndefault: true');
    const own = await get('draw.counts');
    expect(own.stdout).toBe('other\n');
    expect(own.stderr).toContain('is of run other/later; runs of programs have it too: --run programs');
    expect((await get('best.chosen')).stdout).toBe('weights 0.2 of epoch 4\n');
    const some = await get('half.y', '-o', 'half/');
    expect(some.stderr).toMatch(/half\[y=2\]: failed.*it has half\[y=1\]\.y, half\[y=3\]\.y: name one/s);
    expect(some.stderr).toContain(
      "; kshot logs 'half[y=2]' says why it failed, and kshot run tries it again",
    );
    rmSync(at.path('pipelines/other.yaml'));
  });

  it('names the document of a run that is gone, and takes what needs none', async () => {
    const first = (name: string) => at.path(`artifacts/programs/first/${name}`);
    renameSync(first('config.json'), first('kept'));
    const { exitCode, stderr } = await get('train.model', '--run', 'first', '-o', 'lost/');
    expect([exitCode, existsSync(at.path('lost'))]).toEqual([1, false]);
    expect(stderr).toContain('artifacts/programs/first/config.json is missing');
    expect(stderr).toMatch(
      /hint: name a node as kshot results programs\/first has it.* kshot run makes its/s,
    );
    const node = await get('train[lr=0.2]@4.model', '--run', 'first');
    expect([node.exitCode, node.stdout]).toEqual([0, 'weights 0.2 of epoch 4\n']);
    renameSync(first('kept'), first('config.json'));
    renameSync(first('manifest.json'), first('kept'));
    const whole = await get('train.model', '--run', 'first', '-o', 'lost/');
    expect(whole.stderr).toMatch(/first\/manifest\.json is missing\n.*kshot run makes its results again/s);
    renameSync(first('kept'), first('manifest.json'));
  });

  it('gives no bytes that have rotted', async () => {
    const { path } = JSON.parse((await get('best.chosen', '--json')).stdout) as { path: string };
    rmSync(path);
    const { exitCode, stderr } = await get('best.chosen');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is no longer in the cache')]);
  });
});
