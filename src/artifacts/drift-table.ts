import type { Row } from '../tables/database.js';
import type { RowTable } from '../tables/row-formats.js';

/** Lower quartile, median and upper quartile over episodes. */
type Quartiles = readonly [lower: number, median: number, upper: number];

/** How far adaptation moved a parameter tensor: Euclidean norms, as quartiles over episodes. */
export interface DriftSummary {
  readonly node: string;
  readonly role: string | null;
  readonly k: number;
  readonly steps: number;
  readonly tensor: string;
  /** The same in every episode. */
  readonly norm_before: number;
  readonly norm_after: Quartiles;
  readonly norm_of_change: Quartiles;
  readonly episodes: number;
}

/** The rows of table `drift_summary`, nodes in the order given. */
export function driftSummaries(rows: readonly Row[], nodes: readonly string[]): readonly DriftSummary[] {
  const position = new Map(nodes.map((node, index) => [node, index]));
  const quartiles = (row: Row, name: string): Quartiles => [
    Number(row[`${name}_lower`]),
    Number(row[`${name}_median`]),
    Number(row[`${name}_upper`]),
  ];
  return rows
    .map((row) => ({
      node: String(row['node']),
      role: typeof row['role'] === 'string' ? row['role'] : null,
      k: Number(row['k']),
      steps: Number(row['steps']),
      tensor: String(row['tensor']),
      norm_before: Number(row['norm_before']),
      norm_after: quartiles(row, 'norm_after'),
      norm_of_change: quartiles(row, 'norm_of_change'),
      episodes: Number(row['episodes']),
    }))
    .sort((one, other) => (position.get(one.node) ?? 0) - (position.get(other.node) ?? 0));
}

/** Drift as a table to print: medians with quartiles, `0.4312 [0.402, 0.466]`. */
export function driftTable(rows: readonly DriftSummary[]): RowTable {
  const text = ([lower, median, upper]: Quartiles) =>
    `${median.toFixed(4)} [${lower.toFixed(3)}, ${upper.toFixed(3)}]`;
  return {
    columns: ['node', 'k', 'steps', 'tensor', 'norm before', 'norm after', 'norm of the change', 'episodes'],
    rows: rows.map((row) => [
      row.node,
      row.k,
      row.steps,
      row.tensor,
      row.norm_before.toFixed(4),
      text(row.norm_after),
      text(row.norm_of_change),
      row.episodes,
    ]),
  };
}
