import { describe, expect, it } from 'vitest';
import { diagnosticsOf, graphOf } from '../load-text.js';

const steps = `version: 1
steps:
  v: { kind: value, with: { a: 1 } }
  interactions: { kind: data.synthetic, with: { users: 90, items: 40, seed: 1, repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: interactions }, matrix: { session_gap_seconds: [60, 1800] } }
  read: { kind: command, with: { argv: [cat, in/a.txt], files: [in/a.txt], outputs: { out: out.txt } } }
`;
const files = (publish: string) => ({
  'pipelines/a.yaml': `${steps}publish:\n${publish}`,
  'in/a.txt': 'x',
});
const paths = async (publish: string) => (await graphOf(files(publish))).publications.map(({ path }) => path);

describe('publish', () => {
  it('names a file for each element of a list, by its label', async () => {
    expect(
      await paths('  pairs.pairs: "out/{label}.csv"\n  v.value: [out/v.json, "{tag}/v.json"]\n'),
    ).toEqual([
      'out/session_gap_seconds=60.csv',
      'out/session_gap_seconds=1800.csv',
      'out/v.json',
      '{tag}/v.json',
    ]);
    expect(await paths('  pairs[session_gap_seconds=60].pairs: ./out//p.parquet\n')).toEqual([
      'out/p.parquet',
    ]);
  });

  it('tells labels apart in any script, without what a shell or a file system takes for something else', async () => {
    const sweep = `version: 1
steps:
  v: { kind: command, with: { argv: [x], params: { a: "" }, outputs: { value: v } }, matrix: { a: [ä, ö, 学习, 训练, 🙂, "x/y z", "a\\u2028b"] } }
publish: { v.value: "out/{label}.json" }
`;
    const graph = await graphOf({ 'pipelines/a.yaml': sweep });
    // In ids such values stand between quotation marks.
    expect(graph.publications.map(({ path }) => path)).toEqual(
      ['ä', 'ö', '学习', '训练', '🙂', 'x_y_z', 'a_b'].map((name) => `out/a=_${name}_.json`),
    );
  });

  it('is merged by an overlay, which takes out with null', async () => {
    const graph = await graphOf({
      'pipelines/base.yaml': `${steps}publish: { v.value: v.json, read.out: out.txt }\n`,
      'pipelines/a.yaml':
        'extends: base.yaml\npublish: { read.out: null, interactions.interactions: i.csv }\n',
      'in/a.txt': 'x',
    });
    expect(graph.publications.map(({ path }) => path)).toEqual(['v.json', 'i.csv']);
  });

  it('with targets holds what is theirs', async () => {
    const all = files('  v.value: v.json\n  read.out: out.txt\n  run/report.json: report.json\n');
    const graph = await graphOf(all, { targets: ['read'] });
    expect(graph.publications.map(({ path }) => path)).toEqual(['out.txt']);
  });

  it.each([
    ['data', 'data/v.json', 'data/*'],
    ['data', './data/{tag}', 'data/*'],
    ['data/*.csv', 'data/interactions.csv', 'data/*.csv'],
    ['data/part-??.csv', 'data/part-{tag}.csv', 'data/part-??.csv'],
    ['data/**/*', 'data/a/b/v.json', 'data/**/*'],
    ['data', 'data/a/v.json', undefined],
    ['data/*.csv', 'data/v.json', undefined],
    ['data/part-??.csv', 'data/part-{tag}-.csv.json', undefined],
    ['data/**/*', 'data/_out/v.json', undefined],
    ['data/**/*', 'data2/v.json', undefined],
  ])('where data.import reads %s, %s is refused as one of its files: %s', async (read, path, pattern) => {
    const text = `version: 1
steps:
  read: { kind: data.import, with: { path: "${read}" } }
  interactions: { kind: data.synthetic, with: { users: 90, items: 40, seed: 1, repeats: true } }
  v: { kind: value, with: { a: 1 } }
publish: { ${/json$/.test(path) ? 'v.value' : 'interactions.interactions'}: "${path}" }
`;
    const given = { 'pipelines/a.yaml': text, 'data/part-01.csv': 'user,item,time\n' };
    if (pattern === undefined) expect((await graphOf(given)).publications).toHaveLength(1);
    else {
      expect(await diagnosticsOf(given)).toContain(
        `${path} would be one of the files ${pattern}, which this pipeline reads`,
      );
    }
  });

  it.each([
    ['  w.value: v.json', 'there is no step w'],
    ['  v.valeu: v.json', 'did you mean v.value?'],
    ['  run.report: r.json', 'write run/report.json'],
    ['  run/reprot.json: r.json', 'did you mean run/report.json?'],
    ['  run/tables/metric.parquet: r.csv', 'did you mean run/tables/metrics.parquet?'],
    ['  run/tables/statistics.parquet: r.csv', 'a run writes no tables/statistics.parquet'],
    ['  run/report.json: r.csv', 'let the path end in .json'],
    ['  run/figures/results.pdf: r.svg', 'let the path end in .pdf'],
    ['  run/figures/results@0.5.pdf: r.pdf', 'a figure is from 1 to 40 inches wide'],
    ['  run/figures/results@6.9.svg: r.svg', 'a run writes no figures/results@6.9.svg'],
    ['  run/figures/results@wide.pdf: r.pdf', 'a run writes no figures/results@wide.pdf'],
    ['  v.value: v.csv', 'v.value (value) has no form for v.csv'],
    ['  interactions.interactions: i.xlsx', 'let the path end in .csv, .json, .md, .tex, .parquet'],
    ['  pairs.pairs: p.csv', 'write {label} into the path, such as p_{label}.csv'],
    ['  "pairs[session_gap_seconds=61].pairs": p.csv', 'pairs has no node [session_gap_seconds=61]'],
    ['  pairs[session_gap_seconds=60]: p.csv', 'is pairs+items, not one file'],
    ['  v.value: "{label}.json"', 'take {label} out of the path'],
    ['  v.value: "{run}.json"', 'nothing is put in the place of {run}'],
    ['  v.value: ../v.json', '../v.json is outside the project'],
    ['  v.value: out/../../v.json', 'is outside the project'],
    ['  v.value: /tmp/v.json', '/tmp/v.json is outside the project'],
    ['  v.value: out/', 'out/ is a folder'],
    ['  v.value: ~/v.json', '~/v.json begins with ~, which is put in by a shell and not here'],
    ['  v.value: pipelines/../in', 'pipelines/../in is a folder that is there already'],
    ['  v.value: cache/v.json', 'is in cache/, where nothing is published'],
    ['  v.value: Artifacts/v.json', 'is in Artifacts/, where nothing is published'],
    ['  v.value: pipelines/v.json', 'is in pipelines/, where nothing is published'],
    ['  read.out: in/a.txt', 'would be written over in/a.txt, which this pipeline reads'],
    ['  v.value: x/a.json\n  read.out: X/A.json', 'X/A.json is where v.value is published'],
    ['  v.value: x.json\n  read.out: x.json/y', 'x.json/y is where v.value is published'],
    ['  read.out: x.json/y\n  v.value: x.json', 'x.json is where read.out is published'],
    ['  v.value: 3', 'must be text'],
  ])('%s is refused in its place', async (publish, said) => {
    const text = await diagnosticsOf(files(`${publish}\n`));
    expect(text).toContain(said);
    expect(text).toMatch(/^pipelines\/a\.yaml:(8|9):\d+: /);
  });
});
