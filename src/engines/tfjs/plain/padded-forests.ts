import type { PackedForests } from '../packed-forests.js';

/** One level of all forests, `width` rows for each weight vector; a vector's rows stand level by level. */
export interface PaddedLevel {
  readonly width: number;
  /** `[vectors * width]` each row's parent among the `vectors * width` rows of the level above; empty at level 0. */
  readonly parents: Int32Array;
  /** Each row's children in the level below; undefined in the last level. */
  readonly children?: IndexLists;
}

/** For each of a series of places, indices into a table of rows; `none`, the row after its last, stands for nothing. */
export interface IndexLists {
  /** How many indices each place has. */
  readonly width: number;
  /** `[places * width]` */
  readonly indices: Int32Array;
}

/**
 * Packed forests as rectangles, for operations that know no other shape. Padding repeats another row or pair of its own
 * vector, so that it is finite where they are; nothing that is summed or read refers to it.
 */
export interface PaddedForests {
  readonly vectors: number;
  /** Rows for each vector: the widths of all levels. */
  readonly rows: number;
  /** Pairs for each vector. */
  readonly pairs: number;
  readonly levels: readonly PaddedLevel[];
  /** `[vectors * rows]` each row's item in the table of slots, `[vectors * slots]`. */
  readonly inputs: Int32Array;
  /** The rows of each slot. */
  readonly rowsOfSlot: IndexLists;
  /** `[vectors * pairs]` the row at which each pair's prefix ends. */
  readonly ends: Int32Array;
  /** The pairs whose prefix ends at a row. */
  readonly pairsOfRow: IndexLists;
  /** `[vectors * pairs]` */
  readonly labels: Int32Array;
  /** `[vectors * pairs]` 0 for padding. */
  readonly weights: Float32Array;
  /** `[pairs of the packed forests]` the place of each. */
  readonly placeOfPair: Int32Array;
}

/** Pads `packed` to rectangles. Indices stay within the packed forests' own sizes, which is what each `!` says. */
export function padForests(packed: PackedForests): PaddedForests {
  const { vectors, slots } = packed;
  const widths = new Int32Array(packed.levels);
  const withinLevel = new Int32Array(packed.rows);
  for (let vector = 0; vector < vectors; vector++) {
    const counts = new Int32Array(packed.levels);
    for (let row = packed.rowOffsets[vector]!; row < packed.rowOffsets[vector + 1]!; row++) {
      withinLevel[row] = counts[packed.levelOfRow[row]!]!++;
    }
    for (const [level, count] of counts.entries()) widths[level] = Math.max(widths[level]!, count);
  }
  const starts = startsOf(widths);
  const rows = starts.at(-1) ?? 0;
  const placeOfRow = packed.vectorOfRow.map(
    (vector, row) => vector * rows + starts[packed.levelOfRow[row]!]! + withinLevel[row]!,
  );

  const inputs = new Int32Array(vectors * rows).map((_, place) => Math.floor(place / rows) * slots.slots);
  for (const [row, place] of placeOfRow.entries()) {
    inputs[place] = packed.vectorOfRow[row]! * slots.slots + packed.slotOfRow[row]!;
  }

  const pairs = packed.pairOffsets.reduce(
    (most, end, index) => Math.max(most, end - (packed.pairOffsets[index - 1] ?? 0)),
    0,
  );
  const placeOfPair = packed.rowOfPair.map((row, pair) => {
    const vector = packed.vectorOfRow[row]!;
    return vector * pairs + pair - packed.pairOffsets[vector]!;
  });
  const ends = new Int32Array(vectors * pairs).map((_, place) => Math.floor(place / pairs) * rows);
  const labels = new Int32Array(vectors * pairs);
  const weights = new Float32Array(vectors * pairs);
  for (let vector = 0; vector < vectors; vector++) {
    const first = packed.pairOffsets[vector]!;
    if (first === packed.pairOffsets[vector + 1]) continue;
    ends.fill(placeOfRow[packed.rowOfPair[first]!]!, vector * pairs, (vector + 1) * pairs);
    labels.fill(packed.labelOfPair[first]!, vector * pairs, (vector + 1) * pairs);
  }
  for (const [pair, place] of placeOfPair.entries()) {
    ends[place] = placeOfRow[packed.rowOfPair[pair]!]!;
    labels[place] = packed.labelOfPair[pair]!;
    weights[place] = packed.weightOfPair[pair]!;
  }

  return {
    vectors,
    rows,
    pairs,
    levels: padLevels(packed, widths, withinLevel),
    inputs,
    rowsOfSlot: indexLists(vectors * slots.slots, vectors * rows, packed.rows, (index) => ({
      place: packed.vectorOfRow[index]! * slots.slots + packed.slotOfRow[index]!,
      refers: placeOfRow[index]!,
    })),
    ends,
    pairsOfRow: indexLists(vectors * rows, vectors * pairs, packed.pairs, (pair) => ({
      place: placeOfRow[packed.rowOfPair[pair]!]!,
      refers: placeOfPair[pair]!,
    })),
    labels,
    weights,
    placeOfPair,
  };
}

function padLevels(
  packed: PackedForests,
  widths: Int32Array,
  withinLevel: Int32Array,
): readonly PaddedLevel[] {
  const rowsOfLevel: number[][] = Array.from(widths, () => []);
  for (const [row, level] of packed.levelOfRow.entries()) rowsOfLevel[level]!.push(row);
  return rowsOfLevel.map((_, level) => {
    const width = widths[level]!;
    const above = widths[level - 1] ?? 0;
    const below = widths[level + 1];
    const placeIn = (row: number, levelWidth: number) =>
      packed.vectorOfRow[row]! * levelWidth + withinLevel[row]!;
    const parents = new Int32Array(level === 0 ? 0 : packed.vectors * width).map(
      (_, place) => Math.floor(place / width) * above,
    );
    if (level > 0) {
      for (const row of rowsOfLevel[level]!) {
        parents[placeIn(row, width)] = placeIn(packed.parentOfRow[row]!, above);
      }
    }
    if (below === undefined) return { width, parents };
    const lower = rowsOfLevel[level + 1]!;
    const children = indexLists(packed.vectors * width, packed.vectors * below, lower.length, (index) => ({
      place: placeIn(packed.parentOfRow[lower[index]!]!, width),
      refers: placeIn(lower[index]!, below),
    }));
    return { width, parents, children };
  });
}

/** Lists for `places` from `count` entries, each of which refers to a row of a table of `none` rows. */
function indexLists(
  places: number,
  none: number,
  count: number,
  entry: (index: number) => { readonly place: number; readonly refers: number },
): IndexLists {
  const lengths = new Int32Array(places);
  for (let index = 0; index < count; index++) lengths[entry(index).place]!++;
  const width = lengths.reduce((most, length) => Math.max(most, length), 1);
  const indices = new Int32Array(places * width).fill(none);
  const filled = new Int32Array(places);
  for (let index = 0; index < count; index++) {
    const { place, refers } = entry(index);
    indices[place * width + filled[place]!++] = refers;
  }
  return { width, indices };
}

function startsOf(widths: Int32Array): Int32Array {
  const starts = new Int32Array(widths.length + 1);
  for (const [index, width] of widths.entries()) starts[index + 1] = starts[index]! + width;
  return starts;
}
