/**
 * The name among `names` that `wanted` most likely stands for: the smallest Damerau-Levenshtein distance (insert,
 * delete, replace, swap neighbours), at most a third of the length; of several, the first.
 */
export function nearestName(wanted: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  // Of a name of one letter nothing would be left.
  let best = Math.min(wanted.length, Math.max(1, Math.floor(wanted.length / 3)) + 1);
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) >= best) continue;
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase());
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

/**
 * `did you mean X?` where one of the names is near.
 *
 * @param written Makes of a name what the user would write, such as a path that ends in it.
 */
export function didYouMean(
  wanted: string,
  names: Iterable<string>,
  written: (name: string) => string = (name) => name,
): string | undefined {
  const nearest = nearestName(wanted, names);
  return nearest === undefined ? undefined : `did you mean ${written(nearest)}?`;
}

/** The same, else the names there are (at most ten), else nothing. */
export function suggestion(
  wanted: string,
  names: Iterable<string>,
  written: (name: string) => string = (name) => name,
): string | undefined {
  const all = [...names];
  const near = didYouMean(wanted, all, written);
  if (near !== undefined || all.length === 0) return near;
  const shown = all.slice(0, 10).map(written).join(', ');
  return `there ${all.length === 1 ? 'is' : 'are'} ${shown}${all.length > 10 ? ', ...' : ''}`;
}

/** Optimal string alignment distance: no substring is edited twice. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      // The indices are within the rows by construction.
      const replaced = last[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let distance = Math.min(replaced, last[column]! + 1, current[column - 1]! + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, beforeLast[column - 2]! + 1);
      }
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
