import type { ReactNode } from 'react';
import { comparisonTable, type SummaryRow } from '../../../artifacts/summary-table.js';
import { inReadingOrder } from '../../../statistics/metrics.js';
import { EstimateCell } from './estimate-cell.js';
import { plainText } from './marks.js';
import { Table } from './table.js';

/** Rows beyond which a table is cut; all are in the tables of the run. */
const mostRows = 400;

/** The rows of each summary, and whether it goes through several settings of a model. */
export function summaryNodes(
  summaries: readonly SummaryRow[],
): readonly { readonly node: string; readonly rows: readonly SummaryRow[]; readonly isSweep: boolean }[] {
  return [...new Set(summaries.map(({ node }) => node))].map((node) => {
    const rows = summaries.filter((row) => row.node === node);
    return { node, rows, isSweep: new Set(rows.map(({ model }) => model)).size < rows.length };
  });
}

/** A summary, a model and setting in each row, and what each is compared with. */
export function SummaryTable({
  node,
  rows,
}: {
  readonly node: string;
  readonly rows: readonly SummaryRow[];
}): ReactNode {
  const metrics = inReadingOrder(rows.flatMap((row) => Object.keys(row.metrics)));
  const baseline = rows.find((row) => row.baseline === null);
  const others = [
    ...new Set(
      rows.flatMap((row) => Object.values(row.metrics).flatMap(({ against }) => Object.keys(against))),
    ),
  ];
  const comparisons = comparisonTable(rows.slice(0, mostRows));
  return (
    <>
      {others.length === 0 ? null : (
        <p className="key">
          Paired on the same query pairs beside {others.map((name) => plainText(name)).join(' and ')}:{' '}
          <span className="above">▲</span> above, <span className="below">▼</span> below,{' '}
          <span className="same">≈</span> cannot be told apart.
        </p>
      )}
      <Table
        label={`Summary ${plainText(node)}`}
        className="figures"
        columns={[
          { title: 'model' },
          { title: 'K', isNumber: true },
          { title: 'steps', isNumber: true },
          { title: 'inner_lr', isNumber: true },
          ...metrics.map((title) => ({ title, isNumber: true })),
          { title: 'over', isNumber: true },
          { title: 'n', isNumber: true },
        ]}
        rows={rows.slice(0, mostRows).map((row) => [
          <>
            {plainText(row.model)}
            {row === baseline ? <span className="quiet"> baseline</span> : null}
          </>,
          row.k,
          row.steps,
          row.inner_lr,
          ...metrics.map((metric) => {
            const found = row.metrics[metric];
            return found === undefined ? null : (
              <EstimateCell
                key={metric}
                value={found.value}
                interval={found.interval}
                against={found.against}
                areNamed={others.length > 1}
              />
            );
          }),
          `${row.units} ${row.unit}`,
          row.n,
        ])}
      />
      {comparisons.rows.length === 0 ? null : (
        <details className="plain">
          <summary>Every difference with its interval</summary>
          <Table
            label={`Differences in ${plainText(node)}`}
            columns={comparisons.columns.map((title, column) => ({
              title: title.replace(' (distinguishable)', ''),
              isNumber: column === 1 || column === 2,
            }))}
            rows={comparisons.rows.map((row) => row.map((cell) => differenceText(cell)))}
          />
        </details>
      )}
    </>
  );
}

/** `+0.0301 [0.010, 0.049] no` in words that stand alone. */
function differenceText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  return plainText(String(cell)).replace(/ yes$/, '').replace(/ no$/, ' ≈ not told apart');
}
