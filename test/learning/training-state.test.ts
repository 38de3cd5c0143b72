import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adam } from '../../src/learning/adam.js';
import {
  readTrainingProgress,
  readTrainingState,
  writeTrainingProgress,
  writeTrainingState,
} from '../../src/learning/training-state.js';
import { writeSafetensors } from '../../src/model/safetensors.js';

const vector = (length: number) =>
  fc.oneof(
    fc.float64Array({ minLength: length, maxLength: length }),
    fc.float32Array({ minLength: length, maxLength: length }),
  );

const states = fc.nat({ max: 9 }).chain((length) =>
  fc.record({
    step: fc.nat(),
    parameters: vector(length),
    slots: fc.record({ first_moment: vector(length), second_moment: vector(length) }),
  }),
);

const optimizer = adam(0.1);

const histories = fc.array(
  fc.record({ iteration: fc.nat(), loss: fc.double(), gradientNorm: fc.double({ min: 0 }) }),
);

describe('training state', () => {
  it('comes back bit for bit, with its history where it has one', () => {
    fc.assert(
      fc.property(states, histories, (state, history) => {
        expect(readTrainingState(writeTrainingState(state), 'x', optimizer)).toEqual(state);
        const progress = { state, history };
        expect(readTrainingProgress(writeTrainingProgress(progress), 'x', optimizer)).toEqual(progress);
      }),
    );
  });

  it('refuses another safetensors file, and slots that do not fit', () => {
    const one = (name: string, length: number) => ({
      name,
      shape: [length],
      values: new Float64Array(length),
    });
    const without = writeSafetensors([one('parameters', 2)]);
    expect(() => readTrainingState(without, 'state', optimizer)).toThrow(
      'state is no state of training: step is missing',
    );
    const short = writeSafetensors(
      ['step', 'history.iteration', 'history.loss', 'history.gradient_norm', 'first_moment', 'second_moment']
        .map((name) => one(name, name === 'step' ? 1 : 0))
        .concat(one('parameters', 2)),
    );
    expect(() => readTrainingState(short, 'state', optimizer)).toThrow('first_moment is 0 numbers, not 2');
  });
});
