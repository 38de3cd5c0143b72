import { badData } from '../../tables/bad-data.js';
import { type Database, sqlName, sqlText } from '../../tables/database.js';
import { parquetFile, withoutWildcards } from '../../tables/parquet.js';
import {
  ambiguousNames,
  type ColumnMapping,
  type ColumnPlaces,
  type ColumnRole,
  roles,
} from './column-places.js';
import { type FormatWarning, twofoldName } from './format-warnings.js';
import { addCells, type ImportTarget } from './import-target.js';
import { floatResolution, secondsOfNumber } from './times.js';

const numeric = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*)$/;
const textual = /^(BLOB|VARCHAR)$/;
const several = /^(STRUCT|MAP|UNION)|\[\d*\]$/;

/** A parquet file's columns: their names as DuckDB has them, and those that do not say which column is meant. */
export async function parquetColumns(
  database: Database,
  path: string,
  asked: ColumnMapping,
): Promise<{ readonly columnNames: readonly string[]; readonly repeatedNames: readonly string[] }> {
  const rows = await database.rows(`DESCRIBE SELECT * FROM ${parquetFile(path)}`);
  const columnNames = rows.map((row) => String(row['column_name']));
  return {
    columnNames,
    repeatedNames: ambiguousNames(await storedNames(database, path), columnNames, asked),
  };
}

/** The names of the columns as they stand in the file: of what lies one below the top of its schema. */
async function storedNames(database: Database, path: string): Promise<readonly string[]> {
  const [top, ...elements] = await database.rows(
    `SELECT name, num_children FROM parquet_schema(${sqlText(withoutWildcards(path))})`,
  );
  const names: string[] = [];
  /** How many of each group that is open are to come. */
  const open = [Number(top?.['num_children'] ?? 0)];
  for (const { name, num_children: children } of elements) {
    if (open.length === 1) names.push(String(name));
    open.push(open.pop()! - 1); // there is one: the top stays
    if (Number(children ?? 0) > 0) open.push(Number(children));
    while (open.length > 1 && open.at(-1) === 0) open.pop();
  }
  return names;
}

/** DuckDB reads decimals of more than 38 digits as other numbers. */
async function refuseWideDecimals(
  database: Database,
  { path, file, places }: { readonly path: string; readonly file: string; readonly places: ColumnPlaces },
): Promise<void> {
  const wide = await database.rows(
    `SELECT name, precision FROM parquet_schema(${sqlText(withoutWildcards(path))})
     WHERE converted_type = 'DECIMAL' AND precision > 38`,
  );
  for (const { name, precision } of wide) {
    const role = roles.find((one) => places[one].path.at(-1) === name);
    if (role === undefined) continue;
    throw badData(file, `column ${name} is a decimal of ${precision} digits, more than can be read right`, {
      hint: 'store it as text, or as a decimal of at most 38 digits',
    });
  }
}

/**
 * Adds the rows of a parquet file to the target. Numbers are never turned into text and back.
 *
 * @returns what people should be warned of
 */
export async function importParquet(
  target: ImportTarget,
  { path, file, places }: { readonly path: string; readonly file: string; readonly places: ColumnPlaces },
): Promise<readonly FormatWarning[]> {
  const { database } = target;
  await refuseWideDecimals(database, { path, file, places });
  const from = parquetFile(path);
  const columns = { user: sqlOf(places, 'user'), item: sqlOf(places, 'item'), time: sqlOf(places, 'time') };
  const types = await typesOf(database, file, from, places, columns);
  const texts = roles.map((role) => textOf(columns[role], types[role]));
  const unreadable = roles.flatMap((role) => problemsOf(role, columns[role], types[role]));
  const seconds = secondsOf(target, columns.time, types.time, file);
  const [user = '', item = '', time = ''] = texts;
  const added = await addCells(target, {
    user: `nullif(${user}, '')`,
    item: `nullif(${item}, '')`,
    time: `nullif(${time}, '')`,
    ...(seconds === undefined ? {} : { seconds }),
    ...(unreadable.length === 0 ? {} : { unreadable: `CASE ${unreadable.join(' ')} END` }),
    from,
  });
  const [whole] = await database.rows(
    `SELECT sum(num_rows)::BIGINT AS rows FROM parquet_file_metadata(${sqlText(withoutWildcards(path))})`,
  );
  if (Number(whole?.['rows']) !== added) {
    throw badData(file, `says that it has ${whole?.['rows']} rows and has ${added}: it is damaged`, {
      hint: 'copy or write it again',
    });
  }
  return [
    ...(await twofoldColumns(database, { file, from, places })),
    ...(await warningsOfTimes(
      database,
      { file, path, name: places.time.path.at(-1) ?? '' },
      columns.time,
      types.time,
    )),
  ];
}

/** What times as they are stored, or as DuckDB reads them, cannot tell apart. */
async function warningsOfTimes(
  database: Database,
  { file, path, name }: { readonly file: string; readonly path: string; readonly name: string },
  column: string,
  type: string,
): Promise<FormatWarning[]> {
  if (type !== 'FLOAT' && type !== 'TIMESTAMP WITH TIME ZONE') return [];
  const [stored] = await database.rows(
    `SELECT string_agg(logical_type) AS types FROM parquet_schema(${sqlText(withoutWildcards(path))})
     WHERE name = ${sqlText(name)}`,
  );
  const storedType = String(stored?.['types'] ?? '');
  if (type === 'FLOAT') {
    const [largest] = await database.rows(
      `SELECT max(abs(${column}))::DOUBLE AS time FROM ${parquetFile(path)}`,
    );
    const size = Number(largest?.['time']);
    const bits = storedType.includes('Float16') ? 16 : 32;
    const stored = bits === 16 ? 'FLOAT16 (16 bits)' : 'FLOAT (32 bits)';
    return [
      {
        about: 'float times',
        text: `${file}: times are stored as ${stored}, which near ${size} has steps of ${floatResolution(size, bits)}: events that were closer may have the same time; store them as DOUBLE or TIMESTAMP`,
      },
    ];
  }
  if (!storedType.includes('NanoSeconds')) return [];
  // DuckDB reads them to the microsecond: where all of those are whole milliseconds, nothing finer is likely.
  const [fine] = await database.rows(
    `SELECT min(${column})::VARCHAR AS time FROM ${parquetFile(path)} WHERE epoch_us(${column}) % 1000 <> 0`,
  );
  if (fine?.['time'] == null) return [];
  return [
    {
      about: 'nanoseconds',
      text: `${file}: times are stored in nanoseconds with a zone and read to the microsecond, such as ${fine['time']}: digits below that are lost; store them in microseconds, or without the zone, where they are seen`,
    },
  ];
}

function sqlOf(places: ColumnPlaces, role: ColumnRole): string {
  return sqlAt(places[role].path);
}

function sqlAt([top = '', ...below]: readonly string[]): string {
  return below.reduce((sql, name) => `struct_extract(${sql}, ${sqlText(name)})`, sqlName(top));
}

async function typesOf(
  database: Database,
  file: string,
  from: string,
  places: ColumnPlaces,
  columns: { readonly [role in ColumnRole]: string },
): Promise<{ readonly [role in ColumnRole]: string }> {
  const types: { [role in ColumnRole]: string } = { user: '', item: '', time: '' };
  for (const role of roles) {
    const name = places[role].path.join('.');
    let type: string;
    try {
      const [described] = await database.rows(`DESCRIBE SELECT ${columns[role]} AS one FROM ${from}`);
      type = String(described?.['column_type']);
    } catch (cause) {
      if (places[role].path.length < 2) throw cause;
      throw badData(file, `has nothing at ${name}`, { hint: 'columns takes the path to a value', cause });
    }
    if (
      several.test(type) ||
      (role === 'time' && /^(TIME|INTERVAL|BOOLEAN)\b/.test(type) && !type.startsWith('TIMESTAMP'))
    ) {
      throw badData(file, `column ${name} is of type ${type}, which is no ${role}`, {
        hint: type.startsWith('STRUCT')
          ? `say which of its fields: columns: { ${role}: ${name}.FIELD }`
          : 'say which column: columns',
      });
    }
    types[role] = type;
  }
  return types;
}

function textOf(column: string, type: string): string {
  // Text whose writer left out the mark that it is UTF-8.
  const text = type === 'BLOB' ? `try(decode(${column}))` : `${column}::VARCHAR`;
  if (/^(FLOAT|DOUBLE)$/.test(type)) return `CASE WHEN isfinite(${column}) THEN ${text} END`;
  return textual.test(type) ? `CASE WHEN NOT contains(${text}, chr(0)) THEN ${text} END` : text;
}

/** SQL for why a value that is there is no text. */
function problemsOf(role: ColumnRole, column: string, type: string): string[] {
  if (!textual.test(type)) return [];
  const text = type === 'BLOB' ? `try(decode(${column}))` : column;
  return [
    `WHEN contains(${text}, chr(0)) THEN ${sqlText(`${role} holds a NUL character`)}`,
    `WHEN ${column} IS NOT NULL AND ${text} IS NULL THEN ${sqlText(`${role} is not UTF-8`)}`,
  ];
}

/** Names that were found as columns and are paths into structs as well. */
async function twofoldColumns(
  database: Database,
  { file, from, places }: { readonly file: string; readonly from: string; readonly places: ColumnPlaces },
): Promise<FormatWarning[]> {
  const warnings: FormatWarning[] = [];
  for (const role of roles) {
    const [name = ''] = places[role].path;
    if (places[role].path.length > 1 || !name.includes('.')) continue;
    const nested = sqlAt(name.split('.'));
    const isThere = await database.rows(`DESCRIBE SELECT ${nested} AS one FROM ${from}`).catch(() => []);
    if (isThere.length > 0) warnings.push({ about: `twofold ${role}`, text: twofoldName(file, role, name) });
  }
  return warnings;
}

/** SQL for the seconds of a column that need not be read as text. */
function secondsOf(target: ImportTarget, column: string, type: string, file: string): string | undefined {
  if (/^(TIMESTAMP|DATE)/.test(type)) return `epoch(${column})::DOUBLE`;
  if (!numeric.test(type) || typeof target.form === 'object') return undefined;
  if (target.form === 'iso') {
    throw badData(file, `times are numbers (${type}), not dates`, { hint: 'say their unit: time_unit' });
  }
  target.form ??= 'seconds';
  target.hasPlainTimes = true;
  return secondsOfNumber(`${column}::DOUBLE`, target.form);
}
