import { readFileSync } from 'node:fs';
import { FailureError } from '../../base/failure.js';
import { writeFile } from '../../base/files/write-file.js';
import { isJsonObject, type Json } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { badData } from '../../tables/bad-data.js';
import { type CellValue, type Database, type Row, sqlName, withDatabase } from '../../tables/database.js';
import { isParquet } from '../../tables/is-parquet.js';
import { parquetFile } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';
import type { DocumentParameters } from './document.js';
import { type Block, isBlock, readBlocks, type Scalar } from './document-block.js';

/** Writes the port `document`. */
export async function run(context: KindContext<DocumentParameters>): Promise<void> {
  const content = JSON.parse(context.parameters.content) as Json;
  await withDatabase(context, async (database) => {
    const values = new Map<string, Json>();
    for (const block of readBlocks(content).blocks) {
      const rows = await readRows(database, filePath(inputTree(context, block.from)), block);
      values.set(placeOf(block.path), filledBlock(block, rows));
    }
    const filled = fill(content, [], values);
    writeFile(context.output('document'), `${JSON.stringify(filled, null, 2)}\n`);
  });
}

function fill(template: Json, path: readonly string[], values: ReadonlyMap<string, Json>): Json {
  if (isBlock(template)) return values.get(placeOf(path)) ?? null;
  if (Array.isArray(template)) {
    return (template as readonly Json[]).map((one, index) => fill(one, [...path, String(index)], values));
  }
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, one]) => [name, fill(one, [...path, name], values)]),
  );
}

function placeOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

/** The rows of an input that a block may take: of a table that is only counted, the distinct values that matter. */
async function readRows(database: Database, path: string, block: Block): Promise<readonly Row[]> {
  if (!isParquet(path)) return jsonRows(path, block);
  const source = parquetFile(path);
  const columns = (await database.rows(`DESCRIBE FROM ${source}`)).map((row) => String(row['column_name']));
  checkColumns(columns, block);
  const wanted = 'count' in block.take ? `DISTINCT ${columnsOf(block).map(sqlName).join(', ')}` : '*';
  return await database.rows(`SELECT ${wanted} FROM ${source}`);
}

/** An object as one row, a list of objects as one each. */
function jsonRows(path: string, block: Block): readonly Row[] {
  const hint = 'an input of a document is a table, or JSON: an object, or a list of objects';
  let json: Json;
  try {
    json = JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (cause) {
    throw badData(block.from, 'is neither a table nor JSON', { hint, cause });
  }
  const rows = Array.isArray(json) ? (json as readonly Json[]) : [json];
  if (!rows.every(isJsonObject)) throw badData(block.from, 'has no rows', { hint });
  checkColumns([...new Set(rows.flatMap((row) => Object.keys(row)))], block);
  return rows as readonly Row[];
}

function columnsOf({ where, by, take }: Block): readonly string[] {
  const taken = 'count' in take ? take.count : take.value;
  return [...new Set([...Object.keys(where), ...by, taken])];
}

function checkColumns(columns: readonly string[], block: Block): void {
  const missing = columnsOf(block).find((column) => !columns.includes(column));
  if (missing === undefined) return;
  throw badData(block.from, `has no column ${missing}`, {
    hint: `it has ${columns.join(', ') || 'none'}`,
    details: [`content.${block.path.join('.')} asks for it`],
  });
}

/** What stands in the place of a block. */
function filledBlock(block: Block, rows: readonly Row[]): Json {
  const { where, by } = block;
  const fitting = rows.filter((row) =>
    Object.entries(where).every(([column, values]) => values.includes(own(row, column) as Scalar)),
  );
  for (const [column, values] of Object.entries(where)) {
    for (const value of values) {
      if (fitting.some((row) => own(row, column) === value)) continue;
      const found = [...new Set(rows.map((row) => textOf(own(row, column))))].slice(0, 10);
      throw refusal(block, `no row with the other values of \`where\` has ${column} ${textOf(value)}`, [
        `${column} is ${found.join(', ')}`,
      ]);
    }
  }
  if (fitting.length === 0) throw refusal(block, 'there is no row');
  return nested(block, inOrderOf(fitting, where), by);
}

/** Rows in the order in which `where` lists values, else as they are. */
function inOrderOf(rows: readonly Row[], where: Block['where']): readonly Row[] {
  const lists = Object.entries(where).filter(([, values]) => values.length > 1);
  const placeIn = (row: Row, [column, values]: (typeof lists)[number]) =>
    values.indexOf(own(row, column) as Scalar);
  return rows.toSorted((one, other) => {
    for (const list of lists) {
      const order = placeIn(one, list) - placeIn(other, list);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function nested(block: Block, rows: readonly Row[], by: readonly string[]): Json {
  const [column, ...inner] = by;
  if (column === undefined) return leafOf(block, rows);
  const names = [...new Set(rows.map((row) => textOf(own(row, column))))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      nested(
        block,
        rows.filter((row) => textOf(own(row, column)) === name),
        inner,
      ),
    ]),
  );
}

function leafOf(block: Block, rows: readonly Row[]): Json {
  const { take } = block;
  if ('count' in take) return new Set(rows.map((row) => textOf(own(row, take.count)))).size;
  const [row, another] = rows;
  if (row === undefined || another !== undefined) {
    const varying = Object.keys(row ?? {}).filter((column) =>
      rows.some((one) => textOf(own(one, column)) !== textOf(own(row, column))),
    );
    const values = varying
      .filter((column) => column !== take.value)
      .map(
        (column) => `${column} is ${[...new Set(rows.map((one) => textOf(own(one, column))))].join(', ')}`,
      );
    throw refusal(block, `${rows.length} rows fit one place`, [
      ...values,
      'name one with `where`, or all with `by`',
    ]);
  }
  return jsonOf(own(row, take.value) ?? null);
}

function refusal({ path, from }: Block, message: string, details: readonly string[] = []): FailureError {
  return new FailureError({
    reason: 'bad-data',
    message: `content.${path.join('.')} from ${from}: ${message}`,
    details,
  });
}

function textOf(value: CellValue | undefined): string {
  return typeof value === 'string' ? value : String(jsonOf(value ?? null));
}

function jsonOf(value: CellValue): Json {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof Date) return value.toISOString();
  if (value === null || typeof value !== 'object') return value;
  return JSON.stringify(value);
}
