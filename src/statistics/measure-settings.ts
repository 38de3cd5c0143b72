import { bootstrapInterval, resampledMeans } from './bootstrap.js';
import { metricOf, metrics } from './metrics.js';
import type { RankedSetting } from './read-ranked-settings.js';
import { type UserSums, userSums } from './user-sums.js';

/** A metric of one setting of an evaluation. */
export interface MeasuredMetric {
  readonly setting: RankedSetting;
  readonly metric: string;
  /** Null where the setting has no query pair. */
  readonly value: number | null;
  /** Ends of the 95 % interval by bootstrap over users; absent for fewer than two. */
  readonly low?: number;
  readonly high?: number;
  /** Query pairs. */
  readonly n: number;
  readonly users: number;
}

/** Every metric of every setting, settings in the order given, metrics in that of their table. */
export function measureSettings(settings: readonly RankedSetting[]): readonly MeasuredMetric[] {
  const measured = settings.map((setting) => ({ setting, ...userSums(setting, metrics) }));
  const means = new Map(
    alikeInCounts(measured).flatMap((alike) => {
      const counts = alike[0]?.counts ?? new Float64Array();
      if (counts.length < 2) return [];
      const resampled = resampledMeans(
        alike.flatMap(({ sums }) => sums),
        counts,
      );
      return alike.map((one, index) => [one, resampled.slice(index * metrics.length)] as const);
    }),
  );
  return measured.flatMap((one) => {
    const { setting, counts } = one;
    return metrics.map((metric, index) => {
      const resampled = means.get(one)?.[index];
      return {
        setting,
        metric: metric.name,
        value: setting.ranks.length === 0 ? null : metricOf(metric, setting.ranks),
        ...(resampled === undefined ? {} : bootstrapInterval(resampled, counts.length)),
        n: setting.ranks.length,
        users: counts.length,
      };
    });
  });
}

/**
 * Groups settings whose users have equally many query pairs, as those of one K have: the draws are the same for all of
 * them, so that they are made once.
 */
function alikeInCounts<Setting extends Pick<UserSums, 'counts'>>(
  settings: readonly Setting[],
): readonly (readonly Setting[])[] {
  const groups: Setting[][] = [];
  for (const setting of settings) {
    const group = groups.find(([first]) => first !== undefined && sameNumbers(first.counts, setting.counts));
    if (group === undefined) groups.push([setting]);
    else group.push(setting);
  }
  return groups;
}

function sameNumbers(one: Float64Array, other: Float64Array): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
