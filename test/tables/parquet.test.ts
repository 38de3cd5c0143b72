import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readingUserFile } from '../../src/tables/bad-data.js';
import { withDatabase } from '../../src/tables/database.js';
import {
  fillsGroups,
  parquetFile,
  rowsPerGroup,
  writeParquet,
  writeRowsParquet,
} from '../../src/tables/parquet.js';
import { resultSchemas } from '../../src/tables/result-schemas.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-tables-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

test('a parquet of several row groups has the same bytes at 1, 2 and 8 threads', async () => {
  const digests = [];
  for (const threads of [1, 2, 8]) {
    const path = join(folder, `threads-${threads}.parquet`);
    await withDatabase({ threads }, async (database) => {
      await writeParquet(database, {
        query: `SELECT (hash(i) % 1000003)::BIGINT AS h, i, 'user' || (i % 977) AS u,
                       [i, i + 1, i % 7] AS l, sin(i) AS x FROM range($rows) t(i)`,
        parameters: { rows: 300_000 },
        orderBy: ['h', 'i'],
        path,
      });
      const [groups] = await database.rows(
        `SELECT count(DISTINCT row_group_id) AS n FROM parquet_metadata('${path}')`,
      );
      expect(groups?.['n']).toBeGreaterThan(2);
    });
    digests.push(digestOf(path));
  }
  expect(new Set(digests).size).toBe(1);
});

test('rows in memory keep their types, nulls and lists, in the order asked for', async () => {
  await withDatabase({ threads: 2 }, async (database) => {
    const path = join(folder, 'rows.parquet');
    await writeRowsParquet(database, {
      columns: {
        id: 'BIGINT',
        name: 'VARCHAR',
        value: 'DOUBLE',
        ids: 'BIGINT[]',
        small: 'INTEGER',
        yes: 'BOOLEAN',
      },
      rows: [
        { id: 2, name: "o'brien", value: 0.1, ids: [3, 1], small: 7, yes: true },
        { id: 1, name: null, ids: [], small: null, yes: false },
      ],
      orderBy: ['id'],
      path,
    });
    expect(await database.rows(`SELECT * FROM ${parquetFile(path)}`)).toEqual([
      { id: 1, name: null, value: null, ids: [], small: null, yes: false },
      { id: 2, name: "o'brien", value: 0.1, ids: [3, 1], small: 7, yes: true },
    ]);
    const types = await database.rows(`DESCRIBE SELECT * FROM ${parquetFile(path)}`);
    expect(types.map((row) => row['column_type'])).toEqual([
      'BIGINT',
      'VARCHAR',
      'DOUBLE',
      'BIGINT[]',
      'INTEGER',
      'BOOLEAN',
    ]);
  });
});

test('every result table can be written empty and with a row of nulls', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    for (const [name, { columns, orderBy }] of Object.entries(resultSchemas)) {
      const path = join(folder, `${name}.parquet`);
      await writeRowsParquet(database, { columns, rows: [{}], orderBy, path });
      const types = await database.rows(`DESCRIBE SELECT * FROM ${parquetFile(path)}`);
      expect(Object.fromEntries(types.map((row) => [row['column_name'], row['column_type']]))).toEqual(
        columns,
      );
    }
  });
});

test('dates become timestamps in UTC', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    const path = join(folder, 'times.parquet');
    await writeRowsParquet(database, {
      columns: { id: 'INTEGER', at: 'TIMESTAMP' },
      rows: [
        { id: 1, at: new Date(1_500) },
        { id: 2, at: null },
      ],
      orderBy: ['id'],
      path,
    });
    expect(
      await database.rows(`SELECT CAST("at" AS VARCHAR) AS text FROM ${parquetFile(path)} ORDER BY id`),
    ).toEqual([{ text: '1970-01-01 00:00:01.5' }, { text: null }]);
  });
});

test('a table without rows and one longer than a chunk are written and read back', async () => {
  await withDatabase({ threads: 2 }, async (database) => {
    for (const count of [0, 5000]) {
      const path = join(folder, `count-${count}.parquet`);
      const rows = Array.from({ length: count }, (_, id) => ({ id, name: `n${id}`, value: id / 4 }));
      await writeRowsParquet(database, {
        columns: { id: 'INTEGER', name: 'VARCHAR', value: 'DOUBLE' },
        rows,
        orderBy: ['id'],
        path,
      });
      const columns = await database.columns(`SELECT * FROM ${parquetFile(path)} ORDER BY id`);
      expect(columns['id']).toEqual(Int32Array.from(rows, (row) => row.id));
      expect(columns['name']).toEqual(rows.map((row) => row.name));
      expect(columns['value']).toEqual(Float64Array.from(rows, (row) => row.value));
    }
  });
});

test('whole numbers come as numbers, and as bigints where a number would lose digits', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    expect(
      await database.rows('SELECT 9007199254740991 AS safe, 9007199254740993 AS large, sum(1) AS total'),
    ).toEqual([{ safe: 9007199254740991, large: 9007199254740993n, total: 1 }]);
  });
});

test('characters that DuckDB takes for wildcards or partitions are plain characters in a path', async () => {
  const odd = join(folder, 'run=1', 'a[1]*?');
  mkdirSync(odd, { recursive: true });
  await withDatabase({ threads: 1 }, async (database) => {
    const path = join(odd, "it's.parquet");
    await writeParquet(database, { query: 'SELECT 1 AS one', orderBy: ['one'], path });
    expect(await database.rows(`SELECT * FROM ${parquetFile(path)}`)).toEqual([{ one: 1 }]);
  });
});

test('a file that is no parquet is bad data by name', async () => {
  const path = join(folder, 'broken.parquet');
  writeFileSync(path, 'PAR1 this is not one');
  await withDatabase({ threads: 1 }, async (database) => {
    const reading = readingUserFile('data/broken.parquet', 'a parquet file', () =>
      database.rows(`SELECT * FROM ${parquetFile(path)}`),
    );
    await expect(reading).rejects.toMatchObject({
      failure: {
        reason: 'bad-data',
        hint: 'a parquet file',
        message: expect.stringContaining('data/broken.parquet: '),
      },
    });
  });
});

test('a database may hold as much in memory as it was given, and spill into its scratch folder', async () => {
  const options = { threads: 1, memoryBytes: 3e8, scratch: folder };
  const settings = await withDatabase(options, (database) =>
    database.rows(
      "SELECT current_setting('memory_limit') AS memory, current_setting('temp_directory') AS folder",
    ),
  );
  expect(settings).toEqual([{ memory: '286.0 MiB', folder }]);
});

test('a table that fills its groups is written as if it had been sorted, at any number of threads', async () => {
  const digests = new Set<string>();
  for (const threads of [1, 2, 8]) {
    await withDatabase({ threads }, async (database) => {
      await database.run('SET threads = 1; CREATE TEMP TABLE filled (i BIGINT, u VARCHAR)');
      for (const rows of [2 * rowsPerGroup, rowsPerGroup, 70_000]) {
        await database.run(
          `INSERT INTO filled SELECT (SELECT count(*) FROM filled) + i, 'user' || (i % 977) FROM range(${rows}) t(i)`,
        );
      }
      await database.run(`SET threads = ${threads}`);
      expect(await fillsGroups(database, 'filled')).toBe(true);
      for (const orderBy of ['as it stands', ['i']] as const) {
        const path = join(folder, 'table.parquet');
        await writeParquet(database, { query: 'SELECT i, u FROM filled', orderBy, path });
        digests.add(digestOf(path));
      }
    });
  }
  expect(digests.size).toBe(1);
});

test('a table does not fill its groups where rows were added in other numbers', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    await database.run(
      'CREATE TEMP TABLE empty (i BIGINT); CREATE TEMP TABLE loose AS SELECT range AS i FROM range(130000)',
    );
    expect(await fillsGroups(database, 'empty')).toBe(true);
    expect(await fillsGroups(database, 'loose')).toBe(true);
    await database.run('INSERT INTO loose SELECT range FROM range(130000)');
    expect(await fillsGroups(database, 'loose')).toBe(false);
  });
});
