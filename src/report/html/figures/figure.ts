import type { TopLevelSpec } from 'vega-lite';
import type { RowTable } from '../../../tables/row-formats.js';
import { lightColours, seriesColours } from '../palette.js';

/** What a figure is about, and so where in the report it stands. */
export type FigureTopic = 'results' | 'training' | 'choice' | 'ablation' | 'drift';

/** A figure before it is drawn: plain data, made from the rows of a run alone. */
export interface Figure {
  /** Unique in a report, and safe in a file name. */
  readonly id: string;
  readonly topic: FigureTopic;
  readonly title: string;
  /** The split that what is drawn was computed from; null where it has none. */
  readonly role: string | null;
  /** What is drawn, with units and n; below the figure. */
  readonly caption: string;
  /** What one would say of it to somebody who cannot see it. */
  readonly description: string;
  readonly spec: TopLevelSpec;
  /** The numbers that are drawn. */
  readonly data: RowTable;
}

/** A spec without what all figures have in common. */
export type FigureSpec = Omit<Extract<TopLevelSpec, { layer: unknown }>, '$schema' | 'config'>;

/** A layer of a figure. */
export type Layer = FigureSpec['layer'][number];

/** A dashed line at a value that others are read against; `title` is the axis's. */
export function referenceLine(
  axis: 'x' | 'y',
  value: number,
  title: string,
  color: string = lightColours.muted,
): Layer {
  return {
    data: { values: [{ value }] },
    mark: { type: 'rule', strokeDash: [4, 3], color },
    encoding: { [axis]: { field: 'value', type: 'quantitative', title } },
  };
}

/** The font that figures are drawn with; the one font that is registered where they become PNG. */
export const figureFont = 'DejaVu Sans';

/** Inner width of a figure, so that its type is legible on a phone without scaling it down much. */
export const plotWidth = 340;

/**
 * A spec of which every text is one to Vega: its parser of expressions looks for the words of its language in an object,
 * where it finds `constructor`, too, and can draw no title, label or value of such a name. A space of no width makes it
 * another text, which looks the same.
 */
function withTextsAlone(spec: FigureSpec): FigureSpec {
  const isWord = (text: string) => text === 'if' || text in Object.prototype;
  const texts = JSON.stringify(spec, (_, value: unknown) =>
    typeof value === 'string' && isWord(value) ? `${value}\u200B` : value,
  );
  return JSON.parse(texts) as FigureSpec;
}

/** A spec with the look of all figures: quiet axes, few lines, no frame. */
export function styled(spec: FigureSpec): TopLevelSpec {
  const { ink, muted, rule, grid, paper } = lightColours;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...withTextsAlone(spec),
    background: paper,
    padding: 6,
    config: {
      aria: false,
      font: figureFont,
      view: { stroke: null },
      axis: {
        labelColor: muted,
        titleColor: muted,
        labelFontSize: 11,
        titleFontSize: 11,
        titleFontWeight: 'normal',
        titlePadding: 8,
        gridColor: grid,
        domainColor: rule,
        tickColor: rule,
        labelLimit: 150,
        titleLimit: 400,
      },
      axisX: { grid: false },
      axisY: { domain: false, ticks: false },
      legend: {
        labelColor: ink,
        titleColor: muted,
        labelFontSize: 11,
        titleFontSize: 11,
        titleFontWeight: 'normal',
        orient: 'top',
        direction: 'horizontal',
        columns: 4,
        labelLimit: 150,
        symbolStrokeWidth: 2,
        symbolOpacity: 1,
      },
      range: { category: [...seriesColours] },
    },
  } as TopLevelSpec;
}

/** Names as one that is safe in a file's name and in HTML. */
export function figureId(...names: readonly string[]): string {
  return names
    .join('-')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
    .slice(0, 120);
}

/** The same figures, each with an id of its own. */
export function withUniqueIds(figures: readonly Figure[]): readonly Figure[] {
  const seen = new Map<string, number>();
  return figures.map((figure) => {
    // A file system may not tell capitals from small letters.
    const name = figure.id.toLowerCase();
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? figure : { ...figure, id: `${figure.id}-${count}` };
  });
}
