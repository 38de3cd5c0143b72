import type { DuckDBConnection } from '@duckdb/node-api';
import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import { didYouMean } from '../pipeline/nearest-name.js';

/** Table functions that make rows from their arguments alone. */
const harmlessTableFunctions = new Set([
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'json_each',
  'json_tree',
]);

/** Scalar functions that tell of the machine, run other queries, wait or write. */
const refusedFunctions = new Set([
  'current_query',
  'current_setting',
  'getenv',
  'query',
  'query_table',
  'sleep_ms',
  'write_log',
  'currval',
  'nextval',
]);

/** `EXPLAIN`, `EXPLAIN ANALYZE`, `EXPLAIN (FORMAT json)`, after white space and comments. */
const explainPrefix = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*explain\b(?:\s*\([^)]*\)|\s+analyze\b)?/i;

const onlySelect =
  'kshot sql takes one SELECT (or WITH, VALUES, FROM, DESCRIBE, SUMMARIZE) or EXPLAIN of one';

/**
 * Whether a text is exactly one statement that does nothing but read result tables, by DuckDB's own parser: its
 * syntax tree exists (only a SELECT has one), every table in it is one of `tables` or a name that the statement
 * itself gives, and every function makes its result from its arguments. Gives the tables that it reads. Nothing of the
 * text is executed.
 */
export async function checkStatement(
  connection: DuckDBConnection,
  sql: string,
  tables: readonly string[],
): Promise<Result<ReadonlySet<string>, Failure>> {
  const explain = explainPrefix.exec(sql)?.[0].length ?? 0;
  const refused = (message: string, hint = onlySelect) =>
    failed<Failure>({ reason: 'sql-refused', message, hint });
  const tree = await syntaxTree(connection, sql.slice(explain));
  if (tree.error) {
    if (tree.error_type !== 'parser') return refused(`not a query: ${firstWord(sql)} is refused`);
    return failed({
      reason: 'sql-failed',
      message: tree.error_message ?? 'the text is not SQL',
      hint: onlySelect,
    });
  }
  const statements = tree.statements ?? [];
  if (statements.length === 0) return refused('there is no statement');
  if (statements.length > 1) return refused(`there are ${statements.length} statements, not one`);

  const named = new Set<string>();
  const sources = new Map<string, string>();
  const tableFunctions = new Set<string>();
  const functions = new Set<string>();
  for (const object of objectsIn(statements)) {
    const type = object['type'];
    const name = String(object['table_name'] ?? '').toLowerCase();
    if (type === 'BASE_TABLE') {
      const qualifiers = [object['catalog_name'], object['schema_name']].filter(Boolean).map(String);
      sources.set([...qualifiers, name].join('.').toLowerCase(), name);
    } else if (type === 'TABLE_FUNCTION') {
      tableFunctions.add(functionName(object['function']));
    } else if (object['class'] === 'FUNCTION') {
      functions.add(functionName(object));
    }
    // The common table expressions: `cte_map: { map: [{ key, value }] }`.
    const map = (object['cte_map'] as { map?: readonly { key?: string }[] } | undefined)?.map ?? [];
    for (const { key } of map) if (key !== undefined) named.add(key.toLowerCase());
  }

  const known = new Set(tables);
  for (const [qualified, name] of sources) {
    const own = qualified === name ? known.has(name) || named.has(name) : false;
    const spelledOut = ['main.', 'memory.', 'memory.main.'].some(
      (prefix) => qualified === `${prefix}${name}` && known.has(name),
    );
    if (own || spelledOut || qualified.startsWith('information_schema.')) continue;
    const hint = didYouMean(name, tables) ?? `the tables are ${tables.join(', ')}`;
    return refused(`${qualified} is not a result table`, hint);
  }
  for (const name of tableFunctions) {
    // A scalar function inside a table function is seen above as well.
    if (!harmlessTableFunctions.has(name)) {
      return refused(`the table function ${name} is refused: a query reads result tables only`);
    }
  }
  for (const name of functions) {
    if (refusedFunctions.has(name)) return refused(`the function ${name} is refused`);
  }
  return success(new Set(sources.values()));
}

interface SyntaxTree {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly statements?: readonly unknown[];
}

async function syntaxTree(connection: DuckDBConnection, sql: string): Promise<SyntaxTree> {
  const result = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [sql]);
  return JSON.parse(String(result.getRows()[0]?.[0])) as SyntaxTree;
}

function firstWord(sql: string): string {
  return /[a-z]+/i.exec(sql)?.[0].toUpperCase() ?? 'this';
}

function functionName(object: unknown): string {
  return String((object as { function_name?: unknown } | undefined)?.function_name ?? '').toLowerCase();
}

function* objectsIn(value: unknown): Generator<{ readonly [name: string]: unknown }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as { readonly [name: string]: unknown };
  for (const below of Object.values(value)) yield* objectsIn(below);
}
