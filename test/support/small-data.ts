import { dataEpisodes } from '../../src/kinds/data/data-episodes.js';
import { dataPairs } from '../../src/kinds/data/data-pairs.js';
import { dataSplit } from '../../src/kinds/data/data-split.js';
import { dataSynthetic } from '../../src/kinds/data/data-synthetic.js';
import { runKind } from './run-kind.js';
import type { SplitFiles } from './small-episodes.js';

/** Train, val and test of synthetic learners (K = 3, Q = 4), gone after the test. */
export async function makeSmallData({ users, items }: { users: number; items: number }): Promise<{
  readonly train: SplitFiles;
  readonly val: SplitFiles;
  readonly test: SplitFiles;
}> {
  const made = await runKind(dataSynthetic, { with: { users, items, tracks: 4, repeats: true, seed: 3 } });
  const pairs = await runKind(dataPairs, { inputs: { interactions: made.path('interactions') } });
  const split = await runKind(dataSplit, {
    with: { train: 0.6, val: 0.2, seed: 3 },
    inputs: { pairs: { pairs: pairs.path('pairs'), items: pairs.path('items') } },
  });
  const episodes = await runKind(dataEpisodes, {
    with: { k: 3, q: 4 },
    inputs: {
      pairs: {
        train: split.path('train'),
        val: split.path('val'),
        test: split.path('test'),
        items: split.path('items'),
      },
    },
  });
  const files = (name: string): SplitFiles => ({
    pairs: episodes.path(`${name}/pairs`),
    episodes: episodes.path(`${name}/episodes`),
    items: episodes.path(`${name}/items`),
  });
  return { train: files('train'), val: files('val'), test: files('test') };
}
