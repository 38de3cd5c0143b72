import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { sha256 } from '../../../src/base/canonical.js';
import type { Tree } from '../../../src/base/files/tree.js';
import { leavesOf } from '../../../src/base/files/tree.js';
import { failed, success } from '../../../src/base/result.js';
import type { PortShape } from '../../../src/kinds/port.js';
import type { Graph } from '../../../src/pipeline/graph/graph.js';
import type { CodeDigests } from '../../../src/pipeline/plan/code-digests.js';
import { readCodeDigests } from '../../../src/pipeline/plan/code-digests.js';
import {
  createManifestReader,
  differences,
  differencesInOneLine,
  findSimilar,
} from '../../../src/pipeline/plan/explain.js';
import { makePlan } from '../../../src/pipeline/plan/make-plan.js';
import type { Plan } from '../../../src/pipeline/plan/plan.js';
import type { Entry, ObjectReference } from '../../../src/store/entry.js';
import { entryFacts } from '../../support/entry-facts.js';
import { experiment, graphOf, load } from '../load-text.js';

const codes = readCodeDigests();

/** Entries in memory; what a node gives is a function of its key, or of `same` where outputs are to come out alike. */
function memory() {
  const entries = new Map<string, Entry>();
  return {
    entries,
    find: async (key: string) => entries.get(key),
    // Other objects choose otherwise.
    getText: async (digest: string) =>
      `{ "inner_lr": 0.${1 + (Number.parseInt(digest.slice(0, 8), 16) % 1e6)} }`,
    digestFile: async (path: string) =>
      path.endsWith('missing.csv')
        ? failed({ reason: 'file-not-found' as const, message: `${path} is not there` })
        : success({ digest: sha256(`content of ${path.slice(path.indexOf('/data/'))}`), bytes: 1 }),
  };
}

function objects(shape: PortShape, seed: string): Tree<ObjectReference> {
  if (shape.type !== 'bundle') return { type: 'file', leaf: { digest: sha256(seed), bytes: 1 } };
  return {
    type: 'bundle',
    ports: Object.fromEntries(
      Object.entries(shape.ports).map(([name, port]) => [name, objects(port, `${seed}/${name}`)]),
    ),
  };
}

/** Runs all that a plan asks for, level by level, until everything is a hit. Returns the nodes that ran, in order. */
async function runAll(
  graph: Graph,
  store: ReturnType<typeof memory>,
  options: { readonly codes?: CodeDigests; readonly alike?: readonly string[] } = {},
): Promise<{ ran: readonly string[]; plan: Plan }> {
  const ran: string[] = [];
  for (;;) {
    const plan = await makePlan(graph, store, options.codes ?? codes);
    if (!plan.ok) throw new Error(plan.failure[0]?.message);
    const due = plan.value.nodes.filter(({ state }) => state === 'run');
    if (due.length === 0) return { ran, plan: plan.value };
    for (const { node, key = '', preimage = {} } of due) {
      ran.push(node.id);
      const seed = options.alike?.includes(node.step) === true ? node.step : key;
      store.entries.set(key, {
        format: 1,
        key,
        preimage,
        outputs: Object.fromEntries(
          Object.entries(node.outputs).map(([port, { shape }]) => [port, objects(shape, `${seed}/${port}`)]),
        ),
        inputs: {},
        facts: { ...entryFacts, kind: node.kind },
      });
    }
  }
}

const statesOf = (plan: Plan) => plan.nodes.map(({ node, state }) => `${node.id} ${state}`);
const stepsOf = (ids: readonly string[]) => new Set(ids.map((id) => id.split(/[[@/]/)[0]));

test('nothing stored: what has no inputs runs, everything else depends; everything stored: all hits', async () => {
  const graph = await graphOf(experiment);
  const store = memory();
  const first = await makePlan(graph, store, codes);
  expect(first.ok && statesOf(first.value).slice(0, 3)).toEqual([
    'interactions run',
    'pairs depends',
    'split depends',
  ]);
  const { ran, plan } = await runAll(graph, store);
  expect(new Set(ran)).toEqual(new Set(graph.nodes.map(({ id }) => id)));
  expect(ran).toHaveLength(graph.nodes.length);
  expect(new Set(plan.nodes.map(({ state }) => state))).toEqual(new Set(['hit']));
  expect((await runAll(graph, store)).ran).toEqual([]);
});

test.each([
  [
    'outer_lr',
    'steps.meta_train.with.outer_lr=0.002',
    ['meta_train', 'validate', 'best', 'tune', 'chosen', 'few_shot'],
  ],
  [
    'max_episodes of validate',
    'steps.validate.with.max_episodes=7',
    ['validate', 'best', 'tune', 'chosen', 'few_shot'],
  ],
  ['the metric', 'steps.chosen.with.metric=mrr', ['chosen', 'few_shot']],
  [
    'the input file',
    'steps.interactions.with.path=data/other.csv',
    [
      'interactions',
      'pairs',
      'split',
      'episodes',
      'meta_train',
      'validate',
      'best',
      'tune',
      'chosen',
      'few_shot',
    ],
  ],
  ['a default written out', 'steps.pairs.with.ties=keep', []],
])('after a change of %s, what it reaches runs again and nothing else', async (_, set, steps) => {
  const store = memory();
  await runAll(await graphOf(experiment), store);
  const { ran } = await runAll(await graphOf(experiment, { sets: [set] }), store);
  expect(stepsOf(ran)).toEqual(new Set(steps));
});

test('more iterations run only the new segments and what depends on them', async () => {
  const store = memory();
  await runAll(await graphOf(experiment), store);
  const { ran } = await runAll(await graphOf(experiment, { sets: ['params.iterations=400'] }), store);
  expect(ran.filter((id) => /^(meta_train|validate)/.test(id))).toEqual([
    'meta_train@400',
    'validate@400',
    'validate@400/metrics',
  ]);
});

test('one value more in a sweep runs one node and what chooses', async () => {
  const store = memory();
  const alike = ['chosen'];
  await runAll(await graphOf(experiment), store, { alike });
  const wider = experiment.replace('0.05, 0.1]', '0.05, 0.1, 0.2]');
  const { ran } = await runAll(await graphOf(wider), store, { alike });
  // The same choice comes out, so the wave stops there.
  expect(ran).toEqual(['tune[inner_lr=0.2]', 'tune[inner_lr=0.2]/metrics', 'chosen']);
});

test('a kind’s code reaches its steps, an engine’s code the nodes that compute with it', async () => {
  const store = memory();
  const graph = await graphOf(experiment);
  const alike = [...new Set(graph.nodes.map(({ step }) => step))];
  const wasm = codes.engines['wasm'];
  const select = codes.kinds['select'];
  if (wasm === undefined || select === undefined) throw new Error('not built');
  await runAll(graph, store, { alike });
  const otherKind = { ...codes, kinds: { ...codes.kinds, select: { ...select, digest: sha256('other') } } };
  expect(stepsOf((await runAll(graph, store, { alike, codes: otherKind })).ran)).toEqual(
    new Set(['best', 'chosen']),
  );
  const otherEngine = { ...codes, engines: { wasm: { ...wasm, digest: sha256('other') } } };
  expect(stepsOf((await runAll(graph, store, { alike, codes: otherEngine })).ran)).toEqual(
    new Set(['meta_train', 'validate', 'tune', 'few_shot']),
  );
});

test('forced nodes run although they are stored, and what is below them depends', async () => {
  const store = memory();
  const graph = await graphOf(experiment);
  await runAll(graph, store);
  const plan = await makePlan(graph, store, codes, { force: ({ step }) => step === 'chosen' });
  expect(plan.ok && statesOf(plan.value).filter((state) => !state.endsWith('hit'))).toEqual([
    'chosen run',
    'few_shot depends',
    'few_shot/metrics depends',
  ]);
});

test('files that cannot be read are reported all at once, where they are named', async () => {
  const graph = await graphOf(`version: 1
params: { file: a/missing.csv }
steps:
  a: { kind: data.import, with: { path: "\${params.file}" } }
  b: { kind: data.import, with: { path: b/missing.csv } }
  c: { kind: data.import, with: { path: data/there.csv } }
`);
  const plan = await makePlan(graph, memory(), codes);
  expect(plan.ok ? [] : plan.failure.map(({ location }) => `${location?.line}:${location?.column}`)).toEqual([
    '4:41',
    '5:41',
  ]);
});

test('a file that is missing is reported with what it must hold, where its kind tells', async () => {
  const splits = ['train', 'val', 'test'].map(
    (split) => `${split}: { pairs: data/${split}.parquet, episodes: data/${split}-missing.csv }`,
  );
  const graph = await graphOf(`version: 1
steps:
  files: { kind: data.files, with: { items: missing.csv, ${splits.join(', ')} } }
`);
  const plan = await makePlan(graph, memory(), codes);
  const failures = plan.ok ? [] : plan.failure;
  const episodes =
    'expected: a parquet file with the columns episode_id BIGINT (may be left out), user_id VARCHAR, support_pair_ids BIGINT[], query_pair_ids BIGINT[]';
  expect(failures.map(({ hint }) => hint)).toEqual([
    episodes,
    episodes,
    episodes,
    'expected: JSON object: item name -> id, ids 0, 1, … without a gap.',
  ]);
});

test('a program that names a file without declaring it is refused with the line to add', async () => {
  const files = (text: string) => ({ 'pipelines/a.yaml': text, 'scripts/go.py': 'print(1)\n' });
  const text = 'version: 1\nsteps: { go: { kind: command, with: { argv: [python3, scripts/go.py] } } }\n';
  const loaded = await load(files(text));
  expect(loaded.ok ? [] : loaded.failure).toMatchObject([
    {
      reason: 'undeclared-file',
      location: { line: 2, column: 55 },
      hint: expect.stringContaining('files: [scripts/go.py]'),
    },
  ]);
  const graph = await graphOf(files(text.replace('go.py] }', 'go.py], files: [scripts/go.py] }')));
  expect(graph.nodes[0]?.files[0]).toMatchObject({ path: 'scripts/go.py' });
});

test('keys do not depend on the order of keys, comments, file names or the names of steps', async () => {
  const keysOf = async (text: string, file = 'pipelines/a.yaml') => {
    const { plan } = await runAll(await graphOf({ [file]: text }, { file }), memory());
    return new Set(plan.nodes.map(({ key }) => key));
  };
  const original = await keysOf(experiment);
  expect(original.size).toBe(27);
  const parsed = (await graphOf(experiment)).configuration;
  const shuffled = (value: unknown, random: () => number): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, below]) => ({ name, below: shuffled(below, random), at: random() }))
        .sort((one, other) => one.at - other.at)
        .map(({ name, below }) => [name, below]),
    );
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20 }),
      async (numbers) => {
        let next = 0;
        const text = stringify(shuffled(parsed, () => numbers[next++ % numbers.length] ?? 0));
        const commented = text.replaceAll('\n', ' # a remark\n').replaceAll('meta_train', 'other_name');
        expect(await keysOf(commented, 'elsewhere/b.yaml')).toEqual(original);
      },
    ),
    { numRuns: 10 },
  );
});

test('nodes stand in an order in which every input comes earlier, however the steps are written', async () => {
  const dag = fc.array(fc.array(fc.nat({ max: 20 }), { maxLength: 4 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(dag, fc.array(fc.nat()), async (needs, order) => {
      const steps = needs.map((numbers, index) => {
        const inputs = index === 0 ? [] : numbers.map((number, port) => `p${port}: s${number % index}`);
        return {
          line: `  s${index}: { kind: command, in: { ${inputs.join(', ')} }, with: { argv: [cat], outputs: { out: out.txt } } }`,
          at: order[index] ?? 0,
        };
      });
      const lines = steps.sort((one, other) => one.at - other.at).map(({ line }) => line);
      const graph = await graphOf(`version: 1\nsteps:\n${lines.join('\n')}\n`);
      const seen = new Set<string>();
      for (const { id, inputs } of graph.nodes) {
        for (const tree of Object.values(inputs)) {
          for (const { leaf } of leavesOf(tree)) expect(seen).toContain(leaf.node);
        }
        seen.add(id);
      }
      expect(seen.size).toBe(needs.length);
    }),
    { numRuns: 30 },
  );
});

test('a difference is told from the hashed text', async () => {
  const manifests = new Map([
    ['old', 'duckdb@1.0\nsrc/kinds/select aa\nsrc/learning/adam bb\nsrc/gone cc\n'],
    ['new', 'duckdb@1.1\nsrc/kinds/select aa\nsrc/learning/adam b2\nsrc/new dd\n'],
  ]);
  const before = {
    format: 1,
    kind: 'maml.train',
    code: 'old',
    params: { outer_lr: 0.001, deep: { a: [1], b: 2 }, gone: true },
    inputs: { train: 'x', state: 'y' },
    files: { path: '1' },
    engine: { name: 'reference', digest: 'e' },
  };
  const after = {
    ...before,
    code: 'new',
    params: { outer_lr: 0.002, deep: { a: [1, 2], b: 2 }, extra: 'text' },
    inputs: { train: 'z', more: 'w' },
    files: { path: '2' },
    engine: { name: 'wasm', digest: 'f' },
  };
  const read = async (digest: string) => manifests.get(digest);
  expect(await differences(before, after, read)).toEqual([
    'with.outer_lr 0.001 -> 0.002',
    'with.deep.a [1] -> [1,2]',
    'with.gone removed, was true',
    'with.extra added: text',
    'input train changed',
    'input state removed',
    'input more added',
    'file path changed',
    'engine reference -> wasm',
    'code of maml.train changed: duckdb 1.0 -> 1.1, src/gone removed, src/learning/adam, src/new added',
  ]);
  expect(await differences(before, before, read)).toEqual([]);
  expect(await differences(before, { ...before, code: 'unknown' }, read)).toEqual([
    'code of maml.train changed',
  ]);
  expect(
    await differences(
      before,
      { ...before, engine: { name: 'reference', digest: 'new' } },
      async () => undefined,
    ),
  ).toEqual(['code of engine reference changed']);
});

test('this build’s manifests are known without the store', async () => {
  const read = createManifestReader(codes, { getText: async () => 'stored' });
  expect(await read(codes.kinds['select']?.digest ?? '')).toContain('src/kinds/choose/select');
  expect(await read('other')).toBe('stored');
});

test('a difference of kinds says only that, and one line folds what is long', async () => {
  const read = async (digest: string) =>
    Array.from({ length: 30 }, (_, index) => `src/learning/module${index} ${digest}\n`).join('');
  const before = { kind: 'value', code: 'old', params: { a: 1 }, inputs: { x: '1' } };
  const command = { kind: 'command', code: 'new', params: { argv: ['x'.repeat(900)] }, inputs: {} };
  expect(await differences(before, command, read)).toEqual(['kind value -> command']);

  const after = { ...before, code: 'new' };
  expect(await differencesInOneLine(before, after, read)).toBe(
    'code of value changed: src/learning/module0, src/learning/module1 and 28 more',
  );
  expect((await differences(before, after, read))[0]).toContain('src/learning/module29');

  const { inputs: _, ...early } = { ...before, params: { a: 'x'.repeat(900), b: 1, c: 1, d: 1 } };
  const line = await differencesInOneLine(before, early, read);
  expect(line).toMatch(/^with\.a 1 -> x+\.\.\.; with\.b added: 1; with\.c added: 1; and 1 more$/);
  expect(line.length).toBeLessThan(250);
});

test('without a run to compare a node with, it is the most similar entry of its kind', async () => {
  const store = memory();
  const { plan } = await runAll(await graphOf(experiment), store);
  const tuned = plan.nodes.find(({ node }) => node.id === 'tune[inner_lr=0.1]');
  const preimage = {
    ...tuned?.preimage,
    params: { inner_lr: 0.7, steps: [1, 3, 5, 10], max_prefix_length: 50 },
  };
  const nearest = await findSimilar(preimage, store.entries.values());
  expect(nearest?.source).toMatch(/^entry [0-9a-f]{8}, the most similar of eval.few_shot$/);
  expect(nearest?.preimage['params']).toMatchObject({ steps: [1, 3, 5, 10] });
  expect(await findSimilar({ kind: 'new.kind' }, store.entries.values())).toBeUndefined();
});
