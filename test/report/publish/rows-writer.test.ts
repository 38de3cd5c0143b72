import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRowsWriter, type RowsWriter } from '../../../src/report/publish/rows-writer.js';
import { withDatabase } from '../../../src/tables/database.js';
import { summaryColumns } from '../../../src/tables/evaluation-columns.js';
import { writeParquet, writeRowsParquet } from '../../../src/tables/parquet.js';

const folder = mkdtempSync(join(tmpdir(), 'kshot-rows-'));
const at = (name: string) => join(folder, name);
let writer: RowsWriter;

beforeAll(async () => {
  writer = await openRowsWriter();
});
afterAll(() => {
  writer.close();
  rmSync(folder, { recursive: true, force: true });
});

async function written(files: readonly string[], form: 'csv' | 'json' | 'md' | 'tex'): Promise<string> {
  await writer.write(files.map(at), form, at(`out.${form}`));
  return readFileSync(at(`out.${form}`), 'utf8');
}

it('numbers that are none become texts of JSON, and signs of LaTeX', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    const query = `SELECT 1 AS a, 'NaN'::DOUBLE AS b, '-Infinity'::DOUBLE AS c, {'x': 'Infinity'::DOUBLE} AS d, 'NaN, Infinity' AS e`;
    await writeParquet(database, { query, orderBy: 'as it stands', path: at('odd.parquet') });
    await writeParquet(database, {
      query: `SELECT 'Infinity'::DOUBLE AS a, 'x' AS b`,
      orderBy: 'as it stands',
      path: at('infinite.parquet'),
    });
  });
  expect(JSON.parse(await written(['odd.parquet'], 'json'))).toEqual([
    { a: 1, b: 'NaN', c: '-Infinity', d: { x: 'Infinity' }, e: 'NaN, Infinity' },
  ]);
  expect(await written(['infinite.parquet'], 'tex')).toContain('\n$\\infty$ & x \\\\\n');
  expect(readdirSync(folder).filter((name) => name.endsWith('.rows'))).toEqual([]);
});

it('a summary has the columns that say something, other rows all of theirs, and several files those of all', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    const row = { place: 0, model: 'a', metric: 'loss', value: 0.5 };
    const summary = { columns: summaryColumns, orderBy: ['place'] };
    await writeRowsParquet(database, { ...summary, rows: [row], path: at('summary.parquet') });
    await writeRowsParquet(database, { ...summary, rows: [], path: at('none.parquet') });
    const piece = (query: string, path: string) =>
      writeParquet(database, { query, orderBy: 'as it stands', path: at(path) });
    await piece('SELECT 2 AS step, NULL::DOUBLE AS loss', 'one.parquet');
    await piece('SELECT 1 AS step, 0.5 AS rate', 'two.parquet');
  });
  expect(await written(['summary.parquet'], 'csv')).toBe('place,model,metric,value\n0,a,loss,0.5\n');
  expect(await written(['none.parquet'], 'csv')).toBe(`${Object.keys(summaryColumns).join(',')}\n`);
  expect(await written(['one.parquet'], 'csv')).toBe('step,loss\n2,\n');
  expect(await written(['one.parquet', 'two.parquet'], 'csv')).toBe('step,loss,rate\n2,,\n1,,0.5\n');
});

it('a curve in pieces has each step once, with what was told of it last', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    const piece = (rows: string, path: string) =>
      writeParquet(database, { query: `FROM (VALUES ${rows})`, orderBy: 'as it stands', path: at(path) });
    await piece('(1, 9.0, NULL), (2, 8.0, 0.5)) AS t (iteration, loss, piece', 'first.parquet');
    await piece('(1, 9.0), (2, 7.0), (3, 6.0)) AS t (iteration, loss', 'whole.parquet');
    await piece('(4, 5.0)) AS t (iteration, loss', 'fourth.parquet');
    await piece('(1, 0.5, 9.0), (2, 1.5, 8.0)) AS t (iteration, step, loss', 'half.parquet');
    await piece('(1, 1.5, 8.0), (2, 2.5, 7.0)) AS t (iteration, step, loss', 'more.parquet');
  });
  expect(await written(['first.parquet', 'whole.parquet', 'fourth.parquet'], 'csv')).toBe(
    'iteration,loss,piece\n1,9.0,\n2,7.0,0.5\n3,6.0,\n4,5.0,\n',
  );
  // Steps that are no counts are numbered in each piece anew.
  expect(await written(['half.parquet', 'more.parquet'], 'csv')).toBe(
    'iteration,step,loss\n1,0.5,9.0\n2,1.5,8.0\n3,2.5,7.0\n',
  );
  await writer.write(['first.parquet', 'whole.parquet'].map(at), 'bytes', at('joined.parquet'));
  await withDatabase({ threads: 1 }, async (database) => {
    const rows = await database.rows(`SELECT iteration, loss FROM '${at('joined.parquet')}'`);
    expect(rows.map((row) => Number(row['loss']))).toEqual([9, 7, 6]);
  });
});
