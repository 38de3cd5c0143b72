import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { dataPairs } from '../../../src/kinds/data/data-pairs.js';
import { dataSplit } from '../../../src/kinds/data/data-split.js';
import { canonicalOf } from '../../support/kind-context.js';
import { type Event, rowsOf, runKind, writeInteractions } from '../../support/run-kind.js';

const splitNames = ['train', 'val', 'test'] as const;

/** Pairs of users who each have two. */
async function pairsOfUsers(users: readonly string[]) {
  const events = users.flatMap((user): Event[] => [
    [user, 'x', 0],
    [user, 'y', 1],
    [user, 'z', 2],
  ]);
  const run = await runKind(dataPairs, { inputs: { interactions: await writeInteractions(events) } });
  return { pairs: run.path('pairs'), items: run.path('items') };
}

async function split(pairs: { pairs: string; items: string }, parameters: JsonObject) {
  const run = await runKind(dataSplit, { with: parameters, inputs: { pairs } });
  const users: { [split: string]: readonly string[] } = {};
  const ids: number[] = [];
  for (const name of splitNames) {
    const rows = await rowsOf(run.path(name));
    users[name] = [...new Set(rows.map((row) => String(row['user_id'])))];
    ids.push(...rows.map((row) => Number(row['pair_id'])));
  }
  return { users, ids, run };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `user ${index}`);

test('splits share no user and hold every pair, for any users, fractions and seed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => !name.includes('\0')),
        { minLength: 1, maxLength: 12 },
      ),
      fc
        .tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 }))
        .filter(([train, val]) => train + val <= 10),
      fc.nat(),
      async (names, [train, val], seed) => {
        const { users, ids } = await split(await pairsOfUsers(names), {
          train: train / 10,
          val: val / 10,
          seed,
        });
        const all = splitNames.flatMap((name) => users[name] ?? []);
        expect(all.toSorted()).toEqual(names.toSorted());
        expect(ids.toSorted((left, right) => left - right)).toEqual(
          Array.from({ length: 2 * names.length }, (_, id) => id),
        );
      },
    ),
    { numRuns: 8 },
  );
});

test('a user’s split does not depend on the other users', async () => {
  const few = await split(await pairsOfUsers(numbered(40)), { seed: 4 });
  const many = await split(
    await pairsOfUsers([...numbered(40), ...numbered(80).map((name) => `a ${name}`)]),
    { seed: 4 },
  );
  for (const name of splitNames) {
    expect(many.users[name]?.filter((user) => user.startsWith('user'))).toEqual(few.users[name]);
  }
});

test('fractions come out about right, another seed splits otherwise, and users beyond the sum are left out', async () => {
  const pairs = await pairsOfUsers(numbered(1000));
  const first = await split(pairs, { train: 0.7, val: 0.15, seed: 1 });
  const second = await split(pairs, { train: 0.7, val: 0.15, seed: 2 });
  // Four standard deviations of a binomial.
  expect(Math.abs((first.users['train']?.length ?? 0) - 700)).toBeLessThan(58);
  expect(Math.abs((first.users['val']?.length ?? 0) - 150)).toBeLessThan(45);
  expect(first.users['test']).not.toEqual(second.users['test']);
  const half = await split(pairs, { train: 0.3, val: 0.1, test: 0.1, seed: 1 });
  const taken = splitNames.flatMap((name) => half.users[name] ?? []).length;
  expect(Math.abs(taken - 500)).toBeLessThan(64);
  expect(half.run.logged.join()).toMatch(/left out \d+/);
});

test('the catalogue stays as it came', async () => {
  const pairs = await pairsOfUsers(['a']);
  const { run } = await split(pairs, {});
  expect(readFileSync(run.path('items'))).toEqual(readFileSync(pairs.items));
});

test('ways to write the same fractions are one set of parameters; a sum over one is refused', () => {
  expect(canonicalOf(dataSplit, { train: 0.7, val: 0.15, test: 0.15 })).toEqual(canonicalOf(dataSplit, {}));
  expect(
    dataSplit.check?.({ parameters: { train: 0.9, val: 0.2 }, inputNames: [], lengths: {}, facts: {} }),
  ).toHaveLength(1);
  expect(
    dataSplit.check?.({
      parameters: { train: 0.7, val: 0.2, test: 0.1 },
      inputNames: [],
      lengths: {},
      facts: {},
    }),
  ).toEqual([]);
});

test('by time, train has the earliest pairs, and val and test are users who began after all of them', async () => {
  const times = (user: number) => [user, user + 1, user + 40].map((day) => day * 86_400);
  const events = Array.from({ length: 300 }, (_, user) =>
    times(user).flatMap((time, index): Event[] => [
      [`u${user}`, `a${index}`, time],
      [`u${user}`, `b${index}`, time + 60],
    ]),
  ).flat();
  const made = await runKind(dataPairs, { inputs: { interactions: await writeInteractions(events) } });
  const pairs = { pairs: made.path('pairs'), items: made.path('items') };
  const { users, run } = await split(pairs, { by: 'time', train: 0.6, val: 0.2, seed: 3 });
  const timesOf = async (name: string) =>
    (await rowsOf(run.path(name))).map((row) => Number(row['label_ts_epoch']));
  const train = await timesOf('train');
  const first = Math.min(...(await timesOf('val')), ...(await timesOf('test')));
  expect(Math.max(...train)).toBeLessThan(first);
  expect(train.length / (3 * 300)).toBeCloseTo(0.6, 1);
  expect(users['train']?.some((user) => users['val']?.includes(user) || users['test']?.includes(user))).toBe(
    false,
  );
  // Those who began later, half of them each, within four standard deviations.
  const later = (users['val']?.length ?? 0) + (users['test']?.length ?? 0);
  expect(later).toBeGreaterThan(90);
  expect(Math.abs((users['val']?.length ?? 0) - later / 2)).toBeLessThan(2 * Math.sqrt(later));
});

test('folds have each user in test once, in val once, and in train otherwise', async () => {
  const pairs = await pairsOfUsers(numbered(60));
  const folds = await Promise.all(
    [0, 1, 2, 3].map(async (fold) => (await split(pairs, { folds: 4, fold, seed: 1 })).users),
  );
  expect(folds.flatMap((users) => users['test'] ?? []).toSorted()).toEqual(numbered(60).toSorted());
  for (const [fold, users] of folds.entries()) {
    expect(users['val']).toEqual(folds[(fold + 1) % 4]?.['test']);
    expect(splitNames.flatMap((name) => users[name] ?? []).toSorted()).toEqual(numbered(60).toSorted());
  }
});

test('folds without a fold, a fold beyond them and folds of times are refused', () => {
  const messages = (parameters: JsonObject) =>
    dataSplit
      .check?.({
        parameters: { train: 0.7, val: 0.15, by: 'users', ...parameters },
        inputNames: [],
        lengths: {},
        facts: {},
      })
      .map(({ message }) => message);
  expect(messages({ folds: 5 })).toEqual(['folds without fold']);
  expect(messages({ fold: 0 })).toEqual(['fold without folds']);
  expect(messages({ folds: 5, fold: 5 })).toEqual(['fold 5 of 5 folds']);
  expect(messages({ folds: 5, fold: 1, by: 'time' })).toEqual(['folds divide users, not times']);
  expect(messages({ folds: 5, fold: 4 })).toEqual([]);
});
