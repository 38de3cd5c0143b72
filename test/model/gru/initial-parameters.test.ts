import { describe, expect, it } from 'vitest';
import { initialParameters } from '../../../src/model/gru/initial-parameters.js';
import { parameterCount, parameterLayout } from '../../../src/model/gru/parameter-layout.js';

const shape = { items: 343, embedding: 64, hidden: 128 };

describe('initialParameters', () => {
  it('fills the 140,695 parameters of the experiment', () => {
    expect(parameterCount(shape)).toBe(140_695);
    expect(initialParameters(shape, 1)).toHaveLength(140_695);
  });

  it('depends on the seed alone', () => {
    expect(initialParameters(shape, 1)).toEqual(initialParameters(shape, 1));
    expect(initialParameters(shape, 1)).not.toEqual(initialParameters(shape, 2));
  });

  it('draws the embedding from N(0, 1) and the rest uniformly up to 1 / sqrt(hidden)', () => {
    const parameters = initialParameters(shape, 20260107);
    const bound = 1 / Math.sqrt(shape.hidden);
    for (const { name, offset, size } of parameterLayout(shape)) {
      const values = [...parameters.subarray(offset, offset + size)];
      const mean = values.reduce((sum, value) => sum + value, 0) / size;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
      const expected = name === 'embedding.weight' ? 1 : bound ** 2 / 3;
      // Five standard errors: of the mean, and of the variance (whose kurtosis is at most 3).
      expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / size));
      expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / size));
      if (name !== 'embedding.weight') {
        expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
      }
    }
  });
});
