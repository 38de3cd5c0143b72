import { expect, test } from 'vitest';
import { isCalledById, recordedNodesCalled } from '../../src/artifacts/recorded-nodes.js';
import type { ManifestNode } from '../../src/artifacts/run-documents.js';

const node = (id: string, more: Partial<ManifestNode> = {}): ManifestNode => ({
  ...{ id, step: 'tune', kind: 'eval.few_shot', outcome: 'ran', reason: '', seconds: 1, outputs: {} },
  ...more,
});

test('nodes of a run are called by step, id, derived port, or by some of their values', () => {
  const nodes = [0.01, 0.1].flatMap((rate) => {
    const id = `tune[inner_lr=${rate},seed=1]@500`;
    const names = { inner_lr: rate, seed: 1, iterations: 500 };
    return [node(id, { names }), node(`${id}/metrics`, { names, derived_from: id })];
  });
  const idsCalled = (name: string) => recordedNodesCalled(nodes, name).map(({ id }) => id);
  expect(idsCalled('tune')).toEqual(nodes.map(({ id }) => id));
  expect(idsCalled('tune[inner_lr=0.1,seed=1]@500')).toEqual(['tune[inner_lr=0.1,seed=1]@500']);
  expect(idsCalled('tune[inner_lr=0.1]')).toEqual(['tune[inner_lr=0.1,seed=1]@500']);
  expect(idsCalled('tune[iterations=500]')).toHaveLength(2);
  expect(idsCalled('tune/metrics')).toEqual([nodes[1]?.id, nodes[3]?.id]);
  expect(idsCalled('tune[inner_lr=0.2]')).toEqual([]);
  expect(idsCalled('tune[rate=0.1]')).toEqual([]);
});

test('of a run under way a node is called by what stands in its id', () => {
  const id = 'tune[inner_lr=0.1,seed=1]@model=a@500';
  for (const name of ['tune', id, 'tune[seed=1]', 'tune[inner_lr=0.1,model=a]']) {
    expect(isCalledById(id, name), name).toBe(true);
  }
  for (const name of ['tun', 'tune[seed=2]', 'tune[lr=0.1]', 'tune@500']) {
    expect(isCalledById(id, name), name).toBe(false);
  }
  expect(isCalledById(`${id}/metrics`, 'tune')).toBe(true);
});
