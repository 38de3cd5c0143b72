import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/json.js';
import { chainOfNode, formatNodeId, parseNodeId, stepOfNode } from '../../src/base/node-id.js';
import { labelOf, parseReference } from '../../src/pipeline/spec/reference.js';

const name = fc.stringMatching(/^[A-Za-z_][\w-]{0,8}$/);
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab1@[]{},"\\=./ ') }),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);
const values = fc.array(fc.record({ name, value }), { minLength: 1, maxLength: 3 });
const label = values.map(labelOf);
const parts = fc.record({
  step: name,
  matrix: fc.oneof(fc.constant(''), label),
  elements: fc.array(fc.oneof(fc.nat().map(String), label), { maxLength: 3 }),
});

describe('the id of a node', () => {
  it('is written as people read it', () => {
    expect(formatNodeId({ step: 'split', matrix: '', elements: [] })).toBe('split');
    expect(formatNodeId({ step: 'tune', matrix: 'inner_lr=0.02,steps=[1,3]', elements: [] })).toBe(
      'tune[inner_lr=0.02,steps=[1,3]]',
    );
    expect(formatNodeId({ step: 'validate', matrix: 'k=5', elements: ['seed=1', '200'] })).toBe(
      'validate[k=5]@seed=1@200',
    );
  });

  it('gives the parts that it was made of again, whatever stands in the values', () => {
    fc.assert(
      fc.property(parts, (made) => {
        expect(parseNodeId(formatNodeId(made))).toEqual(made);
      }),
    );
  });

  it('names its step, and so does its beginning as far as it has one', () => {
    fc.assert(
      fc.property(parts, fc.nat(), (made, length) => {
        const id = formatNodeId(made);
        expect(stepOfNode(id)).toBe(made.step);
        expect(stepOfNode(id.slice(0, made.step.length + length))).toBe(made.step);
      }),
    );
  });

  it('is that of its chain without the last label, and a label with @ in quotes is one', () => {
    expect(chainOfNode('maml[seed=1]@200')).toBe('maml[seed=1]');
    expect(chainOfNode('maml@seed=1@200')).toBe('maml@seed=1');
    expect(chainOfNode('maml[who="a@b"]')).toBe('maml[who="a@b"]');
    expect(chainOfNode('maml@who="a@b"')).toBe('maml');
    fc.assert(
      fc.property(parts, label, (made, last) => {
        const id = formatNodeId({ ...made, elements: [...made.elements, last] });
        expect(chainOfNode(id)).toBe(formatNodeId(made));
      }),
    );
  });

  it('of a combination of a matrix is a reference that selects the same values', () => {
    fc.assert(
      fc.property(name, values, (step, matrix) => {
        const id = formatNodeId({ step, matrix: labelOf(matrix), elements: [] });
        const read = parseReference(id);
        expect(read?.step).toBe(step);
        expect(labelOf(read?.selector ?? [])).toBe(labelOf(matrix));
      }),
    );
  });

  it('is taken apart without an error where it is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(text.startsWith(parseNodeId(text).step)).toBe(true);
      }),
    );
  });
});
