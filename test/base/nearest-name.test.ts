import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestName, suggestion } from '../../src/base/nearest-name.js';

test('one letter more, less, other or swapped is found', () => {
  const names = ['outer_lr', 'inner_lr', 'inner_steps', 'seed'];
  expect(nearestName('inner_l', names)).toBe('inner_lr');
  expect(nearestName('innner_lr', names)).toBe('inner_lr');
  expect(nearestName('innar_lr', names)).toBe('inner_lr');
  expect(nearestName('sede', names)).toBe('seed');
  expect(nearestName('Seed', names)).toBe('seed');
});

test('what is far from everything gets the names there are', () => {
  expect(nearestName('momentum', ['seed', 'inner_lr'])).toBeUndefined();
  expect(suggestion('momentum', ['seed', 'inner_lr'])).toBe('there are seed, inner_lr');
  expect(suggestion('momentum', [])).toBeUndefined();
  expect(suggestion('x', ['y'])).toBe('there is y');
});

test('a name is always nearest to itself, and a swap of neighbours finds it again', () => {
  const name = fc.stringMatching(/^[a-z]{4,12}$/);
  fc.assert(
    fc.property(name, fc.nat(), fc.array(name), (wanted, at, others) => {
      expect(nearestName(wanted, [...others, wanted])).toBe(wanted);
      const index = at % (wanted.length - 1);
      const swapped =
        wanted.slice(0, index) + (wanted[index + 1] ?? '') + (wanted[index] ?? '') + wanted.slice(index + 2);
      expect(nearestName(swapped, [wanted])).toBe(wanted);
    }),
  );
});
