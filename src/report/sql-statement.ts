import type { DuckDBConnection } from '@duckdb/node-api';
import type { Failure } from '../base/failure.js';
import { replaceOutsideStrings } from '../base/json.js';
import { didYouMean } from '../base/nearest-name.js';
import { failed, type Result, success } from '../base/result.js';
import { type AskedRuns, askedRuns } from './asked-runs.js';

/** Table functions that make rows from their arguments alone. */
const harmlessTableFunctions = new Set([
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'json_each',
  'json_tree',
]);

/**
 * Scalar functions that tell of the machine or of settings, plan other queries, or write. Those that only wait
 * (`sleep_ms`, `pg_sleep`) do no harm: a query may take its time as it likes, and ends with its `--timeout`.
 */
const refusedFunctions = new Set([
  'current_query',
  'current_setting',
  'currval',
  'getenv',
  'json_serialize_plan',
  'nextval',
  'query',
  'query_table',
  'write_log',
]);

const onlySelect =
  'kshot sql takes one SELECT (or WITH, VALUES, FROM, DESCRIBE, SUMMARIZE) or EXPLAIN of one';

/**
 * Whether a text is exactly one statement that does nothing but read result tables, by DuckDB's own parser: its
 * syntax tree exists (only a SELECT has one), every table in it is one of `tables` or a name that the statement gives
 * where it stands, and every function makes its result from its arguments. Gives the tables that it reads, and of
 * each the runs whose rows it asks for. Nothing of
 * the text is executed, nor looked up: what it names is touched in a locked database only.
 */
export async function checkStatement(
  connection: DuckDBConnection,
  sql: string,
  tables: readonly string[],
): Promise<Result<ReadonlyMap<string, AskedRuns>, Failure>> {
  const query = await onlyQuery(connection, sql);
  if (!query.ok) return query;
  const known = new Set(tables);
  const read = new Map<string, AskedRuns>();
  for (const { name, qualifiers, runs } of tablesOutside(query.value, new Set())) {
    const isOwn = known.has(name) && ['', 'main', 'memory', 'memory.main'].includes(qualifiers.join('.'));
    if (isOwn) read.set(name, read.has(name) ? eitherOf(read.get(name), runs) : runs);
    else if (qualifiers.join('.') !== 'information_schema') {
      const hint = didYouMean(name, tables) ?? `the tables are ${tables.join(', ')}`;
      return refused(`${[...qualifiers, name].join('.')} is not a result table`, hint);
    }
  }
  for (const object of objectsIn(query.value)) {
    const refusal = refusalOfFunction(object);
    if (refusal !== undefined) return refused(refusal);
  }
  return success(read);
}

function eitherOf(one: AskedRuns, other: AskedRuns): AskedRuns {
  return one === undefined || other === undefined ? undefined : new Set([...one, ...other]);
}

/** Why a node of the syntax tree is refused for the function that it calls. */
function refusalOfFunction(node: SyntaxNode): string | undefined {
  if (node['type'] === 'TABLE_FUNCTION') {
    const name = functionName(node['function']);
    if (harmlessTableFunctions.has(name)) return undefined;
    return `the table function ${name} is refused: a query reads result tables only`;
  }
  const name = functionName(node);
  if (node['class'] !== 'FUNCTION' || !refusedFunctions.has(name)) return undefined;
  return `the function ${name} is refused`;
}

function refused(message: string, hint = onlySelect): Result<never, Failure> {
  return failed<Failure>({ reason: 'sql-refused', message, hint });
}

/** The syntax tree of the query that a text is, or is EXPLAIN of. */
async function onlyQuery(connection: DuckDBConnection, sql: string): Promise<Result<unknown, Failure>> {
  const tree = await syntaxTree(connection, sql);
  if (!tree.error) return onlyStatement(tree);
  const count = await countStatements(connection, sql);
  if (!count.ok) return count;
  if (count.value > 1) return refused(...(await reasonForSeveral(connection, sql, count.value)));
  const asked = explained(sql);
  for (const text of asked) {
    const about = await syntaxTree(connection, text);
    if (!about.error) return onlyStatement(about);
  }
  const last = asked.at(-1);
  if (last === undefined) return refused(`not a query: ${firstWord(sql)} is refused`);
  return refused(`not a query: EXPLAIN of ${firstWord(last)} is refused`);
}

function onlyStatement({ statements = [] }: SyntaxTree): Result<unknown, Failure> {
  if (statements.length === 0) return refused('there is no statement');
  if (statements.length > 1) return refused(`there are ${statements.length} statements, not one`);
  return success(statements[0]);
}

/** How many statements DuckDB takes a text for. */
async function countStatements(connection: DuckDBConnection, sql: string): Promise<Result<number, Failure>> {
  try {
    return success((await connection.extractStatements(sql)).count);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [message = '', ...details] = error.message.trimEnd().split('\n');
    return failed<Failure>({
      reason: 'sql-failed',
      message: message.replace('Failed to extract statements: ', ''),
      details: details.filter((line) => line !== ''),
      hint: onlySelect,
      cause: error,
    });
  }
}

/** A PIVOT that looks for its columns itself becomes several statements, of which one creates a type. */
async function reasonForSeveral(
  connection: DuckDBConnection,
  sql: string,
  count: number,
): Promise<readonly [message: string, hint?: string]> {
  const asView = await syntaxTree(connection, `CREATE VIEW v AS (${sql.replace(/[\s;]+$/, '')}\n)`);
  if (!/^PIVOT statements with pivot elements extracted/.test(asView.error_message ?? '')) {
    return [`there are ${count} statements, not one`];
  }
  return [
    'PIVOT without the values that become columns creates a type before it reads',
    "name them: PIVOT … ON column IN ('a', 'b')",
  ];
}

interface SyntaxTree {
  readonly error: boolean;
  readonly error_message?: string;
  readonly statements?: readonly unknown[];
}

/** What DuckDB's parser makes of a text of SELECT statements; an error of all others. */
async function syntaxTree(connection: DuckDBConnection, sql: string): Promise<SyntaxTree> {
  const result = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [sql]);
  // DuckDB writes numbers that are too large as JSON does not have them; only the shape of the tree matters here.
  const text = replaceOutsideStrings(
    String(result.getRows()[0]?.[0]),
    String.raw`-?\b(?:Infinity|NaN)\b`,
    () => 'null',
  );
  return JSON.parse(text) as SyntaxTree;
}

/** White space and comments. */
const blank = String.raw`(?:\s|--[^\n]*(?:\n|$)|/\*(?:[^*]|\*(?!/))*\*/)*`;
const explainWord = new RegExp(`^${blank}explain\\b`, 'i');
const explainOptions = new RegExp(`^${blank}(?:analyze\\b|\\([^)]*\\))`, 'i');

/** What an EXPLAIN may be about: all after the word, or what follows options (`ANALYZE`, `(FORMAT json)`). */
function explained(sql: string): readonly string[] {
  if (!explainWord.test(sql)) return [];
  const after = sql.replace(explainWord, '');
  return explainOptions.test(after) ? [after, after.replace(explainOptions, '')] : [after];
}

function firstWord(sql: string): string {
  return /[a-z]+/i.exec(sql.replace(new RegExp(`^${blank}`), ''))?.[0].toUpperCase() ?? 'this';
}

function functionName(object: unknown): string {
  return String((object as { function_name?: unknown } | undefined)?.function_name ?? '').toLowerCase();
}

interface SyntaxNode {
  readonly [name: string]: unknown;
}

function* objectsIn(value: unknown): Generator<SyntaxNode> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as SyntaxNode;
  for (const below of Object.values(value)) yield* objectsIn(below);
}

interface TableName {
  /** In lower case. */
  readonly name: string;
  /** Catalog and schema, as far as they are written. */
  readonly qualifiers: readonly string[];
  /** Of which runs its rows are asked for there. */
  readonly runs: AskedRuns;
}

/**
 * The tables that a part of a syntax tree names and that no common table expression around them is.
 *
 * @param scope names of the common table expressions around it, in lower case
 * @param runs those whose rows are asked for of the table that it is
 */
function* tablesOutside(value: unknown, scope: ReadonlySet<string>, runs?: AskedRuns): Generator<TableName> {
  if (typeof value !== 'object' || value === null) return;
  const { cte_map: ctes, ...node } = value as SyntaxNode;
  const within = new Set(scope);
  for (const { key, value: expression } of commonTableExpressions(ctes)) {
    // Each sees those before it, and itself where it is recursive.
    const seen = isRecursive(expression) ? new Set([...within, key]) : within;
    yield* tablesOutside(expression, seen);
    within.add(key);
  }
  if (node['type'] === 'BASE_TABLE') {
    const name = String(node['table_name']).toLowerCase();
    const qualifiers = [node['catalog_name'], node['schema_name']]
      .filter(Boolean)
      .map((qualifier) => String(qualifier).toLowerCase());
    // `recurring.t` is all that a recursive `t` has found.
    const isExpression = within.has(name) && ['', 'recurring'].includes(qualifiers.join('.'));
    if (!isExpression) yield { name, qualifiers, runs };
  }
  const asked = node['type'] === 'SELECT_NODE' ? askedRuns(node) : undefined;
  for (const [name, below] of Object.entries(node)) {
    yield* tablesOutside(below, within, name === 'from_table' ? asked : undefined);
  }
}

/** `cte_map: { map: [{ key, value }] }` of a node. */
function commonTableExpressions(ctes: unknown): readonly { readonly key: string; readonly value: unknown }[] {
  const map = (ctes as { map?: readonly { key: string; value: unknown }[] } | undefined)?.map ?? [];
  return map.map(({ key, value }) => ({ key: key.toLowerCase(), value }));
}

function isRecursive(expression: unknown): boolean {
  const query = (expression as { query?: { node?: { type?: unknown } } }).query;
  return query?.node?.type === 'RECURSIVE_CTE_NODE';
}
