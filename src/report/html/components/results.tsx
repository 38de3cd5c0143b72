import type { ReactNode } from 'react';
import type { MetricRow } from '../../../artifacts/metric-table.js';
import type { Report } from '../../../artifacts/run-documents.js';
import type { SummaryRow } from '../../../artifacts/summary-table.js';
import { formatCount } from '../../../base/quantities.js';
import { inReadingOrder } from '../../../statistics/metrics.js';
import { EstimateCell } from './estimate-cell.js';
import { plainText, RoleMark } from './marks.js';
import { SummaryTable, summaryNodes } from './summary-table.js';
import { Table } from './table.js';

/** The summaries, model by model, then every metric that a node gave. */
export function Results({
  report,
  children,
}: {
  readonly report: Report;
  readonly children: ReactNode;
}): ReactNode {
  const { metrics, summaries } = report;
  if (metrics.length + summaries.length === 0) return null;
  return (
    <section aria-labelledby="results">
      <h2 id="results">Results</h2>
      <p className="lead">
        Below each figure stands its 95 % interval: by bootstrap over users, or by Student’s t over seeds
        where there are several.
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
      {metrics.length === 0 ? null : (
        <details className="plain" open={summaries.length === 0}>
          <summary>All metrics ({formatCount(metrics.length, 'setting')})</summary>
          <Metrics rows={metrics} />
        </details>
      )}
    </section>
  );
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

function Metrics({ rows }: { readonly rows: readonly MetricRow[] }): ReactNode {
  const metrics = inReadingOrder(rows.flatMap((row) => Object.keys(row.values)));
  return (
    <>
      <Table
        label="All metrics"
        className="figures"
        columns={[
          { title: 'node' },
          { title: 'role' },
          { title: 'K', isNumber: true },
          { title: 'steps', isNumber: true },
          { title: 'inner_lr', isNumber: true },
          ...metrics.map((title) => ({ title, isNumber: true })),
          { title: 'n', isNumber: true },
          { title: 'users', isNumber: true },
        ]}
        rows={rows.slice(0, mostRows).map((row) => [
          plainText(row.node),
          row.role === null ? null : <RoleMark key="role" role={row.role} />,
          row.k,
          row.steps,
          row.inner_lr,
          ...metrics.map((metric) => {
            const value = row.values[metric];
            return value === undefined ? null : (
              <EstimateCell key={metric} value={value} interval={row.intervals[metric]} />
            );
          }),
          row.n,
          row.users,
        ])}
      />
      {rows.length > mostRows ? (
        <p className="quiet">
          The first {mostRows} of {rows.length}; all are in <code>tables/metrics.parquet</code>.
        </p>
      ) : null}
    </>
  );
}
