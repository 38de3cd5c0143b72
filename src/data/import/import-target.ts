import { readFileSync } from 'node:fs';
import { type Database, sqlText } from '../../tables/database.js';
import { nullWords } from './column-places.js';
import { describeForm, isNumber, losesDigits, secondsOfText, type TimeForm, type TimeUnit } from './times.js';

const macros = readFileSync(new URL('./epoch-seconds.sql', import.meta.url), 'utf8');
const sampledRows = 1000;
/** Node runs four queries or readings of files at once; one is left for the file that is being split. */
const mostPiecesAtOnce = 3;
const findProblems = readFileSync(new URL('./import-problems.sql', import.meta.url), 'utf8');

/** SQL for the cells of a piece of input, over what stands after FROM. */
export interface Cells {
  readonly user: string;
  readonly item: string;
  readonly time: string;
  /** For the seconds since 1970, where the time is no text; else it is read from `time`. */
  readonly seconds?: string;
  /** What is wrong with a row as a whole, else null. */
  readonly unreadable?: string;
  readonly from: string;
}

/** A piece of input, and how it is read. */
export interface Piece {
  /** The place of its first row among those of all. */
  readonly firstRow: number;
  /** SELECT of its cells, with the seconds. */
  readonly cells: string;
  readonly form: TimeForm;
}

/**
 * Where the rows of all parts go, in order: the table `imported`. A row that cannot be read has a null there, and a
 * line in the table `problems`: row (from 0), problem.
 */
export interface ImportTarget {
  readonly database: Database;
  /** Each for a piece at a time, so that pieces are read side by side. */
  readonly connections: readonly Database[];
  /** Threads that DuckDB may use. */
  readonly threads: number;
  readonly nullValues: readonly string[];
  /** How many rows there are so far. */
  rows: number;
  /** How times are written; undefined until a time has been seen. */
  form: TimeForm | undefined;
  /** Whether the form was asked for, and not told by the first time. */
  readonly isFormAsked: boolean;
  /** Whether times were numbers or text, and not of a type for times. */
  hasPlainTimes: boolean;
  /** A time that has more digits than are kept, where one was seen. */
  lostDigits: string | undefined;
}

/** Makes the tables, empty. */
export async function openTarget(
  database: Database,
  threads: number,
  asked: {
    readonly unit: TimeUnit | 'auto';
    readonly dateFormat?: string;
    readonly nullValues: readonly string[];
  },
): Promise<ImportTarget> {
  const connections = await Promise.all(
    Array.from({ length: Math.min(threads, mostPiecesAtOnce) }, () => database.connect()),
  );
  for (const one of [database, ...connections]) await one.run(macros);
  await database.run('CREATE TABLE imported (user_id VARCHAR, item_id VARCHAR, timestamp DOUBLE)');
  await database.run('CREATE TABLE problems (row BIGINT, problem VARCHAR)');
  // Of one thread for each piece the rows come to stand in full groups, which are written without sorting (`fillsGroups`).
  await database.run('SET threads = 1');
  const { unit, dateFormat, nullValues } = asked;
  const form = dateFormat === undefined ? (unit === 'auto' ? undefined : unit) : { dateFormat };
  return {
    database,
    connections,
    threads,
    nullValues,
    rows: 0,
    form,
    isFormAsked: form !== undefined,
    hasPlainTimes: false,
    lostDigits: undefined,
  };
}

/** To be called when all pieces are read, or one has failed. */
export async function endReading({ database, connections, threads }: ImportTarget): Promise<void> {
  for (const connection of connections) connection.close();
  await database.run(`SET threads = ${threads}`);
}

/** Says how the next piece is read; asked of one after the other. */
export async function beginPiece(target: ImportTarget, cells: Cells): Promise<Piece> {
  const { database, nullValues } = target;
  const words = nullValues.map(sqlText).join(', ');
  const valued = (cell: string) =>
    words === '' ? cell : `CASE WHEN (${cell}) NOT IN (${words}) THEN ${cell} END`;
  const source = `(SELECT ${valued(cells.user)} AS user_cell, ${valued(cells.item)} AS item_cell,
    ${valued(cells.time)} AS time_cell, ${cells.seconds ?? 'NULL'} AS given_seconds,
    ${cells.unreadable ?? 'NULL'} AS unreadable FROM ${cells.from})`;
  if (cells.seconds === undefined) {
    target.hasPlainTimes = true;
    target.form ??= await formOfFirst(database, source);
  }
  const form = target.form ?? 'seconds';
  target.lostDigits ??= await firstWithLostDigits(
    database,
    source,
    cells.seconds === undefined || target.hasPlainTimes ? form : 'iso',
  );
  const seconds =
    cells.seconds === undefined
      ? secondsOfText('time_cell', form)
      : 'CASE WHEN time_cell IS NOT NULL THEN given_seconds END';
  return { firstRow: target.rows, cells: `SELECT *, ${seconds} AS seconds FROM ${source}`, form };
}

/**
 * Reads the rows of a piece.
 *
 * @param database the target's own, or one of its connections
 * @param turn when all rows before these are in the table: only then are these put there, as they stand in their groups
 * @returns how many there are
 */
export async function readPiece(
  database: Database,
  { firstRow, cells, form }: Piece,
  turn: Promise<unknown>,
): Promise<number> {
  await database.run('BEGIN');
  const [inserted] = await database.rows(
    `INSERT INTO imported SELECT user_cell, item_cell, CASE WHEN isfinite(seconds) THEN seconds END FROM (${cells})`,
  );
  await turn;
  await database.run('COMMIT');
  const rows = Number(inserted?.['Count']);
  // A table without nulls is not looked at.
  const [bad] = await database.rows(
    `SELECT count(*) AS rows FROM imported WHERE (user_id IS NULL OR item_id IS NULL OR timestamp IS NULL)
       AND rowid >= ${firstRow} AND rowid < ${firstRow + rows}`,
  );
  if (Number(bad?.['rows']) > 0) {
    await database.run(`CREATE OR REPLACE TEMP VIEW cells AS ${cells}`);
    await database.run(findProblems, { form: describeForm(form), rows_before: firstRow });
  }
  return rows;
}

/** Adds the rows of a piece of any size, not beside others; the number of rows that it has. */
export async function addCells(target: ImportTarget, cells: Cells): Promise<number> {
  const { database } = target;
  const piece = await beginPiece(target, cells);
  // What has to be parsed is worth all threads, though the rows are sorted then.
  const isParsed = cells.seconds === undefined && !isNumber(piece.form);
  if (isParsed) await database.run(`SET threads = ${target.threads}`);
  const rows = await readPiece(database, piece, Promise.resolve());
  await database.run('SET threads = 1');
  target.rows += rows;
  return rows;
}

/** Seconds where the first time is a number, ISO 8601 where it is not; undefined where there is none. */
async function formOfFirst(database: Database, source: string): Promise<TimeUnit | undefined> {
  // With a decimal comma it is no number that can be read, but less of a date.
  const [first] = await database.rows(
    `SELECT try_cast(replace(time_cell, ',', '.') AS DOUBLE) IS NOT NULL AS number FROM ${source}
     WHERE time_cell NOT IN (${nullWords.map(sqlText).join(', ')}) LIMIT 1`,
  );
  if (first === undefined) return undefined;
  return first['number'] === true ? 'seconds' : 'iso';
}

/** Of the first rows of a piece, for they look like the others. */
async function firstWithLostDigits(
  database: Database,
  source: string,
  form: TimeForm,
): Promise<string | undefined> {
  const [found] = await database.rows(
    `SELECT time_cell AS time FROM (SELECT time_cell FROM ${source} LIMIT ${sampledRows})
     WHERE ${losesDigits('time_cell', form)} LIMIT 1`,
  );
  return found === undefined ? undefined : String(found['time']);
}
