import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { splitText } from '../../../src/data/split-texts.js';
import { syntheticInteractions } from '../../../src/data/synthetic-interactions.js';
import { dataEpisodes } from '../../../src/kinds/data/data-episodes.js';
import { dataFingerprint } from '../../../src/kinds/data/data-fingerprint.js';
import { dataPairs } from '../../../src/kinds/data/data-pairs.js';
import { dataSplit } from '../../../src/kinds/data/data-split.js';
import { warningsOfData } from '../../../src/report/data-warnings.js';
import { canonicalOf } from '../../support/kind-context.js';
import { type Event, failureOf, rowsOf, runKind, writeInteractions } from '../../support/run-kind.js';

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

test('where no time or no count divides the pairs, that is said, and not that there are too few', async () => {
  const pairs = await pairsOfUsers(['a', 'b', 'c']);
  const failed = async (events: readonly Event[], parameters: JsonObject) => {
    const made = await runKind(dataPairs, { inputs: { interactions: await writeInteractions(events) } });
    const inputs = { pairs: { pairs: made.path('pairs'), items: made.path('items') } };
    return await failureOf(runKind(dataSplit, { with: parameters, inputs }));
  };
  const at = (user: string, ...times: readonly number[]) =>
    times.map((time, index): Event => [user, `item ${index}`, time]);
  expect(await failed([...at('a', 5, 5, 5), ...at('b', 5, 5)], { by: 'time' })).toMatchObject({
    message: 'pairs: all 3 pairs have one time, so no time divides them',
    hint: expect.stringContaining('by: users'),
  });
  expect(await failed([...at('a', 5, 5, 5), ...at('b', 5, 6)], { by: 'time', train: 0.5 })).toMatchObject({
    message: 'pairs: the first 2 of 3 pairs have one time, so no time divides them',
  });
  const inputs = { pairs };
  expect(
    await failureOf(runKind(dataSplit, { with: { by: 'leave_last_out', leave_out: 1000 }, inputs })),
  ).toMatchObject({
    message:
      'pairs: no user has more than 2000 pairs, twice leave_out, so that nothing is left out for val and test',
    hint: 'lower leave_out: the user with most has 2 pairs',
  });
  const all = await runKind(dataSplit, { with: { by: 'time', train: 0.9 }, inputs });
  expect(all.logged.join('\n')).toContain('all users began before the time that divides');
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
  expect(messages({ folds: 5, fold: 1, by: 'leave_last_out' })).toEqual([
    'folds divide users, not the pairs of each',
  ]);
  expect(messages({ folds: 5, fold: 4 })).toEqual([]);
});

test('what counts for nothing is refused, or said where another pipeline may have written it', () => {
  const said = (given: JsonObject, varied: readonly string[] = []) => {
    const parameters = dataSplit.parameters.complete(given);
    const written = { names: Object.keys(given), varied };
    const refused = dataSplit.check?.({ parameters, inputNames: [], lengths: {}, facts: {}, written }) ?? [];
    const remarks = dataSplit.remarks?.(parameters, written) ?? [];
    return [refused, remarks].map((all) => all.map(({ message }) => message.split(';')[0]));
  };
  expect(said({ leave_out: 3 })).toEqual([['leave_out counts for nothing by: users'], []]);
  expect(said({ leave_out: 3, by: 'time' })).toEqual([['leave_out counts for nothing by: time'], []]);
  expect(said({ train: 0.6, seed: 1, by: 'leave_last_out' })).toEqual([
    [],
    ['train counts for nothing by: leave_last_out'],
  ]);
  expect(said({ leave_out: 3, by: 'users' }, ['by'])).toEqual([[], []]);
  expect(said({ train: 0.6, leave_out: 3, by: 'leave_last_out' }, ['by'])).toEqual([[], []]);
  expect(said({ train: 0.6, val: 0.2 })).toEqual([[], []]);
  expect(canonicalOf(dataSplit, { leave_out: 3 })).toEqual(canonicalOf(dataSplit, {}));
});

/** Pairs of learners in sessions, many of them at one time. */
async function pairsOfLearners() {
  const events = syntheticInteractions({ users: 90, items: 40, tracks: 4, repeats: true, seed: 5 });
  const interactions = await writeInteractions(
    events.map(({ user_id, item_id, timestamp }) => [user_id, item_id, Math.floor(timestamp / 7200) * 7200]),
  );
  const made = await runKind(dataPairs, { with: { session_gap_seconds: 7200 }, inputs: { interactions } });
  return { pairs: made.path('pairs'), items: made.path('items') };
}

test('leaving the last out, nothing that val or test ask for is in train, and the fingerprint says so', async () => {
  const pairs = await pairsOfLearners();
  const fingerprintOf = async (leave_out: number, q: number) => {
    const { run } = await split(pairs, { by: 'leave_last_out', leave_out });
    const paths = Object.fromEntries([...splitNames, 'items'].map((name) => [name, run.path(name)]));
    const episodes = await runKind(dataEpisodes, { with: { k: 3, q }, inputs: { pairs: paths } });
    const data = Object.fromEntries(
      splitNames.map((name) => [
        name,
        { pairs: episodes.path(`${name}/pairs`), episodes: episodes.path(`${name}/episodes`) },
      ]),
    );
    const made = await runKind(dataFingerprint, { inputs: { data } });
    return JSON.parse(readFileSync(made.path('fingerprint'), 'utf8'));
  };
  const sound = await fingerprintOf(4, 4);
  const { query_pairs } = sound.cold_start.test;
  expect(query_pairs).toBeGreaterThan(200);
  expect(sound.known_users.test).toEqual({
    query_pairs,
    of_train_users: query_pairs,
    in_train: 0,
    before_own_train: 0,
  });
  expect(sound.known_users.val).toMatchObject({ in_train: 0, before_own_train: 0 });
  expect(splitText(sound)).toMatch(
    /^Users are in train and are asked for later pairs, none .* \(leave-last-out\)/,
  );
  // Planning refuses it, where it can know; what is asked for beyond what was left out is of train.
  const leaky = await fingerprintOf(4, 6);
  const users = leaky.cold_start.val.query_pairs / 6;
  expect(leaky.known_users.val.in_train).toBe(2 * users);
  expect(warningsOfData({ fingerprint: leaky })).toContain(
    `fingerprint: val: ${2 * users} of ${6 * users} query pairs are in train, too: they were learned from`,
  );
  expect(splitText(leaky)).toMatch(/^Some users/);
});

test('episodes that ask for more than was left out are refused at planning', () => {
  const facts = dataSplit.facts?.(dataSplit.parameters.complete({ by: 'leave_last_out', leave_out: 4 }));
  const objections = (q: number) =>
    dataEpisodes.check?.({
      parameters: dataEpisodes.parameters.complete({ q }),
      inputNames: ['pairs'],
      lengths: {},
      facts: { pairs: Object.values(facts ?? {}) },
    });
  expect(objections(5)?.[0]?.message).toMatch(/^q is 5, and these splits leave out the last 4 pairs/);
  expect(objections(4)).toEqual([]);
  expect(dataSplit.facts?.(dataSplit.parameters.complete({}))).toEqual({});
});

test('fractions and seed are in no key where the last are left out, nor is how many elsewhere', () => {
  const lastOut = { by: 'leave_last_out' };
  expect(canonicalOf(dataSplit, { ...lastOut, train: 0.5, seed: 9 })).toEqual(
    canonicalOf(dataSplit, lastOut),
  );
  expect(canonicalOf(dataSplit, { ...lastOut, leave_out: 4 })).not.toEqual(canonicalOf(dataSplit, lastOut));
  expect(canonicalOf(dataSplit, { leave_out: 4 })).toEqual(canonicalOf(dataSplit, {}));
});

const python = '/usr/bin/python3';
const hasPandas = spawnSync(python, ['-c', 'import pandas']).status === 0;
if (!hasPandas) console.warn(`skipped: splits against pandas, because ${python} has none`);

test.skipIf(!hasPandas)('every split is what pandas makes of the same pairs', async () => {
  const pairs = await pairsOfLearners();
  const fractions = { train: 0.6, val: 0.25, test: 0.1, seed: 3 };
  const asked = [
    { by: 'users', ...fractions },
    { by: 'users', ...fractions, folds: 5, fold: 4 },
    { by: 'time', ...fractions },
    { by: 'leave_last_out', leave_out: 1 },
    { by: 'leave_last_out', leave_out: 7 },
  ];
  const rows = await rowsOf(pairs.pairs, 'pair_id, user_id, label_ts_epoch');
  const script = fileURLToPath(new URL('./splits_with_pandas.py', import.meta.url));
  const input = JSON.stringify({ pairs: rows.map((row) => Object.values(row)), asked });
  const independent = JSON.parse(execFileSync(python, [script], { input }).toString());
  for (const [index, parameters] of asked.entries()) {
    const { run } = await split(pairs, parameters);
    for (const name of splitNames) {
      const ids = (await rowsOf(run.path(name), 'pair_id')).map((row) => row['pair_id']);
      expect(ids, `${name} of ${JSON.stringify(parameters)}`).toEqual(independent[index][name]);
      expect(ids.length).toBeGreaterThan(0);
    }
  }
});
