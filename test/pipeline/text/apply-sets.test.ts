import { expect, test } from 'vitest';
import { diagnosticsOf, experiment, graphOf, load, nodeOf } from '../load-text.js';

test('--set replaces parameters before they are put in, and parameters of steps, written or not', async () => {
  const graph = await graphOf(experiment, {
    sets: [
      'params.seed=1',
      'params.seed=7',
      'steps.meta_train.with.outer_lr=2e-3',
      'steps.meta_train.with.second_order=false',
      'steps.few_shot.with.max_episodes=${params.k}',
    ],
  });
  expect(nodeOf(graph, 'split').givenParameters['seed']).toBe(7);
  expect(nodeOf(graph, 'meta_train@100').parameters).toMatchObject({ outer_lr: 0.002, second_order: false });
  expect(nodeOf(graph, 'few_shot').parameters['max_episodes']).toBe(5);
});

test('--set takes any YAML, lists and maps too', async () => {
  const graph = await graphOf('version: 1\nsteps: { v: { kind: value } }\n', {
    sets: ['steps.v.with.list=[1, {a: b}]', 'steps.v.with.deep.er=text', 'steps.v.with.none='],
  });
  expect(nodeOf(graph, 'v').parameters).toEqual({ list: [1, { a: 'b' }], deep: { er: 'text' }, none: null });
});

test('an unknown path suggests the nearest, and a wrong value points into the argument', async () => {
  expect(
    await diagnosticsOf(experiment, {
      sets: [
        'params.sede=1',
        'steps.meta_trian.with.outer_lr=1',
        'steps.meta_train.with.outer_l=1',
        'steps.meta_train.kind=value',
        'engine=wasm',
        'outer_lr=1',
        'params.seed',
        'params.k=[1',
        'params.q=many',
        'steps.meta_train.with.inner_steps=0',
        'params.seed.deeper=1',
      ],
    }),
  ).toBe(`--set:1:1: there is no params.sede
  1 | params.sede=1
    | ^^^^^^^^^^^
  hint: did you mean params.seed?

--set:1:1: there is no steps.meta_trian
  1 | steps.meta_trian.with.outer_lr=1
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  hint: did you mean steps.meta_train.with.outer_lr?

--set:1:1: there is no steps.meta_train.with.outer_l
  1 | steps.meta_train.with.outer_l=1
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  hint: did you mean steps.meta_train.with.outer_lr?

--set:1:1: steps.meta_train.kind cannot be set
  1 | steps.meta_train.kind=value
    | ^^^^^^^^^^^^^^^^^^^^^
  hint: what can be set begins with params., steps.NAME.with. or steps.NAME.matrix.

--set:1:1: engine cannot be set
  1 | engine=wasm
    | ^^^^^^
  hint: what can be set begins with params., steps.NAME.with. or steps.NAME.matrix.

--set:1:1: outer_lr cannot be set
  1 | outer_lr=1
    | ^^^^^^^^
  hint: write --set steps.meta_train.with.outer_lr=…

--set:1:1: --set wants PATH=YAML
  1 | params.seed
    | ^^^^^^^^^^^
  hint: write params.seed=VALUE

--set:1:1: there is no params.seed.deeper
  1 | params.seed.deeper=1
    | ^^^^^^^^^^^^^^^^^^

--set:1:12: flow sequence must end with a ]
  1 | params.k=[1
    |            ^
  hint: as text: --set 'params.k="[1"'

--set:1:35: inner_steps must be at least 1, is 0
  1 | steps.meta_train.with.inner_steps=0
    |                                   ^

pipelines/a.yaml:9:91: q must be a whole number, is "many"
  9 |   episodes:     { kind: data.episodes, in: { pairs: split }, with: { k: "\${params.k}", q: "\${params.q}" } }
    |                                                                                           ^^^^^^^^^^^^^
  the value was written at --set:1:10: params.q=many

11 errors
`);
});

test('nothing is suggested that is not there', async () => {
  const text =
    'version: 1\nparams: { k: 5, deep: { a: 1 } }\nsteps: { v: { kind: value, with: "${params}" } }\n';
  const loaded = await load(text, {
    sets: ['params..k=1', 'params.__proto__.x=1', 'params.depe.a=1', 'params.dep.b=1', 'params..=1'],
  });
  const failures = loaded.ok ? [] : loaded.failure;
  expect(
    failures.filter(({ location }) => location?.file === '--set').map(({ message, hint }) => [message, hint]),
  ).toEqual([
    ['params..k has an empty name in it', 'write params.k'],
    ['there is no params.__proto__', 'there are params.k, params.deep'],
    ['there is no params.depe', 'did you mean params.deep.a?'],
    ['there is no params.dep', 'did you mean params.deep?'],
    ['params.. has an empty name in it', undefined],
  ]);
});

test('a name that objects do not keep is refused where any name may be set', async () => {
  const loaded = await load('version: 1\nsteps: { v: { kind: value } }\n', {
    sets: ['steps.v.with.__proto__=1', 'steps.v.with.a.__proto__.b=1', 'steps.v.with.a={ __proto__: 1 }'],
  });
  expect(loaded.ok ? [] : loaded.failure.map(({ message, hint }) => [message, hint])).toEqual([
    [
      'steps.v.with.__proto__ cannot be set: __proto__ is a word of JavaScript, and no name',
      'write another name',
    ],
    [
      'steps.v.with.a.__proto__.b cannot be set: __proto__ is a word of JavaScript, and no name',
      'write another name',
    ],
    ['__proto__ is a word of JavaScript, and no name', expect.stringContaining('write another name')],
  ]);
});

test.each([
  ['a #b', 'a comment', 19],
  ['#b', 'a comment', 17],
  ['%x', 'a directive', 17],
  ['&x', 'a name for what follows it', 17],
  ['[&x 1]', 'a name for what follows it', 18],
  ['---', 'the beginning of a document', 17],
])(
  'a value of which YAML drops a part is refused, with the quotes to write: %s',
  async (value, meaning, column) => {
    const printed = await diagnosticsOf('version: 1\nsteps: { v: { kind: value } }\n', {
      sets: [`steps.v.with.abc=${value}`],
    });
    expect(printed).toContain(`--set:1:${column + 1}: YAML takes this for ${meaning}`);
    expect(printed).toContain(`hint: as text: --set 'steps.v.with.abc="${value}"'`);
  },
);

test('a number that begins with 0 is refused, on the command line and in the file', async () => {
  const pipeline = 'version: 1\nsteps: { v: { kind: value, with: { a: 1 } } }\n';
  for (const number of ['0123', '-007', '01.5']) {
    const printed = await diagnosticsOf(pipeline, { sets: [`steps.v.with.a=${number}`] });
    expect(printed).toContain(`${number} begins with 0`);
    expect(printed).toContain(`as text: --set 'steps.v.with.a="${number}"'`);
    const inFile = await diagnosticsOf(pipeline.replace('a: 1', `a: ${number}`));
    expect(inFile).toContain(`"${number}" in quotes`);
  }
  const graph = await graphOf(pipeline, {
    sets: [
      'steps.v.with.a="0123"',
      'steps.v.with.b="a #b"',
      'steps.v.with.c=0.5',
      'steps.v.with.d=0',
      'steps.v.with.e=a#b',
      'steps.v.with.f=100%',
    ],
  });
  expect(nodeOf(graph, 'v').parameters).toEqual({
    a: '0123',
    b: 'a #b',
    c: 0.5,
    d: 0,
    e: 'a#b',
    f: '100%',
  });
});
