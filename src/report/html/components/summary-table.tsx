import type { ReactNode } from 'react';
import { baselineOf, type SummaryRow, tuningText } from '../../../artifacts/summary/summary-rows.js';
import { comparisonTable } from '../../../artifacts/summary/summary-table.js';
import { own } from '../../../base/own-properties.js';
import { formatCount } from '../../../base/quantities.js';
import { inReadingOrder } from '../../../statistics/metrics.js';
import { EstimateCell } from './estimate-cell.js';
import { plainText } from './marks.js';
import { filledColumns, Table } from './table.js';

/** Rows beyond which a table is cut; all are in the tables of the run. */
const mostRows = 400;

/** A summary, a model and setting in each row, and what each is compared with. */
export function SummaryTable({
  node,
  rows,
}: {
  readonly node: string;
  readonly rows: readonly SummaryRow[];
}): ReactNode {
  const metrics = inReadingOrder(rows.flatMap((row) => Object.keys(row.metrics)));
  const baseline = baselineOf(rows);
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
          {pairedOn(rows)} {others.map((name) => plainText(name)).join(' and ')}:{' '}
          <span className="above">▲</span> above, <span className="below">▼</span> below,{' '}
          <span className="same">≈</span> cannot be told apart.
        </p>
      )}
      <Table
        label={`Summary ${plainText(node)}`}
        className="figures"
        {...filledColumns<SummaryRow>(
          [
            {
              title: 'model',
              cell: (row) => (
                <>
                  {plainText(row.model)}
                  {row === baseline ? <span className="quiet"> baseline</span> : null}
                </>
              ),
            },
            { title: 'K', isNumber: true, cell: (row) => row.k },
            { title: 'steps', isNumber: true, cell: (row) => row.steps },
            { title: 'inner_lr', isNumber: true, cell: (row) => row.inner_lr },
            ...metrics.map((metric) => ({
              title: plainText(metric),
              isNumber: true,
              cell: ({ metrics: found }: SummaryRow) => {
                const one = own(found, metric);
                return one === undefined ? null : (
                  <EstimateCell
                    key={metric}
                    value={one.value}
                    interval={one.interval}
                    of={one.of}
                    against={one.against}
                    areNamed={others.length > 1}
                  />
                );
              },
            })),
            {
              title: 'over',
              isNumber: true,
              cell: (row) => formatCount(row.units, row.unit.replace(/s$/, '')),
            },
            { title: 'n', isNumber: true, cell: (row) => row.n },
            { title: 'tuned over', isNumber: true, cell: tuningText },
          ],
          rows.slice(0, mostRows),
        )}
      />
      {comparisons.rows.length === 0 ? null : (
        <details className="plain">
          <summary>Every difference with its interval</summary>
          <Table
            label={`Differences in ${plainText(node)}`}
            columns={comparisons.columns.map((title) => ({
              title: title.replace(' (distinguishable)', ''),
              isNumber: title === 'k' || title === 'steps',
            }))}
            rows={comparisons.rows.map((row) => row.map((cell) => differenceText(cell)))}
          />
        </details>
      )}
    </>
  );
}

function pairedOn(rows: readonly SummaryRow[]): string {
  const units = new Set(rows.map(({ unit }) => unit).filter((unit) => unit !== 'users'));
  const hasUsers = rows.some(({ users }) => users !== null);
  return hasUsers ? 'Paired on the same query pairs beside' : `Paired by ${[...units].join(' or ')} beside`;
}

/** `+0.0301 [0.010, 0.049] no` in words that stand alone. */
function differenceText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  return plainText(String(cell)).replace(/ yes$/, '').replace(/ no$/, ' ≈ not told apart');
}
