import { describe, expect, it } from 'vitest';
import { modelFamilies } from '../../src/model/families.js';
import { gru } from '../../src/model/gru/gru.js';
import { clearPaddingRow, scopeFactors } from '../../src/model/inner-rates.js';
import type { ModelLayout } from '../../src/model/model-family.js';

const shape = { items: 5, embedding: 2, hidden: 3 };

describe.each(modelFamilies.map((family) => [family]))('a model family', (family) => {
  const layout = family.layout(shape);

  it('lays its tensors one after another over the whole vector', async () => {
    let end = 0;
    for (const { offset, size, shape: extents } of layout.tensors) {
      expect(offset).toBe(end);
      expect(size).toBe(extents.reduce((product, extent) => product * extent, 1));
      end += size;
    }
    expect(layout.parameterCount).toBe(end);
    expect(await family.initialParameters(shape, 1)).toHaveLength(end);
  });

  it('has the tensors that it names as head and item embedding, the latter with a row for each item', () => {
    const byName = new Map(layout.tensors.map((tensor) => [tensor.name, tensor]));
    expect(layout.head.length).toBeGreaterThan(0);
    expect(layout.head.filter((name) => !byName.has(name))).toEqual([]);
    expect(byName.get(layout.itemEmbedding ?? '')?.shape[0]).toBe(shape.items);
  });

  it('recognizes its own tensors, and no others', () => {
    expect(family.shapeOf(new Map(layout.tensors.map((tensor) => [tensor.name, tensor])))).toEqual(shape);
    expect(family.shapeOf(new Map([['weight', { shape: [5, 2] }]]))).toBeUndefined();
  });
});

describe('what adapts', () => {
  // As a module of somebody's own may have it: the output layer first, the embedding with a row more than there are items.
  const layout: ModelLayout = {
    shape,
    sizes: 'unlike the GRU',
    tensors: [
      { name: 'out', shape: [2], offset: 0, size: 2 },
      { name: 'table', shape: [6, 2], offset: 2, size: 12 },
      { name: 'mix', shape: [3], offset: 14, size: 3 },
    ],
    parameterCount: 17,
    head: ['out'],
    itemEmbedding: 'table',
  };
  const placesOfZeros = (vector: Float64Array | undefined) =>
    [...(vector ?? [])].flatMap((value, place) => (value === 0 ? [place] : []));
  const places = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

  it('follows from the layout alone, wherever head and embedding stand in it', () => {
    expect(placesOfZeros(scopeFactors(layout, { adapt: 'head', paddingIndex: null }))).toEqual(places(2, 17));
    expect(placesOfZeros(scopeFactors(layout, { adapt: 'all', paddingIndex: 0 }))).toEqual([2, 3]);
    expect(scopeFactors(layout, { adapt: 'all', paddingIndex: null })).toBeUndefined();
    expect(placesOfZeros(clearPaddingRow(layout, new Float64Array(17).fill(1)))).toEqual([2, 3]);
  });

  it('is, of the GRU, its linear layer as head and the first row of its embedding as padding', () => {
    const own = gru.layout(shape);
    const head = scopeFactors(own, { adapt: 'head', paddingIndex: null });
    expect(placesOfZeros(head)).toEqual(places(0, own.parameterCount - 5 * 3 - 5));
    expect(placesOfZeros(scopeFactors(own, { adapt: 'all', paddingIndex: 0 }))).toEqual([0, 1]);
  });
});
