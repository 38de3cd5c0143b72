import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../src/base/failure.js';
import type { SourceTable } from '../../src/report/fill-table.js';
import { queryRows } from '../../src/report/query-rows.js';
import { checkStatement } from '../../src/report/sql-statement.js';
import { hashFile } from '../../src/store/hash-file.js';
import { withDatabase } from '../../src/tables/database.js';
import { writeRowsParquet } from '../../src/tables/parquet.js';
import type { RowTable } from '../../src/tables/row-formats.js';
import { temporaryProject } from '../support/temporary-project.js';

const project = temporaryProject({});
const runsFile = project.path('runs.parquet');
const secret = project.path('secret.csv');
let tables: readonly SourceTable[];

beforeAll(async () => {
  writeFileSync(secret, 'password\nhunter2\n');
  await withDatabase({ threads: 1 }, (database) =>
    writeRowsParquet(database, {
      columns: { run: 'VARCHAR', seconds: 'DOUBLE', nodes: 'BIGINT' },
      rows: [
        { run: 'a', seconds: 1.5, nodes: 3 },
        { run: 'b', seconds: 2.5, nodes: 4 },
      ],
      orderBy: ['run'],
      path: runsFile,
    }),
  );
  const file = { path: runsFile, ...(await hashFile(runsFile)) };
  tables = [
    { name: 'runs', columns: { run: 'VARCHAR', seconds: 'DOUBLE', nodes: 'BIGINT' }, files: [file] },
    { name: 'metrics', columns: { run: 'VARCHAR', value: 'DOUBLE' }, files: [] },
  ];
});

async function ask(sql: string): Promise<RowTable> {
  const batches: RowTable[] = [];
  for await (const batch of queryRows({ sql, tables, threads: 2, memoryBytes: 2 ** 29 })) batches.push(batch);
  return { columns: batches[0]?.columns ?? [], rows: batches.flatMap(({ rows }) => rows) };
}

describe('the runs that a query asks for', () => {
  const asked = async (sql: string) =>
    await withDatabase({ threads: 1 }, async ({ connection }) => {
      const read = await checkStatement(connection, sql, ['ranks', 'steps']);
      if (!read.ok) throw new FailureError(read.failure);
      const runs = read.value.get('ranks');
      return runs === undefined ? 'all' : [...runs].sort().join(' ');
    });

  it.each([
    ["FROM ranks WHERE run = 'a'", 'a'],
    ["SELECT avg(rank) FROM ranks r WHERE rank > 1 AND (r.run IN ('a', 'b') AND 'x' = node)", 'a b'],
    ["FROM ranks WHERE run IN ('a', 'b') AND run = 'b'", 'b'],
    ["FROM ranks WHERE run = 'a' AND run = 'b'", ''],
    [
      "SELECT (SELECT max(rank) FROM ranks WHERE run = 'a') - (SELECT max(rank) FROM ranks WHERE run = 'b')",
      'a b',
    ],
    ["WITH t AS (FROM ranks WHERE run = 'a') FROM t WHERE run = 'b'", 'a'],
    ["EXPLAIN SELECT * FROM ranks WHERE run = 'a'", 'a'],
  ])('are those of its conditions: %s', async (sql, runs) => {
    expect(await asked(sql)).toBe(runs);
  });

  it.each([
    'FROM ranks',
    "FROM ranks WHERE run = 'a' OR rank = 1",
    "FROM ranks WHERE NOT run = 'a'",
    "FROM ranks WHERE run LIKE 'a'",
    "FROM ranks WHERE run = node OR run = 'a'",
    'FROM ranks WHERE run = node',
    "FROM ranks TABLESAMPLE 10% WHERE run = 'a'",
    "SELECT node AS run FROM ranks WHERE run = 'a'",
    "FROM ranks AS r(node, run) WHERE run = 'a'",
    "FROM ranks ASOF JOIN steps ON ranks.rank >= steps.seconds WHERE ranks.run = 'a'",
    "SELECT (SELECT max(rank) FROM ranks) FROM ranks WHERE run = 'a'",
    "WITH ranks AS (FROM ranks) FROM ranks WHERE run = 'a'",
    "SELECT (SELECT max(rank) FROM ranks WHERE other.run = 'a') FROM steps AS other",
  ])('are all where it may depend on others: %s', async (sql) => {
    expect(await asked(sql)).toBe('all');
  });

  it('are the only ones whose rows are read and verified, though others give their columns', async () => {
    const paths = await Promise.all(
      ['a', 'b'].map(async (run, index) => {
        const path = project.path(`ranks-${run}.parquet`);
        await withDatabase({ threads: 1 }, (database) =>
          writeRowsParquet(database, {
            columns: { run: 'VARCHAR', rank: 'INTEGER', ...(run === 'b' ? { lr: 'DOUBLE' } : {}) },
            // What says that it is of another run is not read.
            rows: [{ run: 'a', rank: index + 1, lr: 0.5 }],
            orderBy: ['run'],
            path,
          }),
        );
        return { path, ...(await hashFile(path)), ofRun: run };
      }),
    );
    const [one, other] = paths;
    if (one === undefined || other === undefined) throw new Error('two files');
    const spoilt = { ...other, digest: '0'.repeat(64) };
    const source = { name: 'ranks', columns: { run: 'VARCHAR', rank: 'INTEGER' }, files: [one, spoilt] };
    const rowsOf = async (sql: string) => {
      const rows: unknown[] = [];
      const query = { sql, tables: [source], threads: 1, memoryBytes: 2 ** 29 };
      for await (const batch of queryRows(query)) rows.push(...batch.rows);
      return rows;
    };
    expect(await rowsOf("SELECT rank, lr FROM ranks WHERE run = 'a'")).toEqual([[1, null]]);
    await expect(rowsOf('SELECT count(*) FROM ranks')).rejects.toThrow('ranks-b.parquet');
    writeFileSync(other.path, 'no parquet');
    await expect(rowsOf("SELECT rank FROM ranks WHERE run = 'a'")).rejects.toThrow('ranks-b.parquet');
  });
});

async function refusalOf(sql: string) {
  try {
    await ask(sql);
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  return undefined;
}

describe('a query', () => {
  it.each([
    ['SELECT 1234.1::FLOAT, 1e-7::FLOAT, 16777217::FLOAT', [[1234.1, 1e-7, 16777216]]],
    [
      'SELECT run, nodes FROM runs ORDER BY run',
      [
        ['a', 3],
        ['b', 4],
      ],
    ],
    ['from runs select count(*)', [[2]]],
    ['-- a comment\n/* another */ WITH w AS (SELECT sum(nodes) AS s FROM runs) SELECT s FROM w;', [[7]]],
    ['VALUES (1, 2.5, NULL)', [[1, 2.5, null]]],
    ['SELECT count(*) FROM metrics', [[0]]],
    ['SELECT r.run FROM main.runs r JOIN memory.main.runs q USING (run) WHERE r.nodes > 3', [['b']]],
    ['SELECT sum(i) FROM range(4) t(i)', [[6]]],
    ['WITH runs AS (FROM runs WHERE nodes > 3) SELECT run FROM runs', [['b']]],
    [
      'WITH a AS (SELECT 1 AS x), b AS (FROM a) SELECT x, (WITH c AS (FROM b) SELECT x + 1 FROM c) FROM b',
      [[1, 2]],
    ],
    ['SELECT count(*) FROM (UNPIVOT runs ON seconds)', [[2]]],
    [
      'WITH RECURSIVE t(a, b) USING KEY (a) AS (SELECT 1, 1 UNION SELECT a, b + 1 FROM recurring.t WHERE b < 3) SELECT max(b) FROM t',
      [[3]],
    ],
    ['SELECT sleep_ms(1) IS NULL OR true, pg_sleep(0.001) IS NULL OR true', [[true, true]]],
    ['SELECT x FROM (SELECT unnest([1, 2]) AS x) WHERE x > (SELECT min(nodes) - 2 FROM runs)', [[2]]],
    [
      'WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t WHERE a < 3) SELECT max(a) FROM t',
      [[3]],
    ],
    [
      "PIVOT runs ON run IN ('a', 'b') USING sum(nodes)",
      [
        [1.5, 3, null],
        [2.5, null, 4],
      ],
    ],
    ['SELECT table_name FROM information_schema.tables ORDER BY 1', [['metrics'], ['runs']]],
  ])('answers %s', async (sql, rows) => {
    expect((await ask(sql)).rows).toEqual(rows);
  });

  it.each([
    'DESCRIBE runs',
    'SUMMARIZE runs',
    'SHOW TABLES',
    'EXPLAIN SELECT * FROM runs',
    'EXPLAIN ANALYZE FROM runs',
    'EXPLAIN (SELECT 1)',
    'EXPLAIN (SELECT 1) UNION (SELECT nodes FROM runs)',
    'EXPLAIN ANALYZE (FROM runs)',
    'EXPLAIN (FORMAT json) SELECT * FROM runs',
    '/* of a query */ explain -- as JSON\n (ANALYZE, FORMAT json) (FROM runs)',
    "EXPLAIN PIVOT runs ON run IN ('a') USING sum(nodes)",
  ])('answers %s', async (sql) => {
    expect((await ask(sql)).rows.length).toBeGreaterThan(0);
  });

  it('keeps columns of one name and columns whose names are numbers in their order', async () => {
    const { columns, rows } = await ask('SELECT \'x\' AS b, 2 AS "1", 3 AS a, 4 AS a');
    expect(rows).toEqual([['x', 2, 3, 4]]);
    expect(columns.slice(0, 3)).toEqual(['b', '1', 'a']);
    expect(new Set(columns).size).toBe(4);
  });

  it('gives its rows as they are computed, and what was computed before an error', async () => {
    const sql = "SELECT CASE WHEN i < 3000000 THEN i ELSE error('too far') END AS i FROM range(4000000) t(i)";
    let rows = 0;
    const reading = (async () => {
      for await (const batch of queryRows({ sql, tables, threads: 1, memoryBytes: 2 ** 26 }))
        rows += batch.rows.length;
    })();
    await expect(reading).rejects.toMatchObject({
      failure: { reason: 'sql-failed', message: expect.stringContaining('too far') },
    });
    expect(rows).toBeGreaterThan(1_000_000);
  });

  it('takes numbers that are larger than any, and words that only look like them', async () => {
    const { rows } = await ask("SELECT 1e400 AS a, -1e309 AS b, 'Infinity' AS c WHERE 1 < 1e400");
    expect(rows).toEqual([['Infinity', '-Infinity', 'Infinity']]);
  });

  it('says what DuckDB says of a mistake, with the place', async () => {
    const failure = await refusalOf('SELECT nodez FROM runs');
    expect(failure).toMatchObject({ reason: 'sql-failed' });
    expect(failure?.message).toContain('nodez');
    expect(failure?.details?.join('\n')).toContain('^');
    expect(await refusalOf('SELEC 1')).toMatchObject({ reason: 'sql-failed' });
  });

  it('that needs more memory than it may have fails, and is told so', async () => {
    const failure = await refusalOf('SELECT list(i) FROM range(500000000) t(i)');
    expect(failure).toMatchObject({ reason: 'sql-failed' });
    expect(failure?.message).toMatch(/out of memory/i);
    expect(failure?.hint).toBe('ask for fewer rows or columns, or aggregate earlier');
    const { cause: _, ...told } = failure ?? {};
    expect(JSON.stringify(told)).not.toMatch(/\bSET\b|temp/i);
  });
});

describe('a query is refused', () => {
  const file = secret.replaceAll("'", "''");
  it.each([
    ['reading CSV', `SELECT * FROM read_csv('${file}')`],
    ['reading text', `SELECT * FROM read_text('${file}')`],
    ['reading bytes', `SELECT * FROM read_blob('${file}')`],
    ['reading JSON', `SELECT * FROM read_json('${file}')`],
    ['reading parquet', `SELECT * FROM read_parquet('${runsFile}')`],
    ['reading metadata of parquet', `SELECT * FROM parquet_metadata('${runsFile}')`],
    ['sniffing', `FROM sniff_csv('${file}')`],
    ['listing files', `SELECT * FROM glob('${project.root}/*')`],
    ['a file as a table', `FROM '${file}'`],
    ['a file as a quoted table', `SELECT * FROM "${file}"`],
    ['the network', `FROM 'https://example.org/x.parquet'`],
    ['a file in a subquery', `SELECT (SELECT count(*) FROM read_csv('${file}'))`],
    ['a file in a common table expression', `WITH w AS (FROM read_text('${file}')) FROM w`],
    ['a file below EXPLAIN', `EXPLAIN SELECT * FROM read_csv('${file}')`],
    ['a file below EXPLAIN ANALYZE', `EXPLAIN ANALYZE FROM '${file}'`],
    ['a file below DESCRIBE', `DESCRIBE FROM '${file}'`],
    ['a file below SUMMARIZE', `SUMMARIZE FROM read_csv('${file}')`],
    ['writing below EXPLAIN ANALYZE', `EXPLAIN ANALYZE COPY runs TO '${project.path('out.csv')}'`],
    ['creating below EXPLAIN ANALYZE', 'EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1'],
    ['dropping below EXPLAIN', 'EXPLAIN (ANALYZE) DROP TABLE runs'],
    ['ATTACH', `ATTACH '${project.path('x.db')}'`],
    ['DETACH', 'DETACH memory'],
    ['USE', 'USE memory'],
    ['COPY TO', `COPY runs TO '${project.path('out.csv')}'`],
    ['COPY FROM', `COPY runs FROM '${file}'`],
    ['EXPORT', `EXPORT DATABASE '${project.path('out')}'`],
    ['IMPORT', `IMPORT DATABASE '${project.path('out')}'`],
    ['INSTALL', 'INSTALL httpfs'],
    ['LOAD', 'LOAD httpfs'],
    ['SET', 'SET enable_external_access = true'],
    ['SET VARIABLE', 'SET VARIABLE x = 1'],
    ['RESET', 'RESET lock_configuration'],
    ['PRAGMA', 'PRAGMA database_list'],
    ['PRAGMA with a value', "PRAGMA memory_limit = '100GB'"],
    ['CREATE', 'CREATE TABLE x (a INTEGER)'],
    ['CREATE SECRET', "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')"],
    ['CREATE MACRO', 'CREATE MACRO f(x) AS x'],
    ['DROP', 'DROP TABLE runs'],
    ['ALTER', 'ALTER TABLE runs ADD COLUMN z INTEGER'],
    ['INSERT', "INSERT INTO runs VALUES ('c', 1, 1)"],
    ['UPDATE', 'UPDATE runs SET nodes = 0'],
    ['DELETE', 'DELETE FROM runs'],
    ['TRUNCATE', 'TRUNCATE runs'],
    ['CALL', 'CALL pragma_version()'],
    ['CHECKPOINT', 'CHECKPOINT'],
    ['VACUUM', 'VACUUM'],
    ['BEGIN', 'BEGIN'],
    ['PREPARE', 'PREPARE p AS SELECT 1'],
    ['EXECUTE', 'EXECUTE p'],
    ['a second statement', 'SELECT 1; SELECT 2'],
    ['a second statement that drops', 'SELECT 1; DROP TABLE runs'],
    ['a PIVOT that would create a type', 'PIVOT runs ON run USING sum(nodes)'],
    ['nothing', ''],
    ['only a comment', '-- SELECT 1'],
    ['secrets', 'SELECT * FROM duckdb_secrets()'],
    ['which secret', "FROM which_secret('s3://x', 's3')"],
    ['settings', 'FROM duckdb_settings()'],
    ['a setting', "SELECT current_setting('home_directory')"],
    ['the environment', "SELECT getenv('HOME')"],
    ['logging to a file', "FROM enable_logging('QueryLog', storage = 'file')"],
    ['extensions', 'FROM duckdb_extensions()'],
    ['the catalogue under its full name', 'FROM system.main.duckdb_databases()'],
    ['a view of the catalogue', 'FROM duckdb_tables'],
    ['SQL in a string', "FROM query('SELECT 1')"],
    ['a table named by a string', "FROM query_table('runs')"],
    ['a plan in a string', "FROM json_execute_serialized_sql('{}')"],
    ['memory by its address', 'FROM arrow_scan(1::UBIGINT, 2::UBIGINT, 3::UBIGINT)'],
    [
      'a table function called TABLE_FUNCTION in a subquery of a join',
      `FROM runs JOIN read_csv('${file}') USING (run)`,
    ],
    ['a plan of SQL in a string', "SELECT json_serialize_plan('FROM runs')"],
    [
      'a file under the name of an expression that is out of scope',
      `SELECT * FROM (WITH "${file}" AS (SELECT 1) SELECT * FROM "${file}") t, "${file}"`,
    ],
    ['a file read by an expression of its own name', `WITH "${file}" AS (FROM "${file}") FROM "${file}"`],
    ['a file read by an earlier expression', `WITH a AS (FROM b), b AS (SELECT 1) FROM a`],
    [
      'the catalogue under the name of an expression that is out of scope',
      'FROM duckdb_tables, (WITH duckdb_tables AS (SELECT 1) FROM duckdb_tables) t',
    ],
    ['a second statement after EXPLAIN', `EXPLAIN (SELECT * FROM '${file}'); SELECT 1`],
    ['a file below EXPLAIN in parentheses', `EXPLAIN (SELECT * FROM '${file}')`],
    ['a file that an unpivot reads', `UNPIVOT '${file}' ON password`],
    ['a file that an expression reads whose rows are not used', `WITH a AS (FROM '${file}') SELECT 1`],
  ])('for %s', async (_, sql) => {
    const failure = await refusalOf(sql);
    expect(failure?.reason, failure?.message).toMatch(/^sql-(refused|failed)$/);
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  it('before DuckDB sees it, and with a message that names the statement', async () => {
    expect(await refusalOf('DROP TABLE runs')).toMatchObject({
      reason: 'sql-refused',
      message: 'not a query: DROP is refused',
    });
    for (const [sql, message] of [
      ['-- SELECT\nDROP TABLE runs', 'not a query: DROP is refused'],
      ['EXPLAIN ANALYZE DROP TABLE runs', 'not a query: EXPLAIN of DROP is refused'],
      ["EXPLAIN (ANALYZE) COPY runs TO 'x'", 'not a query: EXPLAIN of COPY is refused'],
      ['SELECT 1; DROP TABLE runs', 'there are 2 statements, not one'],
      ['', 'there is no statement'],
    ] as const) {
      expect(await refusalOf(sql)).toMatchObject({ message });
    }
    for (const sql of [
      'PIVOT runs ON run USING sum(nodes);',
      'WITH p AS (PIVOT runs ON run) FROM p -- all',
    ]) {
      expect(await refusalOf(sql)).toMatchObject({
        reason: 'sql-refused',
        message: 'PIVOT without the values that become columns creates a type before it reads',
        hint: "name them: PIVOT … ON column IN ('a', 'b')",
      });
    }
    expect(await refusalOf('FROM nothing')).toMatchObject({
      reason: 'sql-refused',
      hint: 'the tables are runs, metrics',
    });
    expect(await refusalOf('FROM metrcs')).toMatchObject({ hint: 'did you mean metrics?' });
  });
});
