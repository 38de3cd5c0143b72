/**
 * The `count` items ranked first among `scores[from .. from + items)`, best first: the higher score, and of equal ones
 * the lower id, so that item `firstItems(…)[r - 1]` is the one that `rankOfLabel` gives rank r. All where there are fewer;
 * scores are finite.
 */
export function firstItems(
  scores: Float64Array | Float32Array,
  from: number,
  items: number,
  count: number,
): Int32Array {
  const listed = new Int32Array(Math.min(count, items));
  const scoreOf = (item: number) => scores[from + item] ?? Number.NaN;
  let found = 0;
  for (let item = 0; item < items; item++) {
    const score = scoreOf(item);
    let place = found;
    // Those before it have lower ids, so that an equal one stays ahead.
    while (place > 0 && scoreOf(listed[place - 1] ?? 0) < score) place--;
    if (place === listed.length) continue;
    if (found < listed.length) found++;
    listed.copyWithin(place + 1, place, found - 1);
    listed[place] = item;
  }
  return listed;
}
