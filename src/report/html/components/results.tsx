import type { ReactNode } from 'react';
import { isEvaluation, type MetricRow, metricsOf } from '../../../artifacts/metric-table.js';
import type { Report } from '../../../artifacts/run-documents.js';
import { type SummaryRow, summaryNodes } from '../../../artifacts/summary/summary-rows.js';
import type { Json } from '../../../base/json.js';
import { own } from '../../../base/own-properties.js';
import { formatCount } from '../../../base/quantities.js';
import { EstimateCell } from './estimate-cell.js';
import { plainText, RoleMark } from './marks.js';
import { SummaryTable } from './summary-table.js';
import { filledColumns, Table } from './table.js';

/** The summaries, model by model, then every metric that a node gave. */
export function Results({
  report,
  children,
}: {
  readonly report: Report;
  readonly children: ReactNode;
}): ReactNode {
  const { metrics, summaries, choices = [] } = report;
  if (metrics.length + summaries.length === 0) return null;
  return (
    <section aria-labelledby="results">
      <h2 id="results">Results</h2>
      <p className="lead">
        {intervalsText(report)}
        {metrics.some(({ role }) => role === 'test')
          ? ' Figures marked test are to be reported, not to choose by.'
          : ''}
      </p>
      {summaryNodes(summaries)
        .filter(({ isSweep }) => !isSweep)
        .map(({ node, rows }) => (
          <div key={node}>
            <h3>
              {plainText(node)} <RoleOf rows={rows} />
            </h3>
            <SummaryTable node={node} rows={rows} />
          </div>
        ))}
      {children}
      {choices.length === 0 ? null : (
        <ul>
          {choices.map((choice) => (
            <li key={choice}>Chosen: {plainText(choice)}</li>
          ))}
        </ul>
      )}
      {metrics.length === 0 ? null : (
        <details className="plain" open={summaries.length === 0}>
          <summary>All metrics ({formatCount(metrics.length, 'setting')})</summary>
          <Metrics rows={metrics} />
        </details>
      )}
    </section>
  );
}

/** What the intervals are by, of those that there are. */
function intervalsText({ metrics, summaries }: Report): string {
  const units = new Set(summaries.map(({ unit }) => unit));
  const isOverUsers = units.has('users') || metrics.some(isEvaluation);
  const repeated = [...units].filter((unit) => unit !== 'users').join(' or ') || 'seeds';
  return isOverUsers
    ? `Below each figure stands its 95 % interval: by bootstrap over users, or by Student’s t over ${repeated} where there are several.`
    : `Below a figure stands its 95 % interval, where there is one: as its program gave it, or by Student’s t over ${repeated}.`;
}

/** The tables of the summaries that go through settings; their figures say it at a glance. */
export function SweepTables({ report }: { readonly report: Report }): ReactNode {
  return summaryNodes(report.summaries)
    .filter(({ isSweep }) => isSweep)
    .map(({ node, rows }) => (
      <details key={node} className="plain">
        <summary>
          {plainText(node)}: every setting <RoleOf rows={rows} />
        </summary>
        <SummaryTable node={node} rows={rows} />
      </details>
    ));
}

function RoleOf({ rows }: { readonly rows: readonly SummaryRow[] }): ReactNode {
  const role = rows[0]?.role ?? null;
  return role === null ? null : <RoleMark role={role} />;
}

/** Rows beyond which a table is cut; all are in the tables of the run. */
const mostRows = 400;

function settingText(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return plainText(typeof value === 'string' ? value : JSON.stringify(value));
}

function Metrics({ rows }: { readonly rows: readonly MetricRow[] }): ReactNode {
  // The names of evaluations stand in their nodes' names.
  const settings = [...new Set(rows.flatMap((row) => (isEvaluation(row) ? [] : Object.keys(row.settings))))];
  const metrics = metricsOf(rows);
  return (
    <>
      <Table
        label="All metrics"
        className="figures"
        {...filledColumns<MetricRow>(
          [
            { title: 'node', cell: (row) => plainText(row.node) },
            {
              title: 'role',
              cell: ({ role }) => (role === null ? null : <RoleMark key="role" role={role} />),
            },
            { title: 'K', isNumber: true, cell: (row) => row.k },
            { title: 'steps', isNumber: true, cell: (row) => row.steps },
            { title: 'inner_lr', isNumber: true, cell: (row) => row.inner_lr },
            ...settings.map((name) => ({
              title: plainText(name),
              isNumber: rows.every((row) => typeof (own(row.settings, name) ?? 0) === 'number'),
              cell: (row: MetricRow) => settingText(own(row.settings, name)),
            })),
            ...metrics.map((metric) => ({
              title: plainText(metric),
              isNumber: true,
              cell: (row: MetricRow) => {
                const value = own(row.values, metric);
                return value === undefined ? (
                  (own(row.not_numbers, metric) ?? null)
                ) : (
                  <EstimateCell key={metric} value={value} interval={own(row.intervals, metric)} />
                );
              },
            })),
            { title: 'n', isNumber: true, cell: (row) => row.n },
            { title: 'users', isNumber: true, cell: (row) => row.users },
          ],
          rows.slice(0, mostRows),
        )}
      />
      {rows.length > mostRows ? (
        <p className="quiet">
          The first {mostRows} of {rows.length}; all are in <code>tables/metrics.parquet</code>.
        </p>
      ) : null}
    </>
  );
}
