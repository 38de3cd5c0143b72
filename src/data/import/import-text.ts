import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { badData } from '../../tables/bad-data.js';
import { type Database, sqlText } from '../../tables/database.js';
import { rowsPerGroup, withoutWildcards } from '../../tables/parquet.js';
import { type ColumnPlaces, type ColumnRole, roles } from './column-places.js';
import { beginPiece, type Cells, type ImportTarget, type Piece, readPiece } from './import-target.js';
import type { InteractionFormat } from './interaction-format.js';
import { sourceBytes } from './source-bytes.js';
import { type RecordLayout, RecordSplitter, unescaped } from './split-records.js';

/** A text file and how it is read. */
export interface TextPart {
  readonly path: string;
  /** As the user knows it. */
  readonly file: string;
  readonly format: InteractionFormat;
  readonly layout: Omit<RecordLayout, 'wanted'>;
  readonly places: ColumnPlaces;
}

/** What a piece has at least, and a group of rows; or as many bytes as this, where rows are long. */
const pieceBytes = 1 << 24;
const longRowsBytes = 1 << 26;
/** What DuckDB reads at once, where no line is longer. */
const readerBytes = 1 << 22;
const lineFeed = 0x0a;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Adds the rows of a text file to the target, piece by piece: while DuckDB reads some, the next is split.
 *
 * @param scratch a folder for the pieces
 * @returns what the splitter met
 */
export async function importText(
  target: ImportTarget,
  part: TextPart,
  { scratch, signal }: { readonly scratch: string; readonly signal: AbortSignal },
): Promise<RecordSplitter> {
  const splitter = new RecordSplitter(layoutOf(part));
  const readings = new Readings(target.connections);
  let waiting: readonly Buffer[] = [];
  let waitingBytes = 0;
  let rowsBefore = 0;
  const handOver = async (rows: number): Promise<void> => {
    if (rows === 0) return;
    const path = join(scratch, `piece-${rowsBefore}`);
    const [lines, rest] = divideLines(waiting, splitter.rows - rowsBefore - rows);
    const cells = cellsOf(part, splitter, path);
    writePieces(path, lines);
    waiting = rest;
    waitingBytes = rest.reduce((sum, { length }) => sum + length, 0);
    rowsBefore += rows;
    const piece = await beginPiece(target, cells);
    target.rows += rows;
    await readings.begin((database, turn) =>
      readRows(database, { piece, rows, turn }, part.file).finally(() => rmSync(path, { force: true })),
    );
  };
  try {
    for await (const pieces of splitFile(splitter, part)) {
      signal.throwIfAborted();
      waiting = [...waiting, ...pieces];
      for (const { length } of pieces) waitingBytes += length;
      const rows = splitter.rows - rowsBefore;
      // Whole groups, so that the table has no others.
      const isDue = waitingBytes >= (rows < rowsPerGroup ? longRowsBytes : pieceBytes);
      if (isDue) await handOver(rows - (rows % rowsPerGroup) || rows);
    }
    await handOver(splitter.rows - rowsBefore);
  } finally {
    // The database is not to be closed under them.
    await readings.end();
  }
  readings.check();
  return splitter;
}

/** Readings of pieces side by side, no more than there are connections. */
class Readings {
  private readonly free: Database[];
  private readonly running = new Set<Promise<void>>();
  private readonly failures: unknown[] = [];
  private last: Promise<void> = Promise.resolve();

  constructor(connections: readonly Database[]) {
    this.free = [...connections];
  }

  /**
   * Begins a reading as soon as a connection is free.
   *
   * @param read its promise ends when its rows are there; `turn` does when those of the reading before are
   */
  async begin(read: (connection: Database, turn: Promise<void>) => Promise<void>): Promise<void> {
    while (this.free.length === 0) await Promise.race(this.running);
    this.check();
    const connection = this.free.pop() as Database;
    this.last = read(connection, this.last);
    const reading = this.last
      .catch((error: unknown) => void this.failures.push(error))
      .finally(() => {
        this.free.push(connection);
        this.running.delete(reading);
      });
    this.running.add(reading);
  }

  /** Waits for all. */
  async end(): Promise<void> {
    await Promise.all(this.running);
  }

  /** Throws what the first that failed was rejected with. */
  check(): void {
    if (this.failures.length > 0) throw this.failures[0];
  }
}

/** Divides pieces that hold whole lines before the last so many lines. */
function divideLines(pieces: readonly Buffer[], lines: number): readonly [Buffer[], Buffer[]] {
  let left = lines;
  for (let index = pieces.length - 1; index >= 0; index--) {
    const piece = pieces[index] as Buffer;
    for (let end = piece.length; end > 0; left--) {
      if (left === 0) {
        return [
          [...pieces.slice(0, index), piece.subarray(0, end)],
          [piece.subarray(end), ...pieces.slice(index + 1)],
        ];
      }
      end = end === 1 ? 0 : piece.lastIndexOf(lineFeed, end - 2) + 1;
    }
  }
  return [[], [...pieces]];
}

function writePieces(path: string, pieces: readonly Buffer[]): void {
  const file = openSync(path, 'w');
  try {
    for (const piece of pieces) writeFileSync(file, piece);
  } finally {
    closeSync(file);
  }
}

/** The lines on which records begin, of those that the splitter writes. */
export async function linesOfRows(part: TextPart, rows: readonly number[]): Promise<readonly number[]> {
  const splitter = new RecordSplitter(layoutOf(part), rows);
  for await (const _ of splitFile(splitter, part)) {
    if (splitter.lines.length === rows.length) break;
  }
  return splitter.lines;
}

/** Rows of a file, ascending: the line on which each begins, and the cells asked for. */
export async function recordsOfRows(
  part: TextPart,
  rows: readonly number[],
): Promise<
  readonly {
    readonly row: number;
    readonly line: number;
    readonly cells: { readonly [role in ColumnRole]: string };
  }[]
> {
  const splitter = new RecordSplitter(layoutOf(part), rows);
  const wanted = new WantedLines(rows);
  for await (const pieces of splitFile(splitter, part)) {
    for (const piece of pieces) wanted.add(piece);
    if (wanted.lines.length === rows.length) break;
  }
  return wanted.lines.map((text, index) => {
    const cells = text.split(splitter.delimiter);
    const cellOf = (role: ColumnRole) => cells[part.places[role].index] ?? '';
    return {
      row: rows[index] ?? 0,
      line: splitter.lines[index] ?? 0,
      cells: { user: cellOf('user'), item: cellOf('item'), time: cellOf('time') },
    };
  });
}

/** Cuts the lines of some rows, ascending, out of all that a splitter writes. */
class WantedLines {
  readonly lines: string[] = [];
  private readonly rows: readonly number[];
  private row = 0;
  private begun: Buffer[] = [];

  constructor(rows: readonly number[]) {
    this.rows = rows;
  }

  add(piece: Buffer): void {
    for (let start = 0, end = 0; start < piece.length; start = end) {
      end = piece.indexOf(lineFeed, start) + 1 || piece.length;
      const isWanted = this.row === this.rows[this.lines.length];
      if (isWanted) this.begun.push(piece.subarray(start, end));
      if (piece[end - 1] !== lineFeed) continue;
      if (isWanted) this.lines.push(Buffer.concat(this.begun).toString('utf8').replace(/\n$/, ''));
      this.begun = [];
      this.row++;
    }
  }
}

/** Splits a whole file, giving what is written as it comes. */
async function* splitFile(splitter: RecordSplitter, part: TextPart): AsyncGenerator<readonly Buffer[]> {
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  for await (const chunk of sourceBytes(part.path, part.file, part.format.gzip)) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (isFirst && bytes.length < byteOrderMark.length) {
      rest = bytes;
      continue;
    }
    if (isFirst && bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)) {
      bytes = bytes.subarray(byteOrderMark.length);
    }
    isFirst = false;
    rest = bytes.subarray(splitter.split(bytes, false));
    yield splitter.take();
  }
  splitter.split(rest, true);
  yield splitter.take();
}

function layoutOf({ format, layout, places }: TextPart): RecordLayout {
  if (format.format === 'jsonl') return { ...layout, wanted: { record: 0 } };
  return { ...layout, wanted: Object.fromEntries(roles.map((role) => [role, places[role].index])) };
}

async function readRows(
  database: Database,
  { piece, rows, turn }: { readonly piece: Piece; readonly rows: number; readonly turn: Promise<void> },
  file: string,
): Promise<void> {
  const read = await readPiece(database, piece, turn);
  // A reader that loses rows must never go unnoticed.
  if (read === rows) return;
  throw badData(file, `${rows} rows were found and ${read} read`, {
    hint: 'this is a fault in kshot: report it with the file, or the lines near where it begins to differ',
  });
}

/** The cells of a piece that the splitter wrote. */
function cellsOf({ format, layout, places }: TextPart, splitter: RecordSplitter, path: string): Cells {
  const columns = Array.from({ length: layout.cells }, (_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  const longest = splitter.longestLine + 2;
  const from = `read_csv(${sqlText(withoutWildcards(path))}, auto_detect = false, hive_partitioning = false,
    delim = ${sqlText(splitter.delimiter)}, quote = '', escape = '', comment = '', header = false, new_line = '\\n',
    columns = {${columns}}, buffer_size = ${Math.max(readerBytes, 4 * longest)}, max_line_size = ${Math.max(1 << 20, longest)})`;
  const cell = (index: number) =>
    splitter.hasEscapes ? unescaped(`c${index}`, splitter.delimiter) : `c${index}`;
  if (format.format === 'jsonl') return jsonCells(cell(0), places, from);
  return {
    user: cell(places.user.index),
    item: cell(places.item.index),
    time: cell(places.time.index),
    from,
  };
}

function jsonCells(line: string, places: ColumnPlaces, from: string): Cells {
  const pointers = roles.map((role) => sqlText(jsonPointer(places[role].path))).join(', ');
  // Only of what is an object: a path into anything else has no meaning.
  const objects = `(SELECT *, CASE WHEN NOT repeats THEN json_extract_string(line, [${pointers}]) END AS texts,
      CASE WHEN NOT repeats THEN json_type(line, [${pointers}]) END AS types
    FROM (SELECT *, CASE WHEN is_object THEN ${repeatsKeys('line', places)} END AS repeats
      FROM (SELECT line, CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END AS is_object
        FROM (SELECT ${line} AS line FROM ${from}))))`;
  // NaN is what Python writes where there is no value; the type tells it from the word.
  const value = (index: number) =>
    `CASE WHEN ${holdsNul(index)} THEN NULL WHEN types[${index}] IN ('VARCHAR', 'BOOLEAN') OR (types[${index}] IN ('BIGINT', 'UBIGINT', 'DOUBLE')
      AND isfinite(try_cast(texts[${index}] AS DOUBLE))) THEN nullif(texts[${index}], '') END`;
  const keys = roles.map((role) => JSON.stringify(places[role].path.join('.'))).join(', ');
  const nested = roles.map(
    (role, index) =>
      `WHEN ${holdsNul(index + 1)} THEN ${sqlText(`${role} holds a NUL character`)} WHEN types[${index + 1}] IN ('OBJECT', 'ARRAY') THEN ${sqlText(`${role} is not one value; columns takes a path such as ${role}: ${places[role].path.join('.')}.id`)}`,
  );
  const shortened = (['user', 'item'] as const).map(
    (role, index) =>
      `WHEN ${isShortened(index + 1)} THEN ${sqlText(`${role} is a decimal of more digits than are kept; write it in quotes`)}`,
  );
  return {
    user: `CASE WHEN NOT ${isShortened(1)} THEN ${value(1)} END`,
    item: `CASE WHEN NOT ${isShortened(2)} THEN ${value(2)} END`,
    time: value(3),
    unreadable: `CASE WHEN NOT is_object THEN 'not a JSON object'
      WHEN repeats THEN ${sqlText(`a key is there twice, one of ${keys}`)} ${nested.join(' ')} ${shortened.join(' ')} END`,
    from: objects,
  };
}

function jsonPointer(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** SQL for whether a number may have lost digits: DuckDB gives whole ones digit by digit, others as 64 bits hold them. */
function isShortened(index: number): string {
  return `coalesce(types[${index}] = 'DOUBLE' AND regexp_matches(texts[${index}], '[.eE]')
    AND length(regexp_replace(texts[${index}], '[eE].*$|^-?[0.]*|[^0-9]', '', 'g')) > 15, false)`;
}

function holdsNul(index: number): string {
  return `contains(texts[${index}], chr(0))`;
}

/** SQL for whether an object has one of the keys asked for more than once: readers differ in which one counts. */
function repeatsKeys(line: string, places: ColumnPlaces): string {
  const keysBelow = new Map<string, Set<string>>();
  for (const role of roles) {
    const { path } = places[role];
    for (const [depth, key] of path.entries()) {
      const above = jsonPointer(path.slice(0, depth));
      keysBelow.set(above, (keysBelow.get(above) ?? new Set()).add(key));
    }
  }
  const repeats = [...keysBelow].map(([above, keys]) => {
    const found = `json_keys(${above === '' ? line : `${line}, ${sqlText(above)}`})`;
    return `coalesce(len(list_filter(${found}, lambda key: key IN (${[...keys].map(sqlText).join(', ')}))) > ${keys.size}, false)`;
  });
  return repeats.join(' OR ');
}
