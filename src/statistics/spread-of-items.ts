/** How widely lists of recommended items spread over the catalogue. */
export interface Spread {
  /** Distinct items that are in any list, over all there are. */
  readonly coverage: number;
  /**
   * The Gini coefficient of how often each item of the catalogue is listed, those that never are among them: 0 where all
   * are equally often, (items - 1) / items where every place holds one and the same.
   */
  readonly gini: number;
}

/**
 * Measures the lists together, as RecBole defines its metrics ItemCoverage and GiniIndex.
 *
 * @param listed the items of all lists, one after another; at least one
 * @param items how many the catalogue holds
 */
export function spreadOf(listed: ArrayLike<number>, items: number): Spread {
  const counts = new Float64Array(items);
  // Items are below the count.
  for (let place = 0; place < listed.length; place++) counts[listed[place]!]! += 1;
  const ascending = counts.toSorted();
  let weighted = 0;
  for (const [index, count] of ascending.entries()) weighted += (2 * (index + 1) - items - 1) * count;
  return {
    coverage: counts.filter((count) => count > 0).length / items,
    gini: weighted / (items * listed.length),
  };
}
