import type { MetricRow } from '../artifacts/metric-table.js';
import type { Json, JsonObject } from '../base/json.js';
import { own } from '../base/own-properties.js';

/** One evaluation in two runs: of the same node, at settings that correspond. */
export interface MatchedSetting {
  readonly before: MetricRow;
  readonly after: MetricRow;
}

export interface MatchedSettings {
  /** In the order of the later run. */
  readonly both: readonly MatchedSetting[];
  readonly onlyBefore: readonly MetricRow[];
  readonly onlyAfter: readonly MetricRow[];
  /** Of a row's further settings those by which rows of its node are told apart, in either run. */
  readonly settingsOf: (row: MetricRow) => JsonObject;
}

/** What settings are told apart by, from all to none. */
const identities: readonly ((row: MetricRow, varying: JsonObject) => readonly Json[])[] = [
  ({ k, steps, inner_lr, settings }) => [k, steps, inner_lr, settings],
  // A program has the rows of before, under another parameter: each fold belongs to itself.
  ({ k, steps, inner_lr }, varying) => [k, steps, inner_lr, varying],
  ({ k, steps, inner_lr }) => [k, steps, inner_lr],
  ({ k, steps }) => [k, steps],
  ({ k, inner_lr }) => [k, inner_lr],
  ({ steps, inner_lr }) => [steps, inner_lr],
  () => [],
];

/**
 * Which rows of two runs' metrics belong together: those of one node and equal settings, and of what is left those
 * that agree in as much as possible and are the only ones that do (a node whose chosen rate has changed).
 */
export function matchSettings(before: readonly MetricRow[], after: readonly MetricRow[]): MatchedSettings {
  const partners = new Map<MetricRow, MetricRow>();
  const taken = new Set<MetricRow>();
  const settingsOf = varyingSettings([before, after]);
  for (const identity of identities) {
    const nameOf = (row: MetricRow) => JSON.stringify([row.node, ...identity(row, settingsOf(row))]);
    const open = groupBy(
      before.filter((row) => !taken.has(row)),
      nameOf,
    );
    const wanting = groupBy(
      after.filter((row) => !partners.has(row)),
      nameOf,
    );
    for (const [name, rows] of wanting) {
      const [row] = rows;
      const [partner, ...others] = open.get(name) ?? [];
      if (row === undefined || rows.length > 1 || partner === undefined || others.length > 0) continue;
      partners.set(row, partner);
      taken.add(partner);
    }
  }
  return {
    both: after.flatMap((row) => {
      const partner = partners.get(row);
      return partner === undefined ? [] : [{ before: partner, after: row }];
    }),
    onlyBefore: before.filter((row) => !taken.has(row)),
    onlyAfter: after.filter((row) => !partners.has(row)),
    settingsOf,
  };
}

function varyingSettings(runs: readonly (readonly MetricRow[])[]): MatchedSettings['settingsOf'] {
  const varying = new Map<string, Set<string>>();
  for (const rows of runs) {
    for (const [node, ofNode] of groupBy(rows, (row) => row.node)) {
      const texts = (name: string) =>
        new Set(ofNode.map(({ settings }) => JSON.stringify(own(settings, name))));
      const names = new Set(ofNode.flatMap(({ settings }) => Object.keys(settings)));
      const known = varying.get(node) ?? new Set();
      for (const name of names) if (texts(name).size > 1) known.add(name);
      varying.set(node, known);
    }
  }
  return ({ node, settings }) => {
    const names = varying.get(node);
    return Object.fromEntries(Object.entries(settings).filter(([name]) => names?.has(name)));
  };
}

function groupBy(rows: readonly MetricRow[], nameOf: (row: MetricRow) => string): Map<string, MetricRow[]> {
  const groups = new Map<string, MetricRow[]>();
  for (const row of rows) {
    const found = groups.get(nameOf(row));
    if (found === undefined) groups.set(nameOf(row), [row]);
    else found.push(row);
  }
  return groups;
}
