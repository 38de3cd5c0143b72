import { greatest, least } from '../../base/extremes.js';

/** A curve of bounded size: each point is the mean of `stride` values; the extremes are of the values themselves. */
export interface Series {
  readonly points: readonly number[];
  readonly stride: number;
  /** Values since the last point, of which there are fewer than `stride`. */
  readonly open: readonly number[];
  readonly last: number;
  readonly lowest: number;
  readonly highest: number;
}

const mostPoints = 128;

/** The series with a further value; undefined stands for the empty one. Values that are not finite are passed over. */
export function withValue(series: Series | undefined, value: number): Series | undefined {
  if (!Number.isFinite(value)) return series;
  if (series === undefined) {
    return { points: [value], stride: 1, open: [], last: value, lowest: value, highest: value };
  }
  const { stride } = series;
  const open = [...series.open, value];
  const extremes = {
    last: value,
    lowest: Math.min(series.lowest, value),
    highest: Math.max(series.highest, value),
  };
  if (open.length < stride) return { ...series, ...extremes, open };
  const points = [...series.points, mean(open)];
  if (points.length < mostPoints) return { points, stride, open: [], ...extremes };
  const halved = Array.from({ length: mostPoints / 2 }, (_, index) =>
    mean(points.slice(2 * index, 2 * index + 2)),
  );
  return { points: halved, stride: 2 * stride, open: [], ...extremes };
}

/**
 * A line of at most `width` characters, the lowest of `levels` for the least point, the highest for the greatest. Of
 * more points than that, neighbours are averaged; equal points are all drawn in the middle.
 */
export function sparkline(points: readonly number[], width: number, levels: readonly string[]): string {
  const columns = Math.min(points.length, width);
  if (columns < 1) return '';
  const drawn = Array.from({ length: columns }, (_, column) =>
    mean(
      points.slice(
        Math.floor((column * points.length) / columns),
        Math.floor(((column + 1) * points.length) / columns),
      ),
    ),
  );
  const low = least(drawn);
  const high = greatest(drawn);
  const level = (value: number) =>
    high === low
      ? Math.floor((levels.length - 1) / 2)
      : Math.min(levels.length - 1, Math.floor(((value - low) / (high - low)) * levels.length));
  return drawn.map((value) => levels[level(value)] ?? '').join('');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
