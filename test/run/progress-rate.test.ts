import { expect, it } from 'vitest';
import { paceOf } from '../../src/run/progress-rate.js';

it('knows no rate at the first report, then units a second since it and the seconds that are left', () => {
  const pace = paceOf();
  expect(pace({ done: 10, total: 100 }, 5)).toEqual({});
  expect(pace({ done: 30, total: 100 }, 15)).toEqual({ rate: 2, secondsLeft: 35 });
  expect(pace({ done: 100, total: 100 }, 50)).toEqual({ rate: 2, secondsLeft: 0 });
});

it('gives no rate where nothing was done or no time passed', () => {
  const pace = paceOf();
  pace({ done: 1, total: 5 }, 1);
  expect(pace({ done: 1, total: 5 }, 2)).toEqual({});
  expect(pace({ done: 2, total: 5 }, 1)).toEqual({});
});
