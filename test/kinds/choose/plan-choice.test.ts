import { expect, test } from 'vitest';
import { select } from '../../../src/kinds/choose/select.js';
import { diagnosticsOf, experiment, graphOf, load, nodeOf } from '../../pipeline/load-text.js';

const start = experiment.slice(0, experiment.indexOf('  best:'));
/** Four trainings of two checkpoints each, validated checkpoint by checkpoint. */
const trainings = start.replace(
  'iterations: "${params.iterations}", checkpoint_interval: 100 }',
  'iterations: "${params.iterations}", checkpoint_interval: 200 }\n    matrix: { outer_lr: [0.01, 0.001], seed: [1, 2] }',
);
const withoutRate = (text: string) => text.replace('outer_lr: 0.001, ', '');

const choiceOf = async (
  parameters: string,
  more = '',
  inputs = 'candidates: meta_train.checkpoints, rows: validate',
) =>
  await graphOf(
    `${withoutRate(trainings)}  best: { kind: select, in: { ${inputs} }, with: { metric: mrr, ${parameters} } }\n${more}`,
  );

const complaintsOf = async (parameters: string, inputs?: string) => {
  const loaded = await load(
    `${withoutRate(trainings)}  best: { kind: select, in: { ${inputs ?? 'candidates: meta_train.checkpoints, rows: validate'} }, with: { metric: mrr, ${parameters} } }\n`,
  );
  return loaded.ok
    ? []
    : loaded.failure.map(({ message, hint }) => (hint === undefined ? message : `${message}; ${hint}`));
};

test('the names that vary stand in the key, and those that no parameter names are told', async () => {
  const best = nodeOf(await choiceOf('settings: [outer_lr]'), 'best');
  expect(best.parameters['elements']).toEqual(
    [
      [0.01, 1, 200],
      [0.01, 1, 300],
      [0.01, 2, 200],
      [0.01, 2, 300],
      [0.001, 1, 200],
      [0.001, 1, 300],
      [0.001, 2, 200],
      [0.001, 2, 300],
    ].map(([outer_lr, seed, iterations], group) => ({ names: { outer_lr, seed, iterations }, group })),
  );
  expect(best.parameters['groups']).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7].map((index) => ({ candidates: [index] })),
  );
  expect(best.parameters['progress']).toEqual(['iterations']);
  expect(best.notes).toEqual(['also chooses over seed, iterations']);
  expect(nodeOf(await choiceOf(''), 'best').notes).toBeUndefined();
});

test('over averaged names there is a candidate for each of the others, and what is chosen is a list', async () => {
  const graph = await choiceOf(
    'average: [seed], settings: [outer_lr]',
    '  test: { kind: eval.few_shot, over: { model: best.chosen }, in: { episodes: episodes.test } }\n',
  );
  const best = nodeOf(graph, 'best');
  expect(best.parameters).toMatchObject({
    average: ['seed'],
    places: 2,
    groups: [{ candidates: [0, 2] }, { candidates: [1, 3] }, { candidates: [4, 6] }, { candidates: [5, 7] }],
  });
  expect(best.notes).toEqual(['also chooses over iterations']);
  expect(graph.nodes.filter(({ step }) => step === 'test').map(({ id }) => id)).toEqual([
    'test@seed=1',
    'test@seed=1/metrics',
    'test@seed=2',
    'test@seed=2/metrics',
  ]);
  expect(nodeOf(graph, 'test@seed=2').inputs['model']).toEqual({
    type: 'file',
    leaf: { node: 'best', path: 'chosen/1' },
  });
  expect(best.roles['chosen/1']).toEqual(['train', 'val']);
});

test('patience and an average over that by which it goes along do not go together', async () => {
  expect(await complaintsOf('average: [iterations], patience: 2')).toEqual([
    'patience follows each training by its iterations, over which the metric is averaged: leave out one of the two',
  ]);
});

test('patience goes along the checkpoints of each training', async () => {
  const best = nodeOf(await choiceOf('average: [seed], patience: 2'), 'best');
  expect((best.parameters['groups'] as { chain: number }[]).map(({ chain }) => chain)).toEqual([0, 0, 1, 1]);
});

test('a choice without candidates keeps what planning knows out of the key, and gives nothing chosen', async () => {
  const { parameters, outputs } = nodeOf(await graphOf(experiment), 'chosen');
  expect(parameters).toEqual({
    metric: 'accuracy@1',
    mode: 'max',
    settings: ['inner_lr', 'steps'],
  });
  expect(Object.keys(outputs)).toEqual(['settings', 'row']);
});

test('rows of a matrix of their own are about the candidate that they were made over', async () => {
  const graph = await graphOf(
    `${start}  many: { kind: eval.few_shot, over: { model: meta_train.checkpoints }, in: { episodes: episodes.val }, matrix: { max_episodes: [5, 6] } }
  best: { kind: select, in: { candidates: meta_train.checkpoints, rows: many }, with: { metric: mrr } }
`,
  );
  expect(nodeOf(graph, 'best').parameters['groups']).toEqual(
    [0, 1, 2, 0, 1, 2].map((candidate) => ({ candidates: [candidate] })),
  );
});

test('lists that are written out are paired by their places', async () => {
  const graph = await graphOf(
    `${start}  gru: { kind: supervised.train, in: { train: episodes.train }, with: { epochs: 2 } }
  gru_val: { kind: eval.zero_shot, over: { model: gru.checkpoints }, in: { episodes: episodes.val } }
  end_val: { kind: eval.zero_shot, in: { model: meta_train.model, episodes: episodes.val } }
  best: { kind: select, in: { candidates: [meta_train.model, gru.checkpoints], rows: [end_val, gru_val] }, with: { metric: mrr } }
`,
  );
  const { parameters } = nodeOf(graph, 'best');
  expect(parameters['groups']).toEqual([0, 1, 2].map((index) => ({ candidates: [index] })));
  expect(parameters['elements']).toEqual([
    { names: {}, group: 0 },
    { names: { epochs: 1 }, group: 1 },
    { names: { epochs: 2 }, group: 2 },
  ]);
});

test('rows that are about something else are refused, and so are names that tell nothing apart', async () => {
  const noneOf = (rows: number, candidates: number) =>
    `rows (${rows}) are not the evaluations of candidates (${candidates}): each candidate wants some, such as those of a step \`over\` the same list`;
  expect(await complaintsOf('', 'candidates: meta_train.model, rows: validate')).toEqual([noneOf(8, 4)]);
  // One training's checkpoints have the labels that another's have, too.
  const one = '"meta_train[outer_lr=0.01,seed=1].checkpoints"';
  expect(await complaintsOf('', `candidates: ${one}, rows: validate`)).toEqual([noneOf(8, 2)]);
  expect(await complaintsOf('settings: [outer_rl], average: [sed]')).toEqual([
    'settings names outer_rl, which the rows do not have; did you mean outer_lr?',
    'average names sed, which the rows do not have; did you mean seed?',
  ]);
  expect(await complaintsOf('settings: [seed], average: [seed]')).toEqual([
    'seed is averaged over, so that the winner has none to hand on',
  ]);
  expect(
    await load(
      `${start}  tune: { kind: eval.few_shot, in: { model: meta_train.model, episodes: episodes.val }, matrix: { inner_lr: [0.1, 0.2] } }
  best: { kind: select, in: { rows: tune }, with: { metric: mrr, patience: 3 } }
`,
    ),
  ).toMatchObject({
    failure: [{ message: 'patience wants the evaluations of a training, one for each of its checkpoints' }],
  });
});

test.each(['rows', 'candidates'])('test data among %s is refused', async (port) => {
  const onTest = `  on_test: { kind: eval.few_shot, over: { model: meta_train.checkpoints }, in: { episodes: episodes.test } }
  best: { kind: select, in: { candidates: ${port === 'candidates' ? 'on_test.ranks' : 'meta_train.checkpoints'}, rows: ${port === 'rows' ? 'on_test' : 'validate'} }, with: { metric: mrr } }
`;
  const told = await diagnosticsOf(`${withoutRate(trainings)}${onTest}`);
  expect(told).toContain(`best chooses from ${port}, which comes from test data`);
});

test('it tells the names that it will write, where they are given', () => {
  expect(select.namesOfSettings?.({ metric: 'mrr', settings: ['seed'] })).toEqual(['seed']);
  expect(select.namesOfSettings?.({ metric: 'mrr' })).toEqual([]);
});
