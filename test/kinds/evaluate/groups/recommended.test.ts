import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/base/json.js';
import { baselineMarkov } from '../../../../src/kinds/evaluate/baseline-markov.js';
import { baselinePopularity } from '../../../../src/kinds/evaluate/baseline-popularity.js';
import { baselineRandom } from '../../../../src/kinds/evaluate/baseline-random.js';
import { recommended } from '../../../../src/kinds/evaluate/groups/recommended.js';
import type { Kind } from '../../../../src/kinds/kind.js';
import { failureOf, rowsOf, runKind, temporaryFolder } from '../../../support/run-kind.js';
import { writeSmallSplit } from '../../../support/small-episodes.js';

const script = fileURLToPath(new URL('./recommended_with_numpy.py', import.meta.url));
const python = '/usr/bin/python3';
const probe = spawnSync(python, ['-c', 'import numpy'], { encoding: 'utf8' });
const absent = probe.status === 0 ? undefined : `${python} has no numpy: ${probe.stderr || probe.error}`;
if (absent !== undefined) console.warn(`skipping what is recommended, by RecBole’s definitions: ${absent}`);

const items = 30;

async function evaluated() {
  const train = await writeSmallSplit(temporaryFolder(), { users: 10, items });
  const episodes = await writeSmallSplit(temporaryFolder(), { users: 14, items });
  const topOf = async (kind: Kind, given: JsonObject = {}) => {
    const inputs = kind === baselineRandom ? { episodes } : { train, episodes };
    const { path } = await runKind(kind, { with: { top_items: 7, ...given }, inputs });
    return { top: path('top') };
  };
  const models = {
    random: await topOf(baselineRandom),
    popularity: await topOf(baselinePopularity),
    markov: await topOf(baselineMarkov, { support_weight: 1 }),
  };
  return { train, models };
}

describe('what is recommended', () => {
  it.skipIf(absent !== undefined)(
    'is measured as RecBole defines coverage, Gini index and popularity',
    async () => {
      const { train, models } = await evaluated();
      const { path } = await runKind(recommended, { with: { within: 4 }, inputs: { train, ...models } });
      const rows = await rowsOf(path('recommended'));
      const lists = Object.fromEntries(
        await Promise.all(
          Object.entries(models).map(async ([name, { top }]) => {
            const places = await rowsOf(top);
            const own = places.filter((row) => row['position'] === 1);
            const listOf = (first: (typeof own)[number]) =>
              places
                .filter(
                  (row) => row['pair_id'] === first['pair_id'] && row['episode_id'] === first['episode_id'],
                )
                .sort((one, other) => Number(one['position']) - Number(other['position']))
                .map((row) => row['item']);
            return [name, own.map(listOf)] as const;
          }),
        ),
      );
      const labels = (await rowsOf(train.pairs)).map((row) => row['label']);
      const peer = spawnSync(python, [script], {
        encoding: 'utf8',
        input: JSON.stringify({ items, labels, within: 4, lists }),
      });
      expect(peer.stderr).toBe('');
      const theirs = JSON.parse(peer.stdout) as { readonly [model: string]: readonly number[] };
      expect(Object.keys(theirs).length).toBe(3);
      for (const [model, values] of Object.entries(theirs)) {
        const own = rows.filter((row) => row['model'] === model);
        expect(own.map((row) => row['metric'])).toEqual(['coverage@4', 'gini@4', 'mean_popularity@4']);
        for (const [index, value] of values.entries()) {
          expect(Math.abs(Number(own[index]?.['value']) - value), `${model} ${index}`).toBeLessThan(1e-12);
        }
        expect(own.every((row) => row['users'] === 14 && row['pairs'] === lists[model]?.length)).toBe(true);
        const [low, high] = [Number(own[2]?.['low']), Number(own[2]?.['high'])];
        if (model === 'popularity') expect([low, high]).toEqual([values[2], values[2]]);
        else expect(low < (values[2] ?? 0) && (values[2] ?? 0) < high).toBe(true);
      }
      // Everybody is given the same four, or whatever there is.
      expect(theirs['popularity']?.slice(0, 2)).toEqual([4 / items, (items - 4) / items]);
      expect(theirs['random']?.[0]).toBe(1);
    },
  );

  it('asks for lists that are long enough, and for a model', async () => {
    const { train, models } = await evaluated();
    const failure = await failureOf(runKind(recommended, { inputs: { train, random: models.random } }));
    expect(failure).toMatchObject({
      message: 'random lists 7 items, and within is 10',
      hint: 'evaluate it with top_items: 10, or say within: 7 here',
    });
    const planned = { parameters: { within: 10 }, inputNames: ['train'], lengths: {}, facts: {}, files: [] };
    expect(recommended.check?.(planned)).toEqual([
      { message: 'no model is among the inputs: name an evaluation, such as few_shot: few_shot' },
    ]);
  });
});
