interface SyntaxNode {
  readonly [name: string]: unknown;
}

/** Runs that rows may be of: all others are left out by the statement itself; undefined where it does not say. */
export type AskedRuns = ReadonlySet<string> | undefined;

/**
 * The runs to which a SELECT restricts the one table that it reads, by conditions `run = '…'` and `run IN ('…')` that
 * all its rows must meet. It may be fewer than it could be, where a condition is written in another way, but a row of a
 * run that is not among them never is in the answer, nor changes it.
 *
 * @param select a node of type SELECT_NODE of DuckDB's syntax tree
 */
export function askedRuns(select: SyntaxNode): AskedRuns {
  const table = objectOf(select['from_table']);
  // A sample is drawn before the condition is looked at.
  if (table?.['type'] !== 'BASE_TABLE' || isGiven(table['sample']) || isGiven(select['sample']))
    return undefined;
  if (listOf(table['column_name_alias']).length > 0) return undefined;
  const name = String(table['alias'] || table['table_name']).toLowerCase();
  // An expression of that name may be what the condition is about.
  const selected = listOf(select['select_list']).map((one) => String(objectOf(one)?.['alias']).toLowerCase());
  if (selected.includes('run')) return undefined;
  return runsIn(select['where_clause'], name);
}

function runsIn(condition: unknown, table: string): AskedRuns {
  const node = objectOf(condition);
  if (node?.['type'] === 'CONJUNCTION_AND') {
    const parts = listOf(node['children'])
      .map((child) => runsIn(child, table))
      .filter((runs) => runs !== undefined);
    const [first] = parts;
    return first && new Set([...first].filter((run) => parts.every((runs) => runs.has(run))));
  }
  if (node?.['type'] === 'COMPARE_EQUAL') return equalTo(node['left'], [node['right']], table);
  if (node?.['type'] !== 'COMPARE_IN') return undefined;
  const [tested, ...values] = listOf(node['children']);
  return equalTo(tested, values, table);
}

function equalTo(tested: unknown, values: readonly unknown[], table: string): AskedRuns {
  const names = listOf(objectOf(tested)?.['column_names']).map((name) => String(name).toLowerCase());
  const isRun = names.at(-1) === 'run' && (names.length === 1 || (names.length === 2 && names[0] === table));
  if (objectOf(tested)?.['type'] !== 'COLUMN_REF' || !isRun) return undefined;
  const runs = values.map(textOf);
  return runs.every((run) => run !== undefined) ? new Set(runs) : undefined;
}

/** A text that stands there as it is. */
function textOf(expression: unknown): string | undefined {
  const node = objectOf(expression);
  const value = objectOf(node?.['value']);
  if (node?.['type'] !== 'VALUE_CONSTANT' || objectOf(value?.['type'])?.['id'] !== 'VARCHAR')
    return undefined;
  return typeof value?.['value'] === 'string' ? value['value'] : undefined;
}

function objectOf(value: unknown): SyntaxNode | undefined {
  return typeof value === 'object' && value !== null ? (value as SyntaxNode) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}
