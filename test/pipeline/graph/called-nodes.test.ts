import { expect, test } from 'vitest';
import { nodesCalled } from '../../../src/pipeline/graph/called-nodes.js';
import { diagnosticsOf, experiment, graphOf, load } from '../load-text.js';

const idsOf = async (...targets: string[]) => {
  const loaded = await load(experiment, { targets });
  if (!loaded.ok) throw new Error(loaded.failure.map(({ message, hint }) => `${message}; ${hint}`).join());
  return loaded.value.nodes.map(({ id }) => id).filter((id) => !/^[a-z_]+$/.test(id));
};

test('STEP/PORT stands for all nodes that make a port of the step', async () => {
  const { nodes } = await graphOf(experiment);
  const called = nodesCalled(nodes, 'tune/metrics').map(({ id }) => id);
  expect(called.length).toBeGreaterThan(1);
  expect(called).toEqual(nodes.filter(({ id }) => /^tune\[.*\]\/metrics$/.test(id)).map(({ id }) => id));
  expect(await idsOf('validate/metrics')).toContain('validate@100/metrics');
});

test('a value singles out nodes, be it of a matrix, of a segment or of what a step was made over', async () => {
  const { nodes } = await graphOf(experiment);
  const called = (name: string) => nodesCalled(nodes, name).map(({ id }) => id);
  expect(called('validate[iterations=200]')).toEqual(['validate@200']);
  expect(called('meta_train[iterations=200]')).toEqual(['meta_train@200']);
  expect(called('tune[inner_lr=0.05]')).toEqual(['tune[inner_lr=0.05]']);
  expect(called('validate[iterations=7]')).toEqual([]);
  expect(called('validate[other=7]')).toEqual([]);
  expect(await idsOf('validate[iterations=100]')).toEqual([
    'meta_train@100',
    'validate@100',
    'validate@100/metrics',
  ]);
});

test('a reference names an element of an over by its value, and what it does not have is refused', async () => {
  const after = (reference: string) =>
    `${experiment}  one: { kind: command, in: { x: "${reference}" }, with: { argv: [cat, x] } }\n`;
  const graph = await graphOf(after('validate[iterations=200].metrics'));
  expect(graph.nodes.find(({ id }) => id === 'one')?.inputs['x']).toEqual({
    type: 'file',
    leaf: { node: 'validate@200/metrics', path: 'metrics' },
  });
  expect(await diagnosticsOf(after('validate[iterations=7].metrics'))).toContain(
    'validate has no node [iterations=7]',
  );
  expect(await diagnosticsOf(after('validate[iteration=7].metrics'))).toContain('did you mean iterations?');
});
