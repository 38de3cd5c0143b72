import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Failure } from '../../../src/base/failure.js';
import type { JsonObject } from '../../../src/base/json.js';
import { kinds } from '../../../src/kinds/registry.js';
import { countNodesOfSteps } from '../../../src/pipeline/graph/count-nodes.js';
import { orderSteps } from '../../../src/pipeline/graph/order-steps.js';
import { readSpec } from '../../../src/pipeline/spec/spec.js';
import { readPipeline } from '../../../src/pipeline/text/read-pipeline.js';
import { substitute } from '../../../src/pipeline/text/substitute.js';
import { temporaryProject } from '../../support/temporary-project.js';
import { graphOf, load } from '../load-text.js';

const project = temporaryProject({});

/** How many nodes each step is counted to become. */
function countOf(text: string): { readonly [step: string]: number } {
  project.write('pipelines/a.yaml', text);
  const read = readPipeline(project.root, 'pipelines/a.yaml');
  if (!read.ok) throw new Error('the pipeline cannot be read');
  const failures: Failure[] = [];
  const report = (failure: Failure) => failures.push(failure);
  const spec = readSpec(substitute(read.value, report).pipeline, { kinds, fallbackName: 'a' }, report);
  const counted = countNodesOfSteps(orderSteps(spec, report), report);
  expect(failures).toEqual([]);
  return Object.fromEntries([...(counted ?? [])].map(([name, { nodes }]) => [name, nodes]));
}

/** How many nodes each step becomes. */
async function madeOf(text: string): Promise<{ readonly [step: string]: number }> {
  const { nodes } = await graphOf(text);
  const made: { [step: string]: number } = {};
  for (const { step } of nodes) made[step] = (made[step] ?? 0) + 1;
  return made;
}

/** Every way in which a step comes to its number of nodes, with numbers of the caller's. */
function pipelineOf(
  iterations: readonly number[],
  interval: number,
  rates: readonly number[],
  epochs: number,
) {
  const values = (numbers: readonly number[]) => `[${numbers.join(', ')}]`;
  return `version: 1
steps:
  interactions: { kind: data.synthetic }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  split: { kind: data.split, in: { pairs: pairs } }
  episodes: { kind: data.episodes, in: { pairs: split } }
  one: { kind: maml.train, in: { train: episodes.train }, with: { iterations: ${iterations[0]}, checkpoint_interval: ${interval} } }
  by_default: { kind: maml.train, in: { train: episodes.train } }
  many:
    kind: maml.train
    in: { train: episodes.train }
    with: { checkpoint_interval: ${interval} }
    matrix: { seed: [1, 2], iterations: ${values(iterations)} }
  gru: { kind: supervised.train, in: { train: episodes.train }, with: { epochs: ${epochs} } }
  ends: { kind: eval.zero_shot, over: { model: many.model }, in: { episodes: episodes.val } }
  each:
    kind: eval.few_shot
    over: { model: "many[seed=1, iterations=${iterations[0]}].checkpoints" }
    in: { episodes: episodes.val }
    matrix: { inner_lr: ${values(rates)} }
  some: { kind: command, over: { x: "each[inner_lr=${rates[0]}]" }, with: { argv: [cat] } }
  seeds: { kind: command, over: { x: "many[seed=2].model" }, with: { argv: [cat] } }
  lists: { kind: command, over: { x: many.checkpoints }, with: { argv: [cat] } }
  deep: { kind: eval.zero_shot, over: { model: many.checkpoints }, in: { episodes: episodes.val }, matrix: { max_episodes: [1, 2] } }
  after: { kind: command, over: { x: deep }, with: { argv: [cat] } }
  together: { kind: command, over: { x: one.checkpoints, y: one.checkpoints }, with: { argv: [cat] } }
  several: { kind: command, over: { x: [each, one.model, one.checkpoints, gru.checkpoints] }, with: { argv: [cat] } }
  chosen: { kind: select, in: { candidates: gru.checkpoints, rows: gru_val }, with: { metric: mrr } }
  gru_val: { kind: eval.zero_shot, over: { model: gru.checkpoints }, in: { episodes: episodes.val } }
`;
}

test('as many nodes are counted as are made, for every way in which a step becomes several', async () => {
  const numbers = (max: number, minLength: number) =>
    fc.uniqueArray(fc.integer({ min: 1, max }), { minLength, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      // Of one alone, a seed would have a single model, and no list.
      numbers(40, 2),
      fc.integer({ min: 1, max: 12 }),
      numbers(3, 1),
      fc.integer({ min: 1, max: 4 }),
      async (...sizes) => {
        const text = pipelineOf(...sizes);
        expect(countOf(text)).toEqual(await madeOf(text));
      },
    ),
    { numRuns: 8 },
  );
});

test('of steps that would together become too many nodes, none is expanded', async () => {
  const values = JSON.stringify(Array.from({ length: 300 }, (_, value) => value));
  let read = 0;
  const { value } = kinds;
  const counting = {
    ...kinds,
    value: {
      ...value!,
      parameters: {
        ...value!.parameters,
        canonical: (parameters: JsonObject) => {
          read += 1;
          return value!.parameters.canonical(parameters);
        },
      },
    },
  };
  const textOf = (last: string) => `version: 1
steps:
  large: { kind: value, matrix: { a: ${values}, b: ${values} } }
  small: { kind: value }
${last}`;
  const loaded = await load(
    textOf('  each: { kind: command, over: { x: large }, with: { argv: [cat] } }\n'),
    { kinds: counting, targets: ['each'] },
  );
  expect(loaded.ok ? [] : loaded.failure).toEqual([
    expect.objectContaining({
      reason: 'invalid-value',
      message:
        'each would become at least 90000 nodes, after 90001 of other steps; a pipeline may have 100000',
      hint: 'change the list that over goes through',
      location: expect.objectContaining({ line: 5, column: 3 }),
    }),
  ]);
  expect(read).toBe(0);
  // The count above would be 0 of a kind that is never asked, too.
  expect((await load('version: 1\nsteps: { small: { kind: value } }\n', { kinds: counting })).ok).toBe(true);
  expect(read).toBeGreaterThan(0);
});

test('the number that makes a chain too long is pointed at in the matrix that holds it', async () => {
  const loaded = await load(`version: 1
steps:
  split: { kind: data.files, with: { train: { pairs: a, episodes: a }, val: { pairs: a, episodes: a }, test: { pairs: a, episodes: a }, items: a } }
  train: { kind: maml.train, in: { train: split.train }, with: { checkpoint_interval: 1 }, matrix: { iterations: [10, 70000, 40000] } }
  train_again: { kind: maml.train, in: { train: split.train }, with: { iterations: none } }
`);
  expect(loaded.ok ? [] : loaded.failure).toEqual([
    expect.objectContaining({
      message: 'train would become at least 110010 nodes; a pipeline may have 100000',
      hint: 'change iterations (70000) or checkpoint_interval (1) or the values of iterations',
      location: expect.objectContaining({ line: 4, column: 119, length: 5 }),
    }),
  ]);
});
