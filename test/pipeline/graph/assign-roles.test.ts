import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Roles, unionOfRoles } from '../../../src/base/role.js';
import { assignRoles } from '../../../src/pipeline/graph/assign-roles.js';
import type { DraftNode, FileOrigin } from '../../../src/pipeline/graph/graph.js';
import { diagnosticsOf, experiment, graphOf, nodeOf, reasonsOf } from '../load-text.js';

test('roles follow the data, and the catalogue has none', async () => {
  const graph = await graphOf(experiment);
  const roles = (id: string) => nodeOf(graph, id).roles;
  expect(roles('pairs')).toEqual({ pairs: [], items: [] });
  expect(roles('split')).toEqual({ train: ['train'], val: ['val'], test: ['test'], items: [] });
  expect(roles('episodes')['test/episodes']).toEqual(['test']);
  expect(roles('episodes')['test/items']).toEqual([]);
  expect(roles('meta_train@300')['checkpoint']).toEqual(['train']);
  expect(roles('validate@100/metrics')['metrics']).toEqual(roles('validate@100')['ranks']);
  expect(roles('validate@100')['ranks']).toContain('val');
  expect(roles('best')['chosen']).toEqual(['train', 'val']);
  expect(roles('few_shot')['ranks']).toContain('test');
});

/** The experiment with something added or changed: each shape of a leak, and what it would be with val. */
const leaks: { readonly [shape: string]: (split: 'val' | 'test') => string } = {
  'training on a split': (split) => experiment.replace('train: episodes.train', `train: episodes.${split}`),
  'choosing a rate by evaluations on a split': (split) =>
    experiment.replace(
      'in: { model: best, episodes: episodes.val }',
      `in: { model: best, episodes: episodes.${split} }`,
    ),
  'choosing a checkpoint by evaluations on a split': (split) =>
    experiment.replace('in: { episodes: episodes.val }', `in: { episodes: episodes.${split} }`),
  'a program that chooses by what another program made of a split': (split) => `${experiment}
  made: { kind: command, in: { data: episodes.${split}, more: meta_train.model }, with: { argv: [cat], outputs: { out: out.txt } } }
  program: { kind: command, in: { x: made.out }, with: { argv: [cat], chooses: true } }
`,
  'training on a split of a split': (split) => `${experiment}
  again: { kind: data.split, in: { pairs: episodes.${split} } }
  windows: { kind: data.episodes, in: { pairs: again } }
  trained: { kind: maml.train, in: { train: windows.train }, with: { iterations: 1 } }
`,
  'supervised training on a split': (split) => `${experiment}
  gru: { kind: supervised.train, in: { train: episodes.${split} }, with: { epochs: 1 } }
`,
  'keeping the best epoch of supervised training by evaluations on a split': (split) => `${experiment}
  gru: { kind: supervised.train, in: { train: episodes.train }, with: { epochs: 2 } }
  epochs: { kind: eval.zero_shot, over: { model: gru.checkpoints }, in: { episodes: episodes.${split} } }
  baseline: { kind: select, in: { candidates: gru.checkpoints, rows: epochs }, with: { metric: mrr } }
`,
  'counting what is popular in a split': (split) => `${experiment}
  popular: { kind: baseline.popularity, in: { train: episodes.${split}, episodes: episodes.test } }
`,
  'looking for neighbours in a split': (split) => `${experiment}
  near: { kind: baseline.session_knn, in: { train: episodes.${split}, episodes: episodes.test } }
`,
  'choosing among the nodes of a matrix, one of which has seen a split': (split) => `${experiment}
  seen: { kind: eval.few_shot, over: { model: meta_train.checkpoints }, in: { episodes: episodes.${split} }, matrix: { inner_lr: [0.1, 0.2] } }
  worse: { kind: select, in: { rows: [tune, "seen[inner_lr=0.2]"] }, with: { metric: mrr, settings: [inner_lr] } }
`,
};

for (const [shape, text] of Object.entries(leaks)) {
  test(`${shape} is refused for test and passes for val`, async () => {
    expect(new Set(await reasonsOf(text('test')))).toEqual(new Set(['test-leak']));
    expect(await reasonsOf(text('val'))).toEqual([]);
  });
}

test('a model chosen by test data, on purpose, is refused again as the start of another training', async () => {
  const chosen = leaks['choosing a checkpoint by evaluations on a split'] ?? (() => '');
  const warm = (split: 'val' | 'test') => `${chosen(split)}
  warm: { kind: maml.train, in: { train: episodes.train, init: best.chosen }, with: { iterations: 1 } }
`;
  expect(await reasonsOf(warm('val'))).toEqual([]);
  // What best is let through to also reaches tune and chosen.
  const waived = ['best', 'chosen'].map((step) => `{ step: ${step}, reason: as the notebook did }`);
  const diagnostics = await diagnosticsOf(`${warm('test')}waive: [${waived.join(', ')}]\n`);
  expect(diagnostics).toContain('warm learns from init, which comes from test data');
  expect(diagnostics).toContain('best.chosen -> warm@1.init');
});

test('the item names of a test split may be chosen by, its pairs not', async () => {
  const chooser = (of: string) =>
    `  chooser: { kind: command, in: { x: ${of} }, with: { argv: [cat], chooses: true } }\n`;
  expect(await reasonsOf(experiment + chooser('episodes.test.items'))).toEqual([]);
  expect(await reasonsOf(experiment + chooser('episodes.test.pairs'))).toEqual(['test-leak']);
  const files = (split: string) => `${split}: { pairs: p, episodes: e }`;
  const given = `version: 1
steps:
  files: { kind: data.files, with: { items: i.json, ${['train', 'val', 'test'].map(files).join(', ')} } }
`;
  expect(await reasonsOf(given + chooser('files.test.items'))).toEqual([]);
  expect(await reasonsOf(given + chooser('files.test'))).toEqual(['test-leak']);
});

test('the refusal prints the path from the test data', async () => {
  const text = leaks['choosing a rate by evaluations on a split'];
  expect(await diagnosticsOf(text?.('test') ?? '')).toBe(
    `pipelines/a.yaml:26:41: chosen chooses from rows, which comes from test data
  26 |   chosen:   { kind: select, in: { rows: tune }, with: { metric: accuracy@1, mode: max, settings: [inner_lr, steps] } }
     |                                         ^^^^
  split.test -> episodes.test.pairs -> tune[inner_lr=0.005].metrics -> chosen.rows
  hint: use val for this, or say why it is right: waive: [{ step: chosen, reason: ... }]
`,
  );
});

test('a waiver lets one step through and is kept with the path; one that nothing needs is an error', async () => {
  const leak = leaks['choosing a rate by evaluations on a split']?.('test') ?? '';
  const waived = `${leak}waive: [{ step: chosen, reason: the paper does so }]\n`;
  expect((await graphOf(waived)).waivers).toEqual([
    {
      step: 'chosen',
      reason: 'the paper does so',
      path: ['split.test', 'episodes.test.pairs', 'tune[inner_lr=0.005].metrics', 'chosen.rows'],
    },
  ]);
  expect((await graphOf(waived, { targets: ['best'] })).waivers).toEqual([]);
  expect(
    await diagnosticsOf(
      `${experiment}waive: [{ step: chosen, reason: in case }, { step: chosn, reason: x }, { reason: y }]\n`,
    ),
  ).toBe(`pipelines/a.yaml:28:9: chosen needs no waiver: it learns and chooses from no test data
  28 | waive: [{ step: chosen, reason: in case }, { step: chosn, reason: x }, { reason: y }]
     |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  hint: take the waiver out

pipelines/a.yaml:28:52: there is no step chosn
  28 | waive: [{ step: chosen, reason: in case }, { step: chosn, reason: x }, { reason: y }]
     |                                                    ^^^^^
  hint: did you mean chosen?

pipelines/a.yaml:28:72: a waiver has no step
  28 | waive: [{ step: chosen, reason: in case }, { step: chosn, reason: x }, { reason: y }]
     |                                                                        ^^^^^^^^^^^^^
  hint: write { step: NAME, reason: TEXT }

3 errors
`);
});

const published: FileOrigin = { roles: ['test'], run: 'a/one', source: 'split.test' };
/** What is known of files where `out/test.csv` was published from test data. */
const ofTest = async (path: string) => (path === 'out/test.csv' ? published : undefined);

test('a file that a run made of test data is test data to whoever reads it', async () => {
  const imported = experiment.replace('data/events.csv', 'out/test.csv');
  const graph = await graphOf(experiment, { originOfFile: ofTest });
  expect(nodeOf(graph, 'split').roles).toMatchObject({ train: ['train'] });
  const [first = ''] = (await diagnosticsOf(imported, { originOfFile: ofTest })).split('\n\n');
  expect(first).toContain(
    'meta_train learns from train, which comes from test data: out/test.csv is split.test of the run a/one\n',
  );
  expect(first).toContain(
    '\n  out/test.csv -> interactions.interactions -> pairs.pairs -> split.train -> episodes.train.pairs -> meta_train@100.train\n',
  );
  expect(first).toContain(
    'hint: choose another file, or say why it is right: waive: [{ step: meta_train, file: out/test.csv, reason: ... }]',
  );
  const files = (file: string) => `version: 1
steps:
  files: { kind: data.files, with: { items: i.json, train: { pairs: ${file}, episodes: e }, val: { pairs: v, episodes: e }, test: { pairs: out/test.csv, episodes: e } } }
  trained: { kind: maml.train, in: { train: files.train }, with: { iterations: 1 } }
`;
  expect(await reasonsOf(files('p'), { originOfFile: ofTest })).toEqual([]);
  expect(await reasonsOf(files('out/test.csv'), { originOfFile: ofTest })).toEqual(['test-leak']);
});

test('a program that learns or chooses refuses such a file among its own, unless it is waived by name', async () => {
  const program = (more: string, waive = '', inputs = '') => `version: 1
steps:
  split: { kind: value, with: { a: 1 } }
  mine: { kind: command, ${inputs}with: { argv: [cat], files: [out/test.csv, own.csv], outputs: { out: o }${more} } }
${waive}`;
  const files = (text: string) => ({ 'pipelines/a.yaml': text, 'out/test.csv': 'x', 'own.csv': 'y' });
  const options = { originOfFile: ofTest };
  const graph = await graphOf(files(program('')), options);
  expect(nodeOf(graph, 'mine').roles).toEqual({ out: ['test'] });
  expect(await reasonsOf(files(program(', learns: true')))).toEqual([]);
  expect(await diagnosticsOf(files(program(', learns: true')), options)).toMatch(
    /mine learns from test data: out\/test.csv is split.test of the run a\/one\n(.*\n)* {2}hint: choose another file, or say .*file: out\/test.csv/,
  );
  expect(await diagnosticsOf(files(program(', chooses: true')), options)).toContain('mine chooses from test');
  const waive = (file: string) => `waive: [{ step: mine, file: ${file}, reason: as it is }]\n`;
  const waived = files(program(', learns: true', waive('out/test.csv')));
  expect((await graphOf(waived, options)).waivers).toEqual([
    { step: 'mine', reason: 'as it is', path: ['out/test.csv', 'mine'] },
  ]);
  // Where names alone are looked for, nothing is known of files, and nothing is refused.
  const whole = files(program(', learns: true', 'waive: [{ step: mine, reason: as it is }]'));
  expect(await reasonsOf(whole, options)).toEqual([]);
  expect(await reasonsOf(whole)).toEqual(['invalid-value']);
  expect(await reasonsOf(whole, { guardsTestData: false })).toEqual([]);
  // In a clone nobody knows what the file is.
  expect((await graphOf(waived)).waivers).toEqual([]);
  expect(await diagnosticsOf(files(program(', learns: true', waive('own.csv'))), options)).toContain(
    'mine learns from test data: out/test.csv',
  );
  expect(await diagnosticsOf(files(program('', waive('other.csv'))), options)).toContain(
    'neither mine nor a step before it reads other.csv',
  );
});

test('a waiver of a file hides no test data from elsewhere', async () => {
  const text = (split: string) => `${experiment.replace('data/events.csv', 'out/test.csv')}
  program: { kind: command, in: { x: interactions, y: ${split} }, with: { argv: [cat], learns: true, outputs: { out: o } } }
waive:
${['meta_train', 'best', 'chosen', 'program'].map((step) => `  - { step: ${step}, file: out/test.csv, reason: r }\n`).join('')}`;
  expect(await reasonsOf(text('split.train'), { originOfFile: ofTest })).toEqual([]);
  expect(await diagnosticsOf(text('split.test'), { originOfFile: ofTest })).toMatch(
    /program learns from y, which comes from test data\n(.*\n)* {2}split.test -> program.y\n/,
  );
});

test('more inputs never take a role away', () => {
  const node = (
    id: string,
    inputs: readonly string[],
    role: 'train' | 'val' | 'test' | undefined,
  ): DraftNode => ({
    id,
    step: id,
    kind: 'any',
    givenParameters: {},
    names: {},
    parameters: {},
    inputs: Object.fromEntries(
      inputs.map((source) => [source, { type: 'file', leaf: { node: source, path: 'out' } }]),
    ),
    outputs: {
      out: {
        shape: { type: 'file', content: 'bytes' },
        description: '',
        ...(role === undefined ? {} : { role }),
      },
    },
    files: [],
    resources: { slots: 1, gpus: 0 },
    deterministic: true,
    location: { file: 'a', line: 1, column: 1, length: 1, lineText: '' },
    ports: {},
    inputLocations: {},
  });
  const role = fc.constantFrom('train', 'val', 'test', undefined);
  const shape = fc.array(fc.tuple(role, fc.array(fc.nat({ max: 30 }))), { minLength: 1, maxLength: 12 });
  const rolesOf = (nodes: readonly DraftNode[]): ReadonlyMap<string, Roles> =>
    new Map(assignRoles(nodes, [], () => undefined).nodes.map(({ id, roles }) => [id, roles['out'] ?? []]));
  fc.assert(
    fc.property(shape, fc.nat(), fc.nat(), (steps, from, to) => {
      const inputsOf = (index: number, numbers: readonly number[]) =>
        index === 0 ? [] : [...new Set(numbers.map((number) => `n${number % index}`))];
      const nodes = steps.map(([own, numbers], index) => node(`n${index}`, inputsOf(index, numbers), own));
      const before = rolesOf(nodes);
      const target = to % steps.length;
      const more = steps.map(([own, numbers], index) =>
        node(`n${index}`, inputsOf(index, index === target ? [...numbers, from] : numbers), own),
      );
      const after = rolesOf(more);
      for (const [id, roles] of before)
        expect(unionOfRoles([after.get(id) ?? [], roles])).toEqual(after.get(id));
    }),
  );
});
