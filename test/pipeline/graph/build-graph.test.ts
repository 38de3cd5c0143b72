import { expect, test } from 'vitest';
import { leavesOf } from '../../../src/base/files/tree.js';
import type { Graph } from '../../../src/pipeline/graph/graph.js';
import { diagnosticsOf, experiment, graphOf, load, nodeOf, reasonsOf } from '../load-text.js';

const idsOf = (graph: Graph) => graph.nodes.map(({ id }) => id);
/** An evaluation, and what is derived from it. */
const withMetrics = (id: string) => [id, `${id}/metrics`];
const sourcesOf = (graph: Graph, id: string, port: string) =>
  [...leavesOf(nodeOf(graph, id).inputs[port] ?? { type: 'list', elements: [] })].map(
    ({ path, leaf }) => `${path}: ${leaf.node}/${leaf.path}`,
  );

test('the experiment expands to one node for each segment, checkpoint and combination', async () => {
  const graph = await graphOf(experiment);
  expect(idsOf(graph)).toEqual([
    'interactions',
    'pairs',
    'split',
    'episodes',
    'meta_train@100',
    'meta_train@200',
    'meta_train@300',
    ...['validate@100', 'validate@200', 'validate@300'].flatMap(withMetrics),
    'best',
    ...['0.005', '0.01', '0.02', '0.05', '0.1'].flatMap((rate) => withMetrics(`tune[inner_lr=${rate}]`)),
    'chosen',
    ...withMetrics('few_shot'),
  ]);
  expect(graph.engine).toBe('wasm');
  expect(graph.warnings).toEqual([]);
});

test('what a kind remarks on the choice of its files is a warning at their place, once for a matrix', async () => {
  const pipeline = `version: 1
steps:
  a:
    kind: data.import
    with: { path: parts }
    matrix: { skip_bad_rows: [false, true] }
`;
  const { warnings } = await graphOf({
    'pipelines/a.yaml': pipeline,
    'parts/1.csv': '',
    'parts/more/2.csv': '',
  });
  expect(warnings).toMatchObject([
    {
      message: expect.stringContaining('such as parts/more/2.csv; path: "parts/**/*"'),
      location: { line: 5, column: 19 },
    },
  ]);
});

test('what a kind remarks on parameters that are written is said, of a matrix only where it holds for all', async () => {
  const steps = (split: string) => `version: 1
steps:
  events: { kind: data.synthetic }
  pairs: { kind: data.pairs, in: { interactions: events } }
  split: { kind: data.split, in: { pairs: pairs }, ${split} }
`;
  const lastOut = await graphOf(
    steps('with: { by: leave_last_out, train: 0.6 }, matrix: { leave_out: [1, 2] }'),
  );
  expect(lastOut.warnings).toMatchObject([
    { message: expect.stringContaining('train counts for nothing'), location: { line: 5, column: 87 } },
  ]);
  const both = await graphOf(
    steps('with: { train: 0.6, leave_out: 2 }, matrix: { by: [users, leave_last_out] }'),
  );
  expect(both.warnings).toEqual([]);
  expect(await diagnosticsOf(steps('with: { leave_out: 2 }'))).toContain(
    'leave_out counts for nothing by: users; write by: leave_last_out, or leave it out',
  );
});

test('inputs are cut to what the kind declares, and a bundle gives the port of the input’s own name', async () => {
  const graph = await graphOf(experiment);
  expect(sourcesOf(graph, 'pairs', 'interactions')).toEqual([': interactions/interactions']);
  expect(sourcesOf(graph, 'split', 'pairs')).toEqual(['pairs: pairs/pairs', 'items: pairs/items']);
  expect(sourcesOf(graph, 'tune[inner_lr=0.02]', 'model')).toEqual([': best/chosen']);
  expect(sourcesOf(graph, 'tune[inner_lr=0.02]', 'episodes')).toEqual([
    'pairs: episodes/val/pairs',
    'episodes: episodes/val/episodes',
    'items: episodes/val/items',
  ]);
  expect(sourcesOf(graph, 'best', 'rows')).toEqual([
    '0: validate@100/metrics/metrics',
    '1: validate@200/metrics/metrics',
    '2: validate@300/metrics/metrics',
  ]);
});

test('a segment takes the state of the one before it, and its parameters do not tell the total', async () => {
  const graph = await graphOf(experiment);
  expect(Object.keys(nodeOf(graph, 'meta_train@100').inputs)).toEqual(['train']);
  expect(sourcesOf(graph, 'meta_train@200', 'previous')).toEqual([': meta_train@100/state']);
  // It is one of several, beside which other trainings may go.
  expect(nodeOf(graph, 'meta_train@200').resources).toMatchObject({ slots: 'free', sharesSlots: true });
  const longer = await graphOf(experiment, { sets: ['params.iterations=500'] });
  expect(nodeOf(longer, 'meta_train@200').parameters).toEqual(nodeOf(graph, 'meta_train@200').parameters);
  expect(idsOf(longer)).toContain('meta_train@500');
  expect(sourcesOf(longer, 'best', 'candidates')).toHaveLength(5);
});

const trainings = experiment.replace(
  'iterations: "${params.iterations}", checkpoint_interval: 100 }',
  'iterations: "${params.iterations}", checkpoint_interval: 200 }\n    matrix: { seed: [1, 2] }',
);

test('over goes down into nested lists, and what it makes is nested as they are', async () => {
  const graph = await graphOf(
    `${trainings.slice(0, trainings.indexOf('  best:'))}  ends: { kind: command, over: { x: validate }, with: { argv: [cat] } }
  all: { kind: command, in: { x: validate.metrics }, with: { argv: [cat] } }
`,
  );
  const idsOf = (step: string) =>
    graph.nodes.filter((node) => node.step === step && node.derivedFrom === undefined).map(({ id }) => id);
  expect(idsOf('validate')).toEqual([
    'validate@seed=1@200',
    'validate@seed=1@300',
    'validate@seed=2@200',
    'validate@seed=2@300',
  ]);
  expect(nodeOf(graph, 'validate@seed=2@200').inputs['model']).toEqual({
    type: 'file',
    leaf: { node: 'meta_train[seed=2]@200', path: 'checkpoint' },
  });
  // A program takes one of them, too, although it could take a list.
  expect(idsOf('ends')).toEqual(idsOf('validate').map((id) => id.replace('validate', 'ends')));
  const metrics = (id: string) => ({ type: 'file', leaf: { node: `${id}/metrics`, path: 'metrics' } });
  expect(nodeOf(graph, 'all').inputs['x']).toEqual({
    type: 'list',
    elements: [
      { type: 'list', elements: [metrics('validate@seed=1@200'), metrics('validate@seed=1@300')] },
      { type: 'list', elements: [metrics('validate@seed=2@200'), metrics('validate@seed=2@300')] },
    ],
  });
});

test('lists that over goes through together must be nested alike', async () => {
  const together = (settings: string) =>
    diagnosticsOf(
      `${trainings.slice(0, trainings.indexOf('  best:'))}  a: { kind: value, matrix: { inner_lr: [0.1, 0.2] } }
  both: { kind: eval.few_shot, over: { model: meta_train.checkpoints, settings: ${settings} }, in: { episodes: episodes.val } }
`,
    );
  expect(await together('a.value')).toContain(
    'over goes through lists together, but model is a list of lists and settings is not',
  );
});

test('a matrix goes through all combinations, the last name fastest, and over inside them', async () => {
  const graph = await graphOf(`version: 1
steps:
  numbers: { kind: value, matrix: { a: [1, 2], b: [x, "1", { c: [true] }] } }
  each: { kind: command, over: { n: numbers }, with: { argv: [cat, n], params: { a: 0 } }, matrix: { a: [1, 2] } }
  one: { kind: command, in: { n: "numbers[b='1',a=2].value" }, with: { argv: [cat], outputs: { out: n.txt } } }
  some: { kind: command, in: { n: "numbers[a=1]" }, with: { argv: [cat], outputs: { out: n.txt } } }
  several: { kind: command, in: { n: [one, "numbers[a=2,b=x]", some] }, with: { argv: [cat] } }
`);
  expect(idsOf(graph).slice(0, 6)).toEqual([
    'numbers[a=1,b=x]',
    'numbers[a=1,b="1"]',
    'numbers[a=1,b={"c":[true]}]',
    'numbers[a=2,b=x]',
    'numbers[a=2,b="1"]',
    'numbers[a=2,b={"c":[true]}]',
  ]);
  expect(idsOf(graph).filter((id) => id.startsWith('each'))).toHaveLength(12);
  expect(idsOf(graph)[6]).toBe('each[a=1]@a=1,b=x');
  expect(nodeOf(graph, 'numbers[a=2,b="1"]').givenParameters).toEqual({ a: 2, b: '1' });
  expect(sourcesOf(graph, 'one', 'n')).toEqual([': numbers[a=2,b="1"]/value']);
  expect(sourcesOf(graph, 'some', 'n')).toHaveLength(3);
  expect(nodeOf(graph, 'several').inputs['n']).toMatchObject({ type: 'list' });
});

test('equal canonical parameters stay nodes of their own', async () => {
  const graph = await graphOf(experiment, { sets: ['steps.tune.with.steps=[0]'] });
  const tuned = graph.nodes.filter(({ step, derivedFrom }) => step === 'tune' && derivedFrom === undefined);
  expect(tuned).toHaveLength(5);
  expect(new Set(tuned.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(1);
  expect(new Set(tuned.map(({ givenParameters }) => givenParameters['inner_lr'])).size).toBe(5);
});

test('targets leave only what they need', async () => {
  const steps = await graphOf(experiment, { targets: ['split'] });
  expect(idsOf(steps)).toEqual(['interactions', 'pairs', 'split']);
  const node = await graphOf(experiment, { targets: ['validate@200'] });
  expect(idsOf(node)).toEqual([
    'interactions',
    'pairs',
    'split',
    'episodes',
    'meta_train@100',
    'meta_train@200',
    ...withMetrics('validate@200'),
  ]);
  // What is derived goes with the node, be it named or only needed.
  const ranks = await graphOf(
    `${experiment}  all: { kind: command, in: { r: few_shot.ranks }, with: { argv: [cat] } }\n`,
    { targets: ['all'] },
  );
  expect(idsOf(ranks).slice(-3)).toEqual([...withMetrics('few_shot'), 'all']);
  const derived = await graphOf(experiment, { targets: ['validate@200/metrics'] });
  expect(idsOf(derived)).toEqual(idsOf(node));
  expect(await diagnosticsOf(experiment, { targets: ['vaildate@200'] })).toBe(
    'kshot: there is no step vaildate@200\n  hint: did you mean validate@200?\n',
  );
});

test('gpu tokens are taken on GPU engines and by programs only, and slots follow the engine', async () => {
  const graph = await graphOf(
    `${experiment}  program: { kind: command, with: { argv: [nvidia-smi], deterministic: true }, resources: { gpus: 2, time: 5 s } }\n`,
    { engine: 'reference' },
  );
  expect(nodeOf(graph, 'meta_train@100')).toMatchObject({
    engine: 'reference',
    resources: { gpus: 0 },
    deterministic: true,
  });
  expect(nodeOf(graph, 'program')).toMatchObject({
    resources: { gpus: 2, timeoutSeconds: 5 },
    deterministic: true,
  });
  expect(nodeOf(graph, 'program').engine).toBeUndefined();
});

test('on a GPU engine each step has a GPU to itself unless it says otherwise, and may give other bytes', async () => {
  const text = experiment.replace('over: {', 'resources: { gpus: 0 }\n    over: {');
  const graph = await graphOf(text, {
    chooseEngine: async () => ({ engine: 'tfjs:tensorflow', why: 'a test' }),
  });
  expect(graph).toMatchObject({ engine: 'tfjs:tensorflow', engineAsked: 'auto', engineReason: 'a test' });
  const onGpu = (gpus: number) => ({
    engine: 'tfjs:tensorflow',
    engineByName: false,
    deterministic: false,
    resources: { slots: 1, gpus },
  });
  expect(nodeOf(graph, 'meta_train@100')).toMatchObject(onGpu(1));
  expect(nodeOf(graph, 'few_shot')).toMatchObject(onGpu(1));
  expect(nodeOf(graph, 'validate@100')).toMatchObject(onGpu(0));
  expect(nodeOf(graph, 'pairs')).toMatchObject({ resources: { gpus: 0 }, deterministic: true });
});

test('top_items is refused where the engine cannot list items, before anything is trained', async () => {
  const files = { steps: 'steps: [5]', wanted: 'steps: [5], top_items: 10' };
  const text = experiment.replaceAll(files.steps, files.wanted);
  expect(text).not.toBe(experiment);
  const on = (engine: string) => ({ chooseEngine: async () => ({ engine, why: 'a test' }) });
  expect(await diagnosticsOf(text, on('tfjs:webgpu'))).toContain(
    'the engine tfjs:webgpu gives ranks, and no lists of items as top_items asks for; give the step engine: wasm',
  );
  const graph = await graphOf(text, on('wasm'));
  expect(sourcesOf(graph, 'validate@100/metrics', 'ranks')).toEqual([': validate@100/ranks']);
});

test('an engine is looked up once for each name that a step computes with, and not at all for the others', async () => {
  const asked: string[] = [];
  const chooseEngine = async (name: string) => {
    asked.push(name);
    return { engine: name === 'auto' ? 'wasm' : 'tfjs:cpu', why: 'a test' };
  };
  const graph = await graphOf(experiment.replace('over: {', 'engine: tfjs\n    over: {'), { chooseEngine });
  expect(asked.toSorted()).toEqual(['auto', 'tfjs']);
  expect(nodeOf(graph, 'validate@100').engine).toBe('tfjs:cpu');
  expect(nodeOf(graph, 'meta_train@100').engine).toBe('wasm');
  asked.length = 0;
  const without = await graphOf('version: 1\nengine: auto\nsteps:\n  a: { kind: value, with: { x: 1 } }\n', {
    chooseEngine,
  });
  expect(asked).toEqual([]);
  expect(without.engine).toBe('wasm');
});

test('the same name in with and in the settings is refused, and so is one that the kind does not take', async () => {
  const text = experiment.replace(
    'settings: chosen.settings } }',
    'settings: chosen.settings }, with: { inner_lr: 0.5 }, matrix: { steps: [1, 2] } }',
  );
  expect(await reasonsOf(text)).toEqual(['setting-twice', 'setting-twice']);
  const only = await graphOf(
    text
      .replace('settings: [inner_lr, steps]', 'settings: [inner_lr]')
      .replace('with: { inner_lr: 0.5 }, ', ''),
  );
  expect(idsOf(only)).toContain('few_shot[steps=2]');
});

test('settings that come through over are checked as those that come through in', async () => {
  const text = experiment
    .replace(
      'mode: max, settings: [inner_lr, steps] }',
      'settings: [inner_lr] }, matrix: { mode: [max, min] }',
    )
    .replace(
      'in: { model: best, episodes: episodes.test, settings: chosen.settings }',
      'in: { model: best, episodes: episodes.test }, over: { settings: chosen.settings }, with: { inner_lr: 0.5, steps: [5] }',
    );
  expect(await diagnosticsOf(text)).toMatch(
    /^[^\n]*: inner_lr comes from an element of chosen.settings and is/,
  );
  expect(await reasonsOf(text)).toEqual(['setting-twice']);
  expect(idsOf(await graphOf(text.replace('inner_lr: 0.5, ', '')))).toContain('few_shot@mode=min');
});

test('a circle is named as the path that closes, and steps below it are not blamed', async () => {
  expect(
    await diagnosticsOf(`version: 1
steps:
  a: { kind: command, in: { x: c }, with: { argv: [cat] } }
  b: { kind: command, in: { x: a }, with: { argv: [cat] } }
  c: { kind: command, in: { x: b }, with: { argv: [cat] } }
  below: { kind: command, in: { x: c }, with: { argv: [cat] } }
  self: { kind: command, in: { x: self }, with: { argv: [cat] } }
`),
  ).toBe(`pipelines/a.yaml:4:32: steps need each other in a circle: a -> c -> b -> a
  4 |   b: { kind: command, in: { x: a }, with: { argv: [cat] } }
    |                                ^
  hint: an arrow reads "takes from"

pipelines/a.yaml:7:35: steps need each other in a circle: self -> self
  7 |   self: { kind: command, in: { x: self }, with: { argv: [cat] } }
    |                                   ^^^^
  hint: an arrow reads "takes from"

2 errors
`);
});

test('steps may be written in any order, and a chain of thousands is no problem', async () => {
  const links = Array.from({ length: 2000 }, (_, index) => {
    const before = index === 0 ? '' : `, in: { x: s${index - 1} }`;
    return `  s${index}: { kind: command, with: { argv: [cat], outputs: { out: x.txt } }${before} }`;
  });
  const graph = await graphOf(`version: 1\nsteps:\n${links.toReversed().join('\n')}\n`);
  expect(idsOf(graph)).toEqual(links.map((_, index) => `s${index}`));
});

test('more nodes of a step than fit into memory are refused before any is made, with what makes them so many', async () => {
  expect(
    await diagnosticsOf(experiment, { sets: ['params.iterations=1e9'] }),
  ).toBe(`pipelines/a.yaml:13:58: meta_train would become at least 10000000 nodes; a pipeline may have 100000
  13 |     with: { inner_lr: 0.05, outer_lr: 0.001, iterations: "\${params.iterations}", checkpoint_interval: 100 }
     |                                                          ^^^^^^^^^^^^^^^^^^^^^^
  the value was written at --set:1:19: params.iterations=1e9
  hint: change iterations (1000000000) or checkpoint_interval (100)
`);
  const numbers = Array.from({ length: 400 }, (_, index) => index).join(', ');
  expect(
    await diagnosticsOf(`version: 1
steps:
  many: { kind: value, matrix: { n: [${numbers}] } }
  each: { kind: command, over: { n: many }, with: { argv: [cat], params: { m: 0 } }, matrix: { m: [1, ${numbers.slice(6)}] } }
`),
  ).toContain(`each would become at least 159600 nodes; a pipeline may have 100000`);
});

test('a matrix of 10,000 becomes as many nodes, and a list of them', async () => {
  const values = Array.from({ length: 10_000 }, (_, index) => index);
  const text = `version: 1
steps:
  many: { kind: value, matrix: { n: [${values.join(', ')}] } }
  all: { kind: command, in: { n: many }, with: { argv: [cat] } }
`;
  const graph = await graphOf(text);
  expect(graph.nodes).toHaveLength(10_001);
  expect(sourcesOf(graph, 'all', 'n')).toHaveLength(10_000);
});

test.each(['.inf', '-.inf', '.nan', '1e999', '!!binary aGk='])(
  'a reference with [a=%s] names no node, and is refused where it stands',
  async (value) => {
    const loaded = await load(`version: 1
steps:
  many: { kind: value, matrix: { a: [1, 2] }, with: { value: 1 } }
  after: { kind: command, in: { x: "many[a=${value}]" }, with: { argv: [cat] } }
`);
    expect(loaded.ok ? [] : loaded.failure).toMatchObject([{ location: { line: 4 } }]);
  },
);

test('each combination of a matrix has the programs and files of its own words', async () => {
  const { nodes } = await graphOf(`
version: 1
steps:
  t:
    kind: command
    with: { argv: ['{tool}', '{seed}'], params: { tool: sh, seed: 0 } }
    matrix: { tool: [sh, env], seed: [1, 2] }
`);
  expect(
    nodes.map(({ id, files, parameters }) => [id, files.map(({ name }) => name), parameters['params']]),
  ).toEqual([
    ['t[tool=sh,seed=1]', ['//sh'], { tool: 'sh', seed: 1 }],
    ['t[tool=sh,seed=2]', ['//sh'], { tool: 'sh', seed: 2 }],
    ['t[tool=env,seed=1]', ['//env'], { tool: 'env', seed: 1 }],
    ['t[tool=env,seed=2]', ['//env'], { tool: 'env', seed: 2 }],
  ]);
});

test('what one combination of a matrix lacks is said although those before it lack nothing', async () => {
  const text = (argv: string) => `
version: 1
steps:
  t: { kind: command, with: { argv: [cat, ${argv}], params: { name: a } }, matrix: { name: [a, b, data, c] } }
`;
  const files = { 'pipelines/a.yaml': text('"{name}"'), data: 'x' };
  expect(await reasonsOf(files)).toEqual(['undeclared-file']);
  expect(await reasonsOf({ ...files, 'pipelines/a.yaml': text('x') })).toEqual(['undeclared-file']);
});
