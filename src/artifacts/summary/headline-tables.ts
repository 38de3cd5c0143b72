import { columnNamer } from '../../tables/free-names.js';
import type { RowTable } from '../../tables/row-formats.js';
import { metricTable } from '../metric-table.js';
import type { Report } from '../run-documents.js';
import { summaryTable } from './summary-table.js';

/**
 * What a run is reported by, for a paper: its summaries, a table each; where it has none, or `metrics` asks for them,
 * the metrics of all its nodes. No tables where there are none of these.
 *
 * @param form `text`: values with their intervals in one cell; `whole`: numbers with all their digits
 */
export function headlineTables(
  { metrics, summaries }: Pick<Report, 'metrics' | 'summaries'>,
  form: 'text' | 'whole',
  which: 'headline' | 'metrics' = 'headline',
): readonly { readonly name: string; readonly table: RowTable }[] {
  const nodes = [...new Set(summaries.map(({ node }) => node))];
  if (which === 'headline' && nodes.length > 0) {
    return nodes.map((node) => {
      const rows = summaries.filter((row) => row.node === node);
      return { name: node, table: summaryTable(rows, form) };
    });
  }
  if (metrics.length === 0) return [];
  return [{ name: 'metrics', table: metricTable(metrics, form === 'text' ? 4 : 'whole') }];
}

/** Several tables as one, with the name of each row's own in the first column; what a table lacks is null. */
export function asOneTable(tables: readonly { readonly name: string; readonly table: RowTable }[]): RowTable {
  const [only, ...others] = tables;
  if (only !== undefined && others.length === 0) return only.table;
  const columns = [...new Set(tables.flatMap(({ table }) => table.columns))];
  const rows = tables.flatMap(({ name, table }) =>
    table.rows.map((row) => [name, ...columns.map((column) => row[table.columns.indexOf(column)] ?? null)]),
  );
  return { columns: ['table', ...columns.map(columnNamer(['table']))], rows };
}
