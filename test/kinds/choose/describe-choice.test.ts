import { expect, test } from 'vitest';
import type { ChoicePlan } from '../../../src/kinds/choose/choice-plan.js';
import { plannedChoice } from '../../../src/kinds/choose/describe-choice.js';

const choice = (...rates: number[]): ChoicePlan => ({
  elements: rates.map((lr, group) => ({ names: { lr }, group })),
});

test('a choice between more is told by their names, of many the first', () => {
  expect(plannedChoice.differences(choice(1), choice(1, 2))).toEqual(['also chooses between lr 2']);
  expect(plannedChoice.differences(choice(1, 2), choice(3, 4, 5, 6, 7))).toEqual([
    'also chooses between lr 3; lr 4; lr 5; and 2 more',
    'no longer chooses between lr 1; lr 2',
  ]);
});

test('the same names in other groups are told too', () => {
  expect(plannedChoice.differences(choice(1, 2), { ...choice(1, 2), places: 2 })).toEqual([
    'other rows belong together, or to other candidates',
  ]);
});
