import { relative } from 'node:path';
import { formatCount } from '../../base/quantities.js';
import {
  type ColumnPlaces,
  type Columns,
  plainName,
  resolveColumns,
  roles,
} from '../../data/import/column-places.js';
import { datePattern } from '../../data/import/date-format.js';
import { type FormatWarning, warningsOfFormat } from '../../data/import/format-warnings.js';
import { importParquet, parquetColumns } from '../../data/import/import-parquet.js';
import { describeImport, type LeftOut, surveyRows, warningsOf } from '../../data/import/import-summary.js';
import { endReading, type ImportTarget, openTarget } from '../../data/import/import-target.js';
import { importText, linesOfRows, type TextPart } from '../../data/import/import-text.js';
import {
  type AskedFormat,
  detectFormat,
  type InteractionFormat,
} from '../../data/import/interaction-format.js';
import { findSecondHeaders } from '../../data/import/second-headers.js';
import type { BadRow, RecordSplitter } from '../../data/import/split-records.js';
import { badData, readingUserFile } from '../../tables/bad-data.js';
import { withDatabase } from '../../tables/database.js';
import { fillsGroups, writeParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';
import type { DataImportParameters } from './data-import.js';

const shownRows = 5;

/** A file, and where its rows are among those of all. */
interface Part {
  readonly path: string;
  /** As the user knows it. */
  readonly file: string;
  readonly text?: TextPart;
  readonly split?: RecordSplitter;
  readonly firstRow: number;
}

/** Reads the file or files at `path` into `interactions`. */
export async function run(context: KindContext<DataImportParameters>): Promise<void> {
  const { parameters } = context;
  const asked = askedFormat(parameters);
  await withDatabase(context, async (database) => {
    const target = await openTarget(database, context.threads, {
      unit: parameters.time_unit,
      ...(parameters.date_format === undefined ? {} : { dateFormat: parameters.date_format }),
      nullValues: asked.nullValues,
    });
    const found: FormatWarning[] = [];
    const parts = await readParts(context, { target, asked, warnings: found }).finally(() =>
      endReading(target),
    );
    const leftOut = await rowsLeftOut(target, parts);
    const bad = leftOut.reduce((sum, { count }) => sum + count, 0);
    if (bad > 0 && !parameters.skip_bad_rows) await refuseRows(target, parts, bad);
    const rows = bad === 0 ? 'imported' : 'readable';
    // In the order of the file, so that rowid is the place in it.
    if (bad > 0) {
      await database.run(`CREATE TEMP TABLE readable AS SELECT * FROM imported
         WHERE user_id IS NOT NULL AND item_id IS NOT NULL AND timestamp IS NOT NULL`);
    }
    const survey = await surveyRows(target, rows);
    const summary = describeImport(target, survey, nameOf(parts), leftOut);
    const texts = parts.flatMap(({ file, split }) => (split === undefined ? [] : [{ file, split }]));
    const warnings = [...eachOnce(found), ...warningsOf(target, survey, texts)];
    await writeParquet(database, {
      query: `SELECT rowid AS position, user_id, item_id, timestamp FROM ${rows}`,
      orderBy: (await fillsGroups(database, rows)) ? 'as it stands' : ['position'],
      path: context.output('interactions'),
    });
    context.note(summary);
    for (const warning of warnings) context.note(`warning: ${warning}`);
  });
}

function nameOf(parts: readonly Part[]): string {
  const [first] = parts;
  return parts.length === 1 ? (first?.file ?? '') : `${first?.file} and ${parts.length - 1} more`;
}

function shownPath(root: string, path: string): string {
  const below = relative(root, path);
  return below.startsWith('..') ? path : below;
}

function askedFormat({ ragged_rows, null_values, date_format, ...asked }: DataImportParameters): AskedFormat {
  return {
    ...asked,
    raggedRows: ragged_rows,
    nullValues: null_values,
    ...(date_format === undefined ? {} : { datePattern: datePattern(date_format) }),
  };
}

/** What is known while parts are read one after the other. */
interface Reading {
  readonly target: ImportTarget;
  readonly asked: AskedFormat;
  readonly warnings: FormatWarning[];
  /** The last table whose header names the columns. */
  named?: TextPart;
  /** The first table without a header, before any with one. */
  nameless?: TextPart;
  /** Of the first part that names its columns, what those are called that are asked for by position. */
  titled?: Titles;
}

interface Titles {
  readonly file: string;
  readonly names: readonly string[];
}

/** Fails where a position stands for one column in this part and for another in an earlier one. */
function refuseOtherTitles(reading: Reading, file: string, columns: Columns, places: ColumnPlaces): void {
  const { asked, titled } = reading;
  const numbered = roles.filter((role) => typeof asked.columns[role] === 'number');
  if (!columns.header || numbered.length === 0) return;
  const names = numbered.map((role) => plainName(columns.columnNames[places[role].index] ?? ''));
  reading.titled ??= { file, names };
  if (titled === undefined || titled.names.join('\n') === names.join('\n')) return;
  const list = (titles: readonly string[]) => titles.map((title) => JSON.stringify(title)).join(', ');
  throw badData(
    file,
    `has ${list(names)} in the places of the columns asked for, and ${titled.file} has ${list(titled.names)}`,
    {
      hint: 'give columns by name, or read the files in steps of their own; where these are rows, say header: false',
    },
  );
}

async function readParts(context: KindContext, reading: Reading): Promise<readonly Part[]> {
  const { target } = reading;
  const parts: Part[] = [];
  for (const path of Object.values(context.files)) {
    parts.push(await readPart(context, reading, path, shownPath(context.root, path)));
  }
  for (const [index, { text, firstRow }] of parts.entries()) {
    const range: [number, number] = [firstRow, parts[index + 1]?.firstRow ?? target.rows];
    if (text !== undefined) await findSecondHeaders(target, text, range);
  }
  return parts;
}

async function readPart(context: KindContext, reading: Reading, path: string, file: string): Promise<Part> {
  const { target, asked, warnings } = reading;
  const firstRow = target.rows;
  const format = await detectFormat(path, file, asked);
  const { layout } = format;
  if (layout === undefined) {
    await readingUserFile(file, 'it is damaged or cut off: copy or write it again', async () => {
      const columns = await parquetColumns(target.database, path, asked.columns);
      const places = resolveColumns(file, { ...format, ...columns }, asked.columns);
      refuseOtherTitles(reading, file, { ...format, ...columns }, places);
      for (const warning of await importParquet(target, { path, file, places })) warnings.push(warning);
    });
    return { path, file, firstRow };
  }
  const places = columnsOf(file, format, reading);
  refuseOtherTitles(reading, file, format, places);
  for (const warning of warningsOfFormat(file, format, places, asked)) warnings.push(warning);
  const text = { path, file, format, layout, places };
  if (format.header) reading.named = text;
  else reading.nameless ??= text;
  const split = await readingUserFile(file, 'see the parameters of data.import', () =>
    importText(target, text, context),
  );
  return { path, file, text, split, firstRow };
}

/**
 * Where the columns of a text file are. Where nothing says it of one without a header, they are as in the part before
 * it that has one: parts may have been cut from one table.
 */
function columnsOf(
  file: string,
  format: InteractionFormat,
  { asked, named, nameless, warnings }: Reading,
): ColumnPlaces {
  const isDeclared = format.format === 'jsonl' || Object.keys(asked.columns).length > 0;
  const cells = format.layout?.cells;
  if (!isDeclared && !format.header && named?.layout.cells === cells && named !== undefined) {
    warnings.push({
      about: 'no header',
      text: `${file} has no header: its columns were taken to be those of ${named.file}`,
    });
    return named.places;
  }
  const places = resolveColumns(file, format, asked.columns);
  const isOther = roles.some((role) => nameless?.places[role].index !== places[role].index);
  if (!isDeclared && format.header && nameless?.layout.cells === cells && nameless !== undefined && isOther) {
    throw badData(file, `names its columns in another order than ${nameless.file}, which has no header`, {
      hint: 'give them the same header, or say columns by position from 1',
    });
  }
  return places;
}

/** The first warning about each matter: parts of one table are mostly alike. */
function eachOnce(warnings: readonly FormatWarning[]): string[] {
  const texts = new Map<string, string[]>();
  for (const { about, text } of warnings) texts.set(about, [...(texts.get(about) ?? []), text]);
  return [...texts.values()].map(([first = '', ...others]) =>
    others.length === 0 ? first : `${first}; likewise in ${formatCount(others.length, 'more file')}`,
  );
}

/** Why rows are left out, those of the text first. */
async function rowsLeftOut({ database }: ImportTarget, parts: readonly Part[]): Promise<readonly LeftOut[]> {
  const split = parts.flatMap(({ split, file }) =>
    [...(split?.reasons ?? [])].map(([why, { count, line }]) => ({ why, count, place: `${file}:${line}` })),
  );
  const rows = await database.rows(
    `SELECT CASE WHEN starts_with(problem, 'time ') THEN 'a time that cannot be read' ELSE problem END AS why,
       count(*) AS count, min(row) AS first FROM problems GROUP BY why ORDER BY first`,
  );
  const places = await placesOf(
    parts,
    rows.map((row) => Number(row['first'])),
  );
  return [
    ...split,
    ...rows.map((row, index) => ({
      why: String(row['why']),
      count: Number(row['count']),
      place: shownPlace(places[index]),
    })),
  ];
}

interface Place {
  readonly part: number;
  readonly file: string;
  readonly line: number | undefined;
  /** Within its file, from 1. */
  readonly row: number;
}

function shownPlace(place: Place | undefined): string {
  if (place === undefined) return '';
  return place.line === undefined ? `${place.file}, row ${place.row}` : `${place.file}:${place.line}`;
}

/** Where rows of the target, ascending, are in their files. */
async function placesOf(parts: readonly Part[], rows: readonly number[]): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const [part, { file, text, firstRow }] of parts.entries()) {
    const end = parts[part + 1]?.firstRow ?? Number.POSITIVE_INFINITY;
    const own = rows.filter((row) => row >= firstRow && row < end).map((row) => row - firstRow);
    if (own.length === 0) continue;
    const lines = text === undefined ? [] : await linesOfRows(text, own);
    for (const [index, row] of own.entries()) {
      places.push({ part, file, line: lines[index], row: row + 1 });
    }
  }
  return places;
}

/** Fails with the first rows that cannot be read. */
async function refuseRows({ database }: ImportTarget, parts: readonly Part[], bad: number): Promise<never> {
  const rows = await database.rows('SELECT row, problem FROM problems ORDER BY row LIMIT $limit', {
    limit: shownRows,
  });
  const places = await placesOf(
    parts,
    rows.map((row) => Number(row['row'])),
  );
  const found: (BadRow & { readonly part: number })[] = [
    ...places.map(({ part, line, row }, index) => ({
      part,
      line,
      text: line === undefined ? `row ${row}: ${rows[index]?.['problem']}` : String(rows[index]?.['problem']),
    })),
    ...parts.flatMap(({ split }, part) => (split?.rejected ?? []).map((one) => ({ part, ...one }))),
  ];
  const shown = found.sort((a, b) => a.part - b.part || (a.line ?? 0) - (b.line ?? 0)).slice(0, shownRows);
  const [first, ...others] = shown;
  const fileOf = (part: number) => parts[part]?.file ?? '';
  throw badData(fileOf(first?.part ?? 0), first?.text ?? '', {
    ...(first?.line === undefined ? {} : { line: first.line }),
    details: [
      ...others.map(
        ({ part, line, text }) => `${fileOf(part)}${line === undefined ? '' : `:${line}`}: ${text}`,
      ),
      ...(bad > shown.length ? [`and ${bad - shown.length} more`] : []),
    ],
    hint: hintFor(shown, parts),
  });
}

function hintFor(shown: readonly BadRow[], parts: readonly Part[]): string {
  const general = 'correct these rows, or leave them out with skip_bad_rows: true';
  const says = (words: string) => shown.some(({ text }) => text.includes(words));
  if (says('quote')) return `where a quotation mark means nothing, say quote: none; else ${general}`;
  const comment = parts.find(({ split }) => split?.commentLike !== undefined);
  if (comment !== undefined)
    return `if lines that begin with # are comments (${comment.file}:${comment.split?.commentLike?.line}), say comment: '#'; else ${general}`;
  if (says('named again'))
    return 'files were joined: leave out the lines between them with skip_bad_rows: true, or read them as parts in a folder';
  if (says('12-hour clock'))
    return `say how times are written, such as date_format: '%Y-%m-%d %I:%M %p'; or ${general}`;
  if (says('between its thousands'))
    return 'write numbers without commas between their thousands (1396872000), or leave these rows out with skip_bad_rows: true';
  if (says('its time stands') || says('no time stands'))
    return `${general}; where a cell may hold a comma, it needs quotes`;
  if (says(' cell'))
    return `${general}; ragged_rows: accept takes rows of any length that reach the columns asked for`;
  if (says('not UTF-8')) return `convert the file: iconv -f LATIN1 -t UTF-8 FILE > NEW_FILE; or ${general}`;
  if (says('is not in iso'))
    return `say how times are written, such as date_format: '%d/%m/%Y'; or ${general}`;
  return general;
}
