import type { ReactNode } from 'react';
import type { DrawnFigure } from '../figures/draw-figures.js';
import type { FigureTopic } from '../figures/figure.js';
import { withColourVariables } from '../palette.js';
import { plainText, RoleMark } from './marks.js';
import { figureText, Table } from './table.js';

/** Rows of numbers below a figure; longer ones are in the tables of the run only. */
const mostRows = 60;

/** The figures on some topics, side by side where there is room; nothing where there are none. */
export function FigureGallery({
  figures,
  topics,
}: {
  readonly figures: readonly DrawnFigure[];
  readonly topics: readonly FigureTopic[];
}): ReactNode {
  const shown = figures.filter(({ topic }) => topics.includes(topic));
  if (shown.length === 0) return null;
  return (
    <div className="figures-grid">
      {shown.map((figure) => (
        <FigureView key={figure.id} figure={figure} />
      ))}
    </div>
  );
}

function FigureView({ figure }: { readonly figure: DrawnFigure }): ReactNode {
  const { id, title, role, caption, description, data, drawing, width, height } = figure;
  return (
    <figure id={`figure-${id}`}>
      <figcaption className="figure-title">
        {plainText(title)} {role === null ? null : <RoleMark role={role} />}
      </figcaption>
      <svg
        role="img"
        aria-labelledby={`title-${id} description-${id}`}
        viewBox={`0 0 ${width} ${height}`}
        style={{ maxWidth: `${Math.round(width * 1.15)}px` }}
      >
        <title id={`title-${id}`}>{plainText(title)}</title>
        <desc id={`description-${id}`}>{plainText(description)}</desc>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: drawn by Vega, which escapes what it is given */}
        <g dangerouslySetInnerHTML={{ __html: inlined(drawing, id) }} />
      </svg>
      <p className="caption">{plainText(caption)}</p>
      <details className="plain">
        <summary>Numbers and files</summary>
        <p className="files-of-figure">
          <a href={`figures/${id}.svg`}>SVG</a> <a href={`figures/${id}.png`}>PNG</a>
        </p>
        {data.rows.length > mostRows ? (
          <p className="quiet">
            {data.rows.length} rows: <code>tables/</code> has them all.
          </p>
        ) : (
          <Table
            label={`Numbers of ${plainText(title)}`}
            columns={data.columns.map((column) => ({
              title: plainText(column),
              isNumber: data.rows.every((row) => typeof row[data.columns.indexOf(column)] !== 'string'),
            }))}
            rows={data.rows.map((row) => row.map((cell) => plainText(figureText(cell))))}
          />
        )}
      </details>
    </figure>
  );
}

/** A drawing in the colours of the page, with ids that no other drawing has. */
function inlined(drawing: string, id: string): string {
  return withColourVariables(drawing)
    .replaceAll(/ id="([^"]+)"/g, ` id="${id}-$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#${id}-$1)`);
}
