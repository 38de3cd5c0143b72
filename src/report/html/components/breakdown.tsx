import type { ReactNode } from 'react';
import type { Report } from '../../../artifacts/run-documents.js';
import {
  type BreakdownSection,
  breakdownSections,
  type GroupedMetric,
} from '../../../artifacts/summary/breakdown-table.js';
import { formatCount } from '../../../base/quantities.js';
import { EstimateCell } from './estimate-cell.js';
import { plainText, RoleMark } from './marks.js';
import { Table } from './table.js';

/** Models by groups of query pairs: where each wins. */
export function Breakdowns({ report }: { readonly report: Report }): ReactNode {
  const sections = breakdownSections(report.breakdowns);
  if (sections.length === 0) return null;
  return (
    <section aria-labelledby="groups">
      <h2 id="groups">By groups</h2>
      <p className="lead">
        The same ranks by groups of query pairs, with 95 % intervals by bootstrap over the users of each
        group. Of many comparisons one in twenty differs by chance. Every metric is in{' '}
        <code>tables/breakdown.parquet</code>.
      </p>
      {sections.map((section) => (
        <Grouping key={`${section.node} ${section.groupedBy}`} section={section} />
      ))}
    </section>
  );
}

function Grouping({
  section: { node, role, groupedBy, metric, baseline, groups, models },
}: {
  readonly section: BreakdownSection;
}): ReactNode {
  return (
    <>
      <h3>
        {plainText(node)}: {plainText(metric)} by {groupedBy}{' '}
        {role === null ? null : <RoleMark role={role} />}
      </h3>
      {baseline === undefined ? null : (
        <p className="key">
          Paired with {plainText(baseline)}: <span className="above">▲</span> above,{' '}
          <span className="below">▼</span> below, <span className="same">≈</span> cannot be told apart.
        </p>
      )}
      <Table
        label={`${plainText(node)} by ${groupedBy}`}
        className="figures"
        columns={[
          { title: 'model' },
          ...groups.map(({ group, n, users }) => ({
            title: (
              <>
                {group}
                <span className="interval">
                  {formatCount(n, 'pair')}, {formatCount(users, 'user')}
                </span>
              </>
            ),
            isNumber: true,
          })),
        ]}
        rows={models.map(({ name, cells }) => [
          plainText(name),
          ...cells.map((cell) => (cell === undefined ? null : groupCell(cell, baseline))),
        ])}
      />
    </>
  );
}

function groupCell({ value, interval, beside_baseline: beside }: GroupedMetric, baseline = ''): ReactNode {
  if (value === null) return null;
  const against =
    beside === undefined
      ? {}
      : { [baseline]: { ...beside, improvement_percent: null, improvement_interval: null } };
  return <EstimateCell value={value} interval={interval} against={against} />;
}
