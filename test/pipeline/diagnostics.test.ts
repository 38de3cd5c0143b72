import { expect, test } from 'vitest';
import type { Failure } from '../../src/base/failure.js';
import { metricNames } from '../../src/statistics/metrics.js';
import { smallExperiment } from '../support/small-experiment.js';
import { diagnosticsOf, experiment, load } from './load-text.js';

test('everything that is wrong with a pipeline is said at once, in the order of the file, each with a caret', async () => {
  expect(
    await diagnosticsOf(`version: 1
nmae: typo
params: { rate: fast, k: 5 }
steps:
  pairs: { kind: data.pairs, in: { interaction: events } }
  events: { kind: data.import, with: { path: a.csv, formt: csv } }
  split: { kind: data.splt, in: { pairs: pairs } }
  other: { kind: data.split, in: { pairs: pairs }, with: { train: 2, seed: "\${params.sed}" } }
  episodes: { kind: data.episodes, in: { pairs: other }, with: { k: "\${params.k}", q: many } }
  train:
    kind: maml.train
    in: { train: episodes.tran }
    with:
      outer_lr: "\${params.rate}"
      second_order: "yes"
    engine: refrence
  tune: { kind: eval.few_shot, in: { model: episodes.val, episodes: episodes }, matrix: { innr_lr: [1] } }
  best: { kind: select, in: { candidates: train.checkpoints, rows: tune }, resources: { gpus: -1 } }
  last: { kind: select, in: { rows: tnue } }
`),
  ).toBe(`pipelines/a.yaml:2:1: unknown key nmae
  2 | nmae: typo
    | ^^^^
  hint: did you mean name?

pipelines/a.yaml:5:36: data.pairs has no input interaction
  5 |   pairs: { kind: data.pairs, in: { interaction: events } }
    |                                    ^^^^^^^^^^^
  hint: did you mean interactions?

pipelines/a.yaml:6:53: data.import has no parameter formt
  6 |   events: { kind: data.import, with: { path: a.csv, formt: csv } }
    |                                                     ^^^^^
  hint: did you mean format?

pipelines/a.yaml:7:18: there is no kind data.splt
  7 |   split: { kind: data.splt, in: { pairs: pairs } }
    |                  ^^^^^^^^^
  hint: did you mean data.split?

pipelines/a.yaml:8:67: train must be at most 1, is 2
  8 |   other: { kind: data.split, in: { pairs: pairs }, with: { train: 2, seed: "\${params.sed}" } }
    |                                                                   ^

pipelines/a.yaml:8:76: there is no parameter params.sed
  8 |   other: { kind: data.split, in: { pairs: pairs }, with: { train: 2, seed: "\${params.sed}" } }
    |                                                                            ^^^^^^^^^^^^^^^
  hint: there are params.rate, params.k

pipelines/a.yaml:9:87: q must be a whole number, is "many"
  9 |   episodes: { kind: data.episodes, in: { pairs: other }, with: { k: "\${params.k}", q: many } }
    |                                                                                       ^^^^

pipelines/a.yaml:12:18: there is no port episodes.tran
  12 |     in: { train: episodes.tran }
     |                  ^^^^^^^^^^^^^
  hint: did you mean episodes.train?

pipelines/a.yaml:14:17: outer_lr must be a number, is "fast"
  14 |       outer_lr: "\${params.rate}"
     |                 ^^^^^^^^^^^^^^^^
  the value was written at pipelines/a.yaml:3:17: params: { rate: fast, k: 5 }

pipelines/a.yaml:15:21: second_order must be true or false, is "yes"
  15 |       second_order: "yes"
     |                     ^^^^^

pipelines/a.yaml:16:13: there is no engine refrence
  16 |     engine: refrence
     |             ^^^^^^^^
  hint: did you mean reference?

pipelines/a.yaml:17:45: model wants a model, episodes.val is pairs+episodes+items
  17 |   tune: { kind: eval.few_shot, in: { model: episodes.val, episodes: episodes }, matrix: { innr_lr: [1] } }
     |                                             ^^^^^^^^^^^^

pipelines/a.yaml:17:69: episodes wants pairs+episodes+items, episodes is train+val+test
  17 |   tune: { kind: eval.few_shot, in: { model: episodes.val, episodes: episodes }, matrix: { innr_lr: [1] } }
     |                                                                     ^^^^^^^^
  hint: write episodes.train or episodes.val or episodes.test

pipelines/a.yaml:17:91: eval.few_shot has no parameter innr_lr
  17 |   tune: { kind: eval.few_shot, in: { model: episodes.val, episodes: episodes }, matrix: { innr_lr: [1] } }
     |                                                                                           ^^^^^^^
  hint: did you mean inner_lr?

pipelines/a.yaml:18:3: select needs metric
  18 |   best: { kind: select, in: { candidates: train.checkpoints, rows: tune }, resources: { gpus: -1 } }
     |   ^^^^
  hint: add metric: TEXT

pipelines/a.yaml:18:95: resources.gpus must be a whole number, at least 0
  18 |   best: { kind: select, in: { candidates: train.checkpoints, rows: tune }, resources: { gpus: -1 } }
     |                                                                                               ^^

pipelines/a.yaml:19:3: select needs metric
  19 |   last: { kind: select, in: { rows: tnue } }
     |   ^^^^
  hint: add metric: TEXT

pipelines/a.yaml:19:37: there is no step tnue
  19 |   last: { kind: select, in: { rows: tnue } }
     |                                     ^^^^
  hint: did you mean tune?

18 errors
`);
});

test('what is missing, doubled or ambiguous says what to write', async () => {
  expect(
    await diagnosticsOf(`version: 1
params: { big: [1, 2] }
steps:
  nokind: { in: { x: y } }
  two: { kind: value, with: { a: 1 }, matrix: { a: [1, 2], b: [3, 3], c: [] } }
  twice: { kind: command, in: { x: two }, over: { x: two }, with: { argv: "ls \${params.big}", chooses: 1 } }
  chained: { kind: value, with: { x: "\${oops}" }, in: { "y": 5 }, engine: reference }
  one: { kind: command, over: { x: nolist }, with: { argv: ls, env: { A: [] } } }
  nolist: { kind: value }
  other: { kind: value, matrix: { p: [1, 2] } }
  third: { kind: command, in: { x: 'other[p=3]', y: nolist.valu.e, z: other }, with: { argv: [1], files: [] } }
  chosen: { kind: value, in: { x: 'nolist[a=1].value', z: 'other[q=1]' } }
`),
  ).toBe(`pipelines/a.yaml:4:3: step nokind has no kind
  4 |   nokind: { in: { x: y } }
    |   ^^^^^^
  hint: add kind: KIND

pipelines/a.yaml:5:49: a is in both with and matrix
  5 |   two: { kind: value, with: { a: 1 }, matrix: { a: [1, 2], b: [3, 3], c: [] } }
    |                                                 ^

pipelines/a.yaml:5:67: b=3 stands in the matrix twice
  5 |   two: { kind: value, with: { a: 1 }, matrix: { a: [1, 2], b: [3, 3], c: [] } }
    |                                                                   ^

pipelines/a.yaml:5:74: matrix.c must be a list of at least one value
  5 |   two: { kind: value, with: { a: 1 }, matrix: { a: [1, 2], b: [3, 3], c: [] } }
    |                                                                          ^^
  hint: write c: [A, B]

pipelines/a.yaml:6:51: port x is in both in and over
  6 |   twice: { kind: command, in: { x: two }, over: { x: two }, with: { argv: "ls \${params.big}", chooses: 1 } }
    |                                                   ^

pipelines/a.yaml:6:75: \${params.big} is a list and cannot be part of a text
  6 |   twice: { kind: command, in: { x: two }, over: { x: two }, with: { argv: "ls \${params.big}", chooses: 1 } }
    |                                                                           ^^^^^^^^^^^^^^^^^^
  hint: write "\${params.big}" alone

pipelines/a.yaml:6:104: chooses must be true or false, is 1
  6 |   twice: { kind: command, in: { x: two }, over: { x: two }, with: { argv: "ls \${params.big}", chooses: 1 } }
    |                                                                                                        ^

pipelines/a.yaml:7:38: \${oops} is no parameter
  7 |   chained: { kind: value, with: { x: "\${oops}" }, in: { "y": 5 }, engine: reference }
    |                                      ^^^^^^^^^
  hint: write \${params.NAME}, or $\${ for the two characters themselves

pipelines/a.yaml:7:62: port y wants the name of a step or of one of its ports
  7 |   chained: { kind: value, with: { x: "\${oops}" }, in: { "y": 5 }, engine: reference }
    |                                                              ^
  hint: write y: STEP or y: STEP.PORT

pipelines/a.yaml:7:75: value computes without an engine
  7 |   chained: { kind: value, with: { x: "\${oops}" }, in: { "y": 5 }, engine: reference }
    |                                                                           ^^^^^^^^^

pipelines/a.yaml:8:36: over wants a list, nolist is value
  8 |   one: { kind: command, over: { x: nolist }, with: { argv: ls, env: { A: [] } } }
    |                                    ^^^^^^
  hint: write in: { x: nolist }

pipelines/a.yaml:8:74: env.A must be text or a number or true or false, is []
  8 |   one: { kind: command, over: { x: nolist }, with: { argv: ls, env: { A: [] } } }
    |                                                                          ^^

pipelines/a.yaml:11:36: other has no node [p=3]
  11 |   third: { kind: command, in: { x: 'other[p=3]', y: nolist.valu.e, z: other }, with: { argv: [1], files: [] } }
     |                                    ^^^^^^^^^^^^
  hint: did you mean other[p=1]?

pipelines/a.yaml:11:53: there is no port nolist.valu
  11 |   third: { kind: command, in: { x: 'other[p=3]', y: nolist.valu.e, z: other }, with: { argv: [1], files: [] } }
     |                                                     ^^^^^^^^^^^^^
  hint: did you mean nolist.value?

pipelines/a.yaml:12:32: value has no input x
  12 |   chosen: { kind: value, in: { x: 'nolist[a=1].value', z: 'other[q=1]' } }
     |                                ^

pipelines/a.yaml:12:35: nolist has no matrix
  12 |   chosen: { kind: value, in: { x: 'nolist[a=1].value', z: 'other[q=1]' } }
     |                                   ^^^^^^^^^^^^^^^^^^^

pipelines/a.yaml:12:56: value has no input z
  12 |   chosen: { kind: value, in: { x: 'nolist[a=1].value', z: 'other[q=1]' } }
     |                                                        ^

pipelines/a.yaml:12:59: the matrix of other has no q
  12 |   chosen: { kind: value, in: { x: 'nolist[a=1].value', z: 'other[q=1]' } }
     |                                                           ^^^^^^^^^^^^
  hint: there is p

18 errors
`);
});

test('a syntax error is said once a line, and what lacks quotes is given them', async () => {
  expect(
    await diagnosticsOf(`version: 1
steps:
  a: { kind: value, with: { x: \${params.x} } }
  b: { kind: command, in: { x: tune[lr=1].metrics }, with: { argv: [cat] } }
  c: [1, 2
`),
  ).toBe(`pipelines/a.yaml:3:33: unexpected flow-map-start at node end
  3 |   a: { kind: value, with: { x: \${params.x} } }
    |                                 ^
  hint: write it in quotes: "\${params.x}"
`);
});

test('maps, texts and lists are asked for by name', async () => {
  const loaded = await load(`version: 2
name: 5
default: maybe
params: [1]
waive: {}
steps:
  a: { kind: value, with: 1, in: x, over: [y], matrix: 3, resources: gpu }
  b: text
  "c d": { kind: 7 }
  e: { kind: value, resources: { gpu: 1 } }
`);
  expect(
    loaded.ok ? [] : loaded.failure.map(({ message, location }) => `${location?.line}: ${message}`),
  ).toEqual([
    '1: this kshot reads version 1',
    '2: name must be text',
    '3: default must be true or false',
    '4: params must be a map',
    '5: waive must be a list',
    '7: with must be a map',
    '7: in must be a map',
    '7: over must be a map',
    '7: matrix must be a map',
    '7: resources must be a map',
    '8: step b must be a map',
    '9: "c d" is no name of a step',
    '9: kind must be text',
    '10: gpu is now gpus',
  ]);
});

test('a list for one thing, lists of different lengths, and inputs left out say what to write', async () => {
  const text = experiment
    .replace(
      'in: { model: best, episodes: episodes.test, settings: chosen.settings }',
      'in: { model: meta_train.checkpoints }',
    )
    .replace(
      'over: { model: meta_train.checkpoints }  ',
      'over: { model: meta_train.checkpoints, settings: several.settings }  ',
    )
    .concat(
      '  several: { kind: select, in: { rows: tune }, matrix: { metric: [mrr, recall@5] }, with: { settings: [steps] } }\n',
    )
    .replace(
      'in: { model: best, episodes: episodes.val }',
      'in: { model: meta_train, episodes: episodes.val }',
    )
    .replace(
      '  chosen: ',
      '  lists: { kind: select, in: { candidates: episodes, rows: tune }, with: { metric: mrr } }\n  chosen: ',
    );
  const loaded = await load(text);
  expect(
    loaded.ok ? [] : loaded.failure.map(({ reason, message, hint }) => [reason, message, hint].join('; ')),
  ).toEqual([
    'length-mismatch; over goes through lists together, but settings has 2 elements and model 3; ',
    'invalid-value; rows (5) are not the evaluations of candidates (1): each candidate wants some, such as those of a step `over` the same list; ',
    'missing-input; few_shot has no input episodes; add in: { episodes: STEP.PORT }',
    'wrong-port; model wants a model, meta_train.checkpoints is a list of 3 (a model each); write over: { model: meta_train.checkpoints } for a node each, or name one element',
  ]);
});

test('bytes where something else is wanted, and a path where a step is, say what to write', async () => {
  const loaded = await load(`version: 1
steps:
  train: { kind: command, in: { rows: data/train.csv }, with: { argv: [/bin/true], outputs: { metrics: m.json } } }
  scored: { kind: command, with: { argv: [/bin/true], outputs: { metrics: m.json } } }
  best: { kind: select, in: { rows: scored.metrics }, with: { metric: mrr } }
  pairs: { kind: data.split, in: { pairs: scored.metrics } }
`);
  expect(loaded.ok ? [] : loaded.failure.map(({ message, hint }) => [message, hint].join('; '))).toEqual([
    'port rows wants the name of a step or of one of its ports; write rows: STEP or rows: STEP.PORT; files of the project go under `with`, files: [data/train.csv]',
    'rows wants a list of metrics, scored.metrics is bytes; where a program writes metrics, its step says so: outputs: { NAME: { path: PATH, as: metrics } }',
    'pairs wants pairs+items, scored.metrics is bytes; ',
  ]);
});

test('a step that gives nothing cannot be an input, alone or among others', async () => {
  expect(
    await diagnosticsOf(`version: 1
steps:
  check: { kind: command, with: { argv: [/bin/false] } }
  sweep: { kind: command, with: { argv: [/bin/true], params: { n: 0 } }, matrix: { n: [1, 2] } }
  after: { kind: command, in: { checked: check }, with: { argv: [/bin/true] } }
  both: { kind: command, in: { all: [number, sweep] }, with: { argv: [/bin/true] } }
  number: { kind: value, with: { a: 1 } }
`),
  ).toBe(`pipelines/a.yaml:5:42: check gives nothing that another step could take
  5 |   after: { kind: command, in: { checked: check }, with: { argv: [/bin/true] } }
    |                                          ^^^^^
  hint: declare what it writes, in the \`with\` of check: outputs: { NAME: FILE }

pipelines/a.yaml:6:46: sweep gives nothing that another step could take
  6 |   both: { kind: command, in: { all: [number, sweep] }, with: { argv: [/bin/true] } }
    |                                              ^^^^^
  hint: declare what it writes, in the \`with\` of sweep: outputs: { NAME: FILE }

2 errors
`);
});

test('what is wrong with a program, its params and what it asks of the machine is said with what to write', async () => {
  const loaded = await load(`version: 1
steps:
  a: { kind: command, with: { argv: [sh, trian.sh], params: { lr: 1 } }, matrix: { env: [{ A: 1 }] } }
  b: { kind: command, with: { argv: [x], timeout_seconds: 5, params: { "a b": 1 } } }
  d: { kind: command, with: { argv: [x] }, resources: { cpus: 0, memory: 4G, time: 5 }, retries: -1 }
  e: { kind: command, with: { argv: [x], params: { optim: { wd: 2 } } }, matrix: { optim: [1], optim.wd: [2], optim.dw: [3] } }
  f: { kind: command, in: { settings: h.settings }, with: { argv: [x], params: { rate: 1 } }, matrix: { rate: [1] } }
  g: { kind: command, in: { settings: i.settings }, with: { argv: [x], params: { rate: 1 } }, matrix: { rate: [1] } }
  h: { kind: select, in: { rows: scores }, with: { metric: mrr, settings: [lr] } }
  i: { kind: select, in: { rows: scores }, with: { metric: mrr, settings: [rate] } }
  scores: { kind: baseline.random, in: { episodes: e.val } }
`);
  const told = (loaded.ok ? [] : loaded.failure).map(
    ({ message, hint = '', location }) =>
      `${location?.line}: ${message.replace(/ \S*trian/, ' trian')}; ${hint}`,
  );
  expect(told).toEqual([
    '3: there is no file trian.sh; ',
    '3: params declares no env, and a matrix names these; declare what varies, with a default: with: { params: { NAME: VALUE } }',
    '4: command has no parameter timeout_seconds; write on the step itself: resources: { time: 90 s }',
    '4: "a b" is no name in params: it must look like "name-1"; ',
    '5: resources.cpus must be a whole number, at least 1; ',
    '5: resources.memory must be a size, such as 4 GiB or 500 MB; ',
    '5: resources.time must be a time, such as 2 h, 1 h 30 min or 90 s; ',
    '5: retries must be a whole number, at least 0; ',
    '6: optim.wd and optim are both in the matrix, and one is a part of the other; ',
    '6: params declares no optim.dw, and a matrix names these; did you mean optim.wd?',
    '7: h.settings sets lr, which params does not declare; there is rate',
    '8: rate comes from i.settings and is written here too; leave it out here, or out of the settings',
    '11: there is no port e.val; ',
  ]);
});

test('one fault of a step hides no other of it', async () => {
  const loaded = await load({
    'pipelines/a.yaml': `version: 1
steps:
  v: { kind: value }
  e: { kind: data.synthetic }
  tune: { kind: eval.few_shot, in: { modle: v, episodes: e.vall, settings: v.setings } }
  each: { kind: eval.few_shot, over: { episodes: e.vall, modle: v } }
  names: { kind: command, with: { argv: [cat], outputs: { "../x": out, c: "", d: { pth: x } } } }
  leaves:
    kind: command
    with:
      argv: ls
      files: [here.py, ../up, nope.py]
      outputs: { a: here, b: { path: ../x } }
`,
    'here.py': '',
  });
  const underlined = ({ message, location }: Failure) => {
    const { line = 0, column = 0, length = 0, lineText = '' } = location ?? {};
    return `${line} ${lineText.slice(column - 1, column - 1 + length)}: ${message.replace(/ \S*nope.py/, ' nope.py')}`;
  };
  expect(loaded.ok ? [] : loaded.failure.map(underlined)).toEqual([
    '5 modle: eval.few_shot has no input modle',
    '5 e.vall: there is no port e.vall',
    '5 v.setings: there is no port v.setings',
    '6 e.vall: there is no port e.vall',
    '6 modle: eval.few_shot has no input modle',
    '6 v: over wants a list, v is value',
    '7 "../x": "../x" is no name in outputs: it must look like "name_1"',
    '7 "": outputs.c must have at least 1 characters, is ""',
    '7 pth: outputs.d has no parameter pth',
    '11 ls: argv is one string, which needs a shell: write a list, or add `shell: true`',
    '12 ../up: files: ../up is not a path inside the root, relative to it; outside of it, write an absolute path',
    '12 nope.py: there is no file nope.py',
    "13 { path: ../x }: outputs.b: ../x leaves the step's folder",
  ]);
});

test.each([
  ['mrrr', 'did you mean mrr?'],
  ['coverage', `there are ${metricNames.join(', ')}`],
])('%s, a metric that no evaluation before select has, is refused at planning', async (metric, hint) => {
  const text = smallExperiment.replace(
    /(kind: select\n[\s\S]*?metric: )mrr/,
    (_match, before: string) => before + metric,
  );
  expect(text).not.toBe(smallExperiment);
  const loaded = await load(text);
  if (loaded.ok) throw new Error('the pipeline is right');
  expect(loaded.failure).toEqual([
    expect.objectContaining({
      reason: 'invalid-value',
      message: expect.stringMatching(`^metric is ${metric}, which (scores|rows) does not have$`),
      hint,
      location: expect.objectContaining({ lineText: expect.stringContaining(`metric: ${metric}`) }),
    }),
  ]);
});

test('more nodes than fit into memory are counted, not made, and refused at their place', async () => {
  const values = JSON.stringify(Array.from({ length: 1000 }, (_, value) => value));
  const text = `version: 1
name: many
steps:
  one: { kind: value, matrix: { a: ${values}, b: ${values}, c: ${values}, d: ${values} } }
`;
  const loaded = await load(text);
  expect(loaded).toMatchObject({
    ok: false,
    failure: [
      {
        reason: 'invalid-value',
        message: 'one would become at least 1000000000000 nodes; a pipeline may have 100000',
        hint: 'change the values of a or the values of b or the values of c or the values of d',
        location: { line: 4, column: 3 },
      },
    ],
  });
});

test('nodes of all steps count, and those of a matrix times a list', async () => {
  const values = JSON.stringify(Array.from({ length: 300 }, (_, value) => value));
  const text = `version: 1
name: many
steps:
  one: { kind: value, matrix: { a: ${values} } }
  two: { kind: value, matrix: { a: ${values}, b: ${values} } }
  three: { kind: value, matrix: { a: ${values}, b: ${values} } }
`;
  expect(await diagnosticsOf(text)).toContain(
    'three would become at least 90000 nodes, after 90300 of other steps; a pipeline may have 100000',
  );
});

test('a kind that is gone is refused in its place, with what to write instead', async () => {
  const loaded = await load(
    experiment
      .replace('best: { kind: select,', 'best: { kind: checkpoint.select,')
      .replace('rows: validate }', 'scores: validate }'),
  );
  // One failure says it: what takes from the step says nothing.
  expect(loaded.ok ? [] : loaded.failure).toEqual([
    {
      reason: 'unknown-kind',
      message: 'there is no kind checkpoint.select',
      hint: 'write kind: select, in: { candidates: …, rows: … } with what was scores as rows, and NAME.chosen for NAME.model',
      location: expect.objectContaining({ file: 'pipelines/a.yaml', line: 20, column: 17 }),
    },
  ]);
});
