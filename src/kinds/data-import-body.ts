import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import {
  type ColumnMapping,
  delimiters,
  detectFormat,
  type Format,
  type InteractionFormat,
  resolveColumns,
} from '../data/interaction-format.js';
import { linesOfRecords } from '../data/record-lines.js';
import { badData, readingUserFile } from '../tables/bad-data.js';
import { type Database, sqlName, sqlText, withDatabase } from '../tables/database.js';
import { parquetFile, withoutWildcards, writeParquet } from '../tables/parquet.js';
import type { KindContext } from './kind.js';

const cells = readFileSync(new URL('./data-import.sql', import.meta.url), 'utf8');
const shownRows = 5;
// The year 5138: whatever is later was counted in something smaller than seconds.
const latestSecond = 1e11;

type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'iso';

/** Reads the file at `path` into `interactions`. */
export async function run(context: KindContext): Promise<void> {
  const { parameters } = context;
  const path = context.files['path'] ?? '';
  const file = relative(context.root, path).startsWith('..') ? path : relative(context.root, path);
  const skip = parameters['skip_bad_rows'] === true;
  const columns = (parameters['columns'] ?? {}) as ColumnMapping;
  await withDatabase(context, async (database) => {
    let format = detectFormat(path, file, {
      format: parameters['format'] as Format | 'auto',
      header: parameters['header'] as boolean | 'auto',
      columns,
    });
    const hint =
      format.format === 'parquet'
        ? 'it is damaged or cut off: copy or write it again'
        : 'see the parameters of data.import';
    const isDate = await readingUserFile(file, hint, async () => {
      if (format.format === 'parquet')
        format = { ...format, columnNames: await parquetColumns(database, path) };
      return await readRaw(database, path, format, resolveColumns(file, format, columns));
    });
    const unit = isDate ? 'seconds' : await timeUnit(database, String(parameters['time_unit']));
    await database.run(`CREATE TEMP TABLE checked AS ${cells}`, { time_unit: unit });
    const rejected = await rejectedRows(database, format);
    const [counted] = await database.rows(
      'SELECT count(*) AS rows, count(*) FILTER (NOT good) AS bad, max(timestamp) AS latest FROM checked',
    );
    const bad = Number(counted?.['bad']) + rejected.count;
    if (bad > 0 && !skip) {
      const problems = rejected.count > 0 ? rejected.first : await firstBadRows(database, path, format);
      const more = bad > problems.length ? [`and ${bad - problems.length} more`] : [];
      throw badData(file, `${problems[0]?.text}`, {
        ...(problems[0]?.line === undefined ? {} : { line: problems[0].line }),
        details: [
          ...problems
            .slice(1)
            .map(({ line, text }) => `${file}${line === undefined ? '' : `:${line}`}: ${text}`),
          ...more,
        ],
        hint: 'correct these rows, or leave them out with skip_bad_rows: true',
      });
    }
    if (Number(counted?.['rows']) === Number(counted?.['bad'])) {
      throw badData(file, 'holds no interaction that can be read', {
        hint: 'see the parameters of data.import',
      });
    }
    if (Number(counted?.['latest']) > latestSecond) {
      throw badData(file, `times reach ${counted?.['latest']} seconds after 1970`, {
        hint: 'say time_unit: milliseconds or microseconds',
      });
    }
    if (bad > 0) context.log(`left out ${bad} rows that could not be read`);
    await writeParquet(database, {
      query: `SELECT row_number() OVER (ORDER BY place) - 1 AS position, user_id, item_id, timestamp
              FROM checked WHERE good`,
      orderBy: ['position'],
      path: context.output('interactions'),
    });
  });
}

async function parquetColumns(database: Database, path: string): Promise<readonly string[]> {
  const rows = await database.rows(`DESCRIBE SELECT * FROM ${parquetFile(path)}`);
  return rows.map((row) => String(row['column_name']));
}

/** Makes the table `raw`; true where the file's times are of a date type, now in epoch seconds. */
async function readRaw(
  database: Database,
  path: string,
  format: InteractionFormat,
  columns: { readonly user: string; readonly item: string; readonly time: string },
): Promise<boolean> {
  const source = sourceOf(path, format, Object.values(columns));
  const types = format.format === 'parquet' ? await database.rows(`DESCRIBE SELECT * FROM ${source}`) : [];
  const timeType = types.find((row) => row['column_name'] === columns.time)?.['column_type'];
  const isDate = /^(TIMESTAMP|DATE)/.test(String(timeType));
  const time = isDate ? `epoch(${sqlName(columns.time)})` : sqlName(columns.time);
  // Inserted in the order of the file, so that rowid is the place in it.
  await database.run(
    `CREATE TEMP TABLE in_order AS SELECT ${sqlName(columns.user)}::VARCHAR AS user_cell,
       ${sqlName(columns.item)}::VARCHAR AS item_cell, (${time})::VARCHAR AS time_cell, readable FROM ${source}`,
  );
  await database.run('CREATE TEMP VIEW raw AS SELECT rowid AS place, * FROM in_order');
  return isDate;
}

/** What to select from: the wanted columns under their own names, and whether the row is `readable` at all. */
function sourceOf(path: string, format: InteractionFormat, wanted: readonly string[]): string {
  const names = [...new Set(wanted)];
  if (format.format === 'parquet') {
    return `(SELECT ${names.map(sqlName).join(', ')}, true AS readable FROM ${parquetFile(path)})`;
  }
  if (format.format === 'jsonl') {
    const cells = names.map(
      (name) =>
        `CASE WHEN readable THEN json_extract_string(line, ${sqlText(jsonPointer(name))}) END AS ${sqlName(name)}`,
    );
    // Read as lines, because DuckDB's reader of JSON runs on over the end of a broken one. No character below a space
    // stands in JSON, so this delimiter splits nothing.
    const lines = textFile(path, format, { delimiter: '\u0001', quote: '', columns: ['line'] });
    return `(SELECT CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END AS readable, ${cells.join(', ')} FROM ${lines})`;
  }
  const cells = textFile(path, format, {
    delimiter: delimiters[format.format],
    quote: '"',
    columns: format.columnNames,
  });
  return `(SELECT ${names.map(sqlName).join(', ')}, true AS readable FROM ${cells})`;
}

function textFile(
  path: string,
  format: InteractionFormat,
  { delimiter, quote, columns }: { delimiter: string; quote: string; columns: readonly string[] },
): string {
  const typed = columns.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(', ');
  return `read_csv(${sqlText(withoutWildcards(path))}, auto_detect = false, hive_partitioning = false,
    compression = ${sqlText(format.gzip ? 'gzip' : 'none')}, delim = ${sqlText(delimiter)}, quote = ${sqlText(quote)},
    escape = ${sqlText(quote)}, header = ${format.header && format.format !== 'jsonl'}, skip = ${format.commentLines},
    columns = {${typed}}, store_rejects = true)`;
}

function jsonPointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

async function timeUnit(database: Database, asked: string): Promise<TimeUnit> {
  if (asked !== 'auto') return asked as TimeUnit;
  const [first] = await database.rows(
    'SELECT try_cast(time_cell AS DOUBLE) IS NOT NULL AS number FROM raw WHERE time_cell IS NOT NULL ORDER BY place LIMIT 1',
  );
  return first?.['number'] === false ? 'iso' : 'seconds';
}

interface BadRow {
  readonly line: number | undefined;
  readonly text: string;
}

/** Rows of a text file that DuckDB could not split into cells. */
async function rejectedRows(
  database: Database,
  format: InteractionFormat,
): Promise<{ readonly count: number; readonly first: readonly BadRow[] }> {
  if (format.format === 'parquet') return { count: 0, first: [] };
  const rows = await database.rows(
    'SELECT line, min(error_message) AS text FROM reject_errors GROUP BY line ORDER BY line',
  );
  const first = rows
    .slice(0, shownRows)
    .map((row) => ({ line: Number(row['line']), text: String(row['text']) }));
  return { count: rows.length, first };
}

async function firstBadRows(
  database: Database,
  path: string,
  format: InteractionFormat,
): Promise<readonly BadRow[]> {
  const rows = await database.rows(
    'SELECT place, problem FROM checked WHERE NOT good ORDER BY place LIMIT $limit',
    { limit: shownRows },
  );
  const places = rows.map((row) => Number(row['place']));
  if (format.format === 'parquet') {
    return rows.map((row, index) => ({
      line: undefined,
      text: `row ${(places[index] ?? 0) + 1}: ${row['problem']}`,
    }));
  }
  const isText = format.format !== 'jsonl';
  const above = isText && format.header ? 1 : 0;
  const lines = await linesOfRecords(
    path,
    places.map((place) => place + above),
    {
      skipLines: format.commentLines,
      quotes: isText,
      gzip: format.gzip,
    },
  );
  return rows.map((row, index) => ({ line: lines[index], text: String(row['problem']) }));
}
