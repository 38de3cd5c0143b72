import type { ReactNode } from 'react';
import type { ShownExhibit } from '../report-model.js';
import { plainText, RoleMark } from './marks.js';
import { figureText, Table } from './table.js';

/** What programs drew and listed themselves; nothing where they did not. */
export function Exhibits({ exhibits }: { readonly exhibits: readonly ShownExhibit[] }): ReactNode {
  if (exhibits.length === 0) return null;
  const pictures = exhibits.filter(({ type }) => type === 'figure');
  return (
    <section aria-labelledby="exhibits">
      <h2 id="exhibits">From programs</h2>
      <p className="lead">Figures and tables that steps made themselves.</p>
      {pictures.length === 0 ? null : (
        <div className="figures-grid">
          {pictures.map((one) => (
            <Picture key={one.name} exhibit={one} />
          ))}
        </div>
      )}
      {exhibits.map((one) =>
        one.type === 'figure' ? null : (
          <div key={one.name}>
            <h3>
              {plainText(one.name)} {one.role === null ? null : <RoleMark role={one.role} />}
            </h3>
            <Table
              label={`Table ${plainText(one.name)}`}
              columns={one.columns.map((title, column) => ({
                title: plainText(title),
                isNumber: one.rows.every((row) => typeof (row[column] ?? 0) === 'number'),
              }))}
              rows={one.rows.map((row) => row.map((cell) => plainText(cellText(cell))))}
            />
            {one.count > one.rows.length ? (
              <p className="quiet">
                The first {one.rows.length} of {one.count} rows.
              </p>
            ) : null}
          </div>
        ),
      )}
    </section>
  );
}

function Picture({ exhibit }: { readonly exhibit: ShownExhibit }): ReactNode {
  if (exhibit.type !== 'figure') return null;
  const { name, role, file, data } = exhibit;
  return (
    <figure>
      <figcaption className="figure-title">
        {plainText(name)} {role === null ? null : <RoleMark role={role} />}
      </figcaption>
      {data === undefined ? null : (
        <img src={data} alt={`Drawn by ${plainText(name)}`} style={{ maxWidth: '100%' }} />
      )}
      <p className="caption">
        <a href={file}>{file}</a>
      </p>
    </figure>
  );
}

function cellText(cell: ShownCell): string {
  if (cell === null || typeof cell === 'number') return figureText(cell);
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}

type ShownCell = Extract<ShownExhibit, { type: 'table' }>['rows'][number][number];
