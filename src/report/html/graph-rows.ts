import { greatest } from '../../base/extremes.js';

/** A box to be placed; sizes in CSS pixels. */
export interface Box {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** What leads from one box to another, by their names. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

/** What is kept free between two boxes of a row, and beside a link that passes a row; in CSS pixels. */
export const boxGap = 14;
export const linkGap = 8;

/**
 * The row of each box: below everything that leads to it, and as high as that allows while no row grows wider than
 * `mostWidth` by its boxes and the links that pass it. Where a row is full, what has the longest way to the end goes
 * first, and the rest goes into the next (list scheduling, as by Coffman and Graham). Links go in no circle.
 */
export function rowsOfBoxes(
  boxes: readonly Box[],
  links: readonly Link[],
  mostWidth: number,
): ReadonlyMap<string, number> {
  const leadingTo = groupLinks(links, ({ to }) => to);
  const wayToEnd = waysToEnd(boxes, links);
  const rows = new Map<string, number>();
  let left = boxes.toSorted((one, other) => (wayToEnd.get(other.name) ?? 0) - (wayToEnd.get(one.name) ?? 0));
  for (let row = 0; left.length > 0; row++) {
    const isAbove = ({ from }: Link) => (rows.get(from) ?? row) < row;
    let width = linkGap * links.filter((link) => isAbove(link) && !rows.has(link.to)).length;
    let isEmpty = true;
    for (const box of left) {
      const ending = leadingTo.get(box.name) ?? [];
      const widened = width + box.width + boxGap - linkGap * ending.length;
      if (!ending.every(isAbove) || (!isEmpty && widened > mostWidth)) continue;
      rows.set(box.name, row);
      [width, isEmpty] = [widened, false];
    }
    left = left.filter(({ name }) => !rows.has(name));
  }
  return rows;
}

/** The number of boxes on the longest way from each to an end, itself counted. */
function waysToEnd(boxes: readonly Box[], links: readonly Link[]): ReadonlyMap<string, number> {
  const following = groupLinks(links, ({ from }) => from);
  const ways = new Map<string, number>();
  const wayFrom = (name: string): number => {
    const known = ways.get(name);
    if (known !== undefined) return known;
    const way =
      1 +
      greatest(
        (following.get(name) ?? []).map(({ to }) => wayFrom(to)),
        0,
      );
    ways.set(name, way);
    return way;
  };
  for (const { name } of boxes) wayFrom(name);
  return ways;
}

function groupLinks(links: readonly Link[], nameOf: (link: Link) => string): ReadonlyMap<string, Link[]> {
  const groups = new Map<string, Link[]>();
  for (const link of links) groups.set(nameOf(link), [...(groups.get(nameOf(link)) ?? []), link]);
  return groups;
}
