import { isUtf8 } from 'node:buffer';
import { formatCount } from '../../base/quantities.js';
import { sqlText } from '../../tables/database.js';
import { type ShiftSigns, shiftOf } from './shifted-cells.js';

/** How the records of a text file are laid out. */
export interface RecordLayout {
  /** What stands between cells; absent: a line is one cell, as in JSON lines. */
  readonly delimiter?: string;
  /** Cells are divided by one or more spaces or tabs, in the place of `delimiter`. */
  readonly spaces?: boolean;
  /** One ASCII character that a cell may be enclosed in, doubled inside; absent: no character is special. */
  readonly quote?: string;
  /** Lines that begin so hold no record; with `commentsOnTop` only above the first record. */
  readonly comment?: string;
  readonly commentsOnTop?: boolean;
  /** Whether the first record names the columns. */
  readonly header: boolean;
  /** How many cells a record has. */
  readonly cells: number;
  /** Which of them are asked for, from 0, by what they are called in messages. */
  readonly wanted: { readonly [name: string]: number };
  /** Whether all records have more cells (`extra`); whether any number that reaches those asked for will do. */
  readonly ragged: 'refuse' | 'extra' | 'accept';
  /** By which rows of another length are told whose cells stand under titles of others; absent: by none. */
  readonly signs?: ShiftSigns;
}

export interface BadRow {
  /** From 1; undefined where the format knows no lines. */
  readonly line: number | undefined;
  readonly text: string;
}

/** How often something was met, and on which line first. */
export interface Met {
  count: number;
  readonly line: number;
}

/** A record longer than this is none: a quote that never closes would take the rest of the file. */
const longestRecord = 1 << 24;
/** Rejected records that are kept with their lines. */
const keptRejects = 5;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;
/** Stands before a letter in the place of a byte that divides cells or rows. */
const escapeByte = 0x0e;
/** Divides cells of what is written where the file's own delimiter is more than one byte. */
const neutralDelimiter = 0x01;

const plain = 0;
const dividesCells = 1;
const endsLine = 2;
const mayQuote = 3;
const needsCare = 4;

// In the place of where a record or cell ends.
const incomplete = -1;
const openQuote = -2;

const outBytes = 1 << 20;
const tooLong = 'is longer than 16 MiB';

/**
 * Splits a text file into records and writes them again so that no reader can take them differently: one line each,
 * `cells` cells, nothing quoted, line feeds only. Lines that are so already, nearly all in most files, pass as they
 * are; all others are read byte by byte. A record that cannot be read is left out and said, and reading goes on in
 * the line after the one on which it began.
 */
export class RecordSplitter {
  /** Records written so far. */
  rows = 0;
  /** Lines begun so far. */
  line = 1;
  /** Of what is written. */
  readonly delimiter: string;
  /** Whether a cell written so far holds an escape, see `unescaped`. */
  hasEscapes = false;
  /** Bytes of the longest line written so far. */
  longestLine = 0;
  readonly rejected: BadRow[] = [];
  /** Why records were left out. */
  readonly reasons = new Map<string, Met>();
  /** Records with more or fewer cells than there are columns, which were let pass. */
  ragged: Met | undefined;
  /** Records below the first that begin as comments above it do. */
  commentLike: Met | undefined;
  /** Records whose quoted cells hold line breaks, and the last line of the first. */
  severalLines: (Met & { readonly last: number }) | undefined;

  private readonly layout: RecordLayout;
  private readonly delimiterBytes: Buffer;
  private readonly delimiterByte: number;
  private readonly quoteByte: number;
  private readonly commentBytes: Buffer | undefined;
  private readonly classes = new Uint8Array(256);
  private readonly wantedNames: readonly (readonly [name: string, cell: number])[];
  /** Each once, ascending. */
  private readonly wantedCells: readonly number[];
  private readonly alwaysCare: boolean;
  private readonly rowsOfLines: readonly number[];
  private pieces: Buffer[] = [];
  // Where records are written; from `outStart` on it is not among the pieces yet.
  private out = Buffer.alloc(0);
  private outStart = 0;
  private outEnd = 0;
  private headerIsDue: boolean;
  private isAtTop = true;
  private isSkippingLine = false;
  // The cells of the record that is read with care.
  private starts: number[] = [];
  private ends: number[] = [];
  private doubled: boolean[] = [];

  /** Of each record asked for by `lineOf`, the line on which it begins, in the same order. */
  readonly lines: number[] = [];

  /** @param lineOf records (from 0, as they are written), ascending, whose lines are to be found */
  constructor(layout: RecordLayout, lineOf: readonly number[] = []) {
    this.layout = layout;
    this.rowsOfLines = lineOf;
    this.delimiterBytes = Buffer.from(layout.delimiter ?? '');
    this.quoteByte = layout.quote === undefined ? -1 : layout.quote.charCodeAt(0);
    this.commentBytes = layout.comment === undefined ? undefined : Buffer.from(layout.comment);
    this.wantedNames = Object.entries(layout.wanted);
    this.wantedCells = [...new Set(Object.values(layout.wanted))].sort((a, b) => a - b);
    this.headerIsDue = layout.header;
    const own = this.delimiterBytes.length === 1 && layout.spaces !== true;
    this.alwaysCare = (!own && layout.cells > 1) || layout.ragged === 'extra';
    const written = own ? (this.delimiterBytes[0] ?? neutralDelimiter) : neutralDelimiter;
    this.delimiterByte = written;
    this.delimiter = String.fromCharCode(written);
    this.classes[0] = needsCare;
    this.classes[escapeByte] = needsCare;
    this.classes[written] = own ? dividesCells : needsCare;
    if (this.quoteByte >= 0) this.classes[this.quoteByte] = mayQuote;
    this.classes[carriageReturn] = endsLine;
    this.classes[lineFeed] = endsLine;
  }

  /** What was written since the last call. */
  take(): readonly Buffer[] {
    this.closeOut();
    const { pieces } = this;
    this.pieces = [];
    return pieces;
  }

  /**
   * Splits what it can of the bytes.
   *
   * @param isLast whether nothing follows
   * @returns how many bytes were used up; the others are to be given again, before those that follow
   */
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: runs once a line of files of gigabytes; a call for each of its cases would cost more than it says
  split(given: Buffer, isLast: boolean): number {
    // Of a carriage return at the end it is not known whether a line feed belongs to it.
    const bytes = isLast || given.at(-1) !== carriageReturn ? given : given.subarray(0, -1);
    let start = this.isSkippingLine ? this.skipLine(bytes, 0) : 0;
    const lastBreak = Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(carriageReturn));
    const care = this.alwaysCare || !isUtf8(isLast ? bytes : bytes.subarray(0, lastBreak + 1));
    let run = start;
    while (start < bytes.length) {
      const end = care || this.mayBeOther(bytes, start) ? -1 : this.plainEnd(bytes, start);
      if (end === bytes.length && !isLast && end - start <= longestRecord) break;
      if (end - start > longestRecord) {
        this.pass(bytes, run, start);
        start = run = this.rejectLine(bytes, start, tooLong);
      } else if (end >= 0 && bytes[end] === lineFeed) {
        this.count(this.line++, end - start);
        start = end + 1;
      } else if (end >= 0 && bytes[end] === carriageReturn && bytes[end + 1] === lineFeed) {
        this.copyLine(bytes, run, end);
        this.count(this.line++, end - start);
        start = run = end + 2;
      } else {
        this.pass(bytes, run, start);
        const next = this.splitWithCare(bytes, start, isLast);
        if (next < 0) return start;
        start = run = next;
      }
    }
    this.pass(bytes, run, start);
    return start;
  }

  /** Whether what begins here is, or may be, no plain record. */
  private mayBeOther(bytes: Buffer, start: number): boolean {
    if (this.isAtTop) return true;
    const first = bytes[start] ?? 0;
    if (first <= space || this.headerIsDue) return true;
    return this.commentBytes !== undefined && first === this.commentBytes[0];
  }

  /** Where the plain record that begins at `start` ends, `bytes.length` if that is not seen; -1 where it is not plain. */
  private plainEnd(bytes: Buffer, start: number): number {
    const { classes } = this;
    const { length } = bytes;
    let missing = this.layout.cells - 1;
    let at = start;
    for (; at < length; at++) {
      const one = classes[bytes[at] as number];
      if (one === plain) continue;
      if (one === dividesCells) missing--;
      else if (one === endsLine) return missing === 0 ? at : -1;
      else if (one === needsCare || at === start || classes[bytes[at - 1] as number] === dividesCells)
        return -1;
    }
    return length;
  }

  /** Reads one record, comment or blank line; where the next begins, or -1 where more bytes are needed to tell. */
  private splitWithCare(bytes: Buffer, start: number, isLast: boolean): number {
    if (this.isComment(bytes, start)) return this.skipLine(bytes, start);
    const end = this.readCells(bytes, start, isLast);
    if (end === incomplete && bytes.length - start <= longestRecord) return -1;
    if (end === openQuote) return this.rejectLine(bytes, start, 'a quote that opens here is not closed');
    if (end === incomplete || end - start > longestRecord) return this.rejectLine(bytes, start, tooLong);
    const breaks = lineBreaks(bytes, start, end);
    const next = afterLineBreak(bytes, end);
    if (this.starts.length === 1 && isBlank(bytes, start, end)) {
      this.line++;
      return next;
    }
    this.isAtTop = false;
    if (this.headerIsDue) this.headerIsDue = false;
    else {
      if (this.beginsComment(bytes, start)) this.commentLike = met(this.commentLike, this.line);
      const problem = this.problemOf(bytes, start, end);
      // Cells that span lines may be due to a stray quote: what it took is read again, line by line.
      if (problem !== undefined) return this.rejectLine(bytes, start, problem);
      this.noteRecord(breaks);
      this.write(bytes);
    }
    this.line += 1 + breaks;
    return next;
  }

  private isComment(bytes: Buffer, start: number): boolean {
    return (this.layout.commentsOnTop !== true || this.isAtTop) && this.beginsComment(bytes, start);
  }

  private beginsComment(bytes: Buffer, start: number): boolean {
    const { commentBytes } = this;
    if (commentBytes === undefined) return false;
    return bytes.subarray(start, start + commentBytes.length).equals(commentBytes);
  }

  /** Finds the cells of a record; where its line break is. */
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: runs once a cell of files of gigabytes; its two kinds of cells share where they begin and end
  private readCells(bytes: Buffer, start: number, isLast: boolean): number {
    this.starts = [];
    this.ends = [];
    this.doubled = [];
    const { delimiterBytes, quoteByte } = this;
    const { length } = bytes;
    const bySpaces = this.layout.spaces === true;
    let at = bySpaces ? afterSpaces(bytes, start) : start;
    for (;;) {
      let end: number;
      if (quoteByte >= 0 && bytes[at] === quoteByte) {
        const close = this.closingQuote(bytes, at, isLast);
        if (close < 0) return close;
        this.starts.push(at + 1);
        this.ends.push(close);
        end = close + 1;
      } else {
        end = this.cellEnd(bytes, at);
        this.starts.push(at);
        this.ends.push(end);
        this.doubled.push(false);
      }
      if (bySpaces) {
        const next = afterSpaces(bytes, end);
        if (next < length && !isLineBreak(bytes[next]) && next > end) {
          at = next;
          continue;
        }
        end = next;
      }
      if (end >= length) return isLast ? length : incomplete;
      if (isLineBreak(bytes[end])) return end;
      at = end + delimiterBytes.length;
    }
  }

  /** Where the quoted cell that begins at `at` closes, followed by what may follow a cell. */
  private closingQuote(bytes: Buffer, at: number, isLast: boolean): number {
    let isDoubled = false;
    let close = at + 1;
    for (;;) {
      close = bytes.indexOf(this.quoteByte, close);
      if (close < 0) return isLast || bytes.length - at > longestRecord ? openQuote : incomplete;
      if (close - at > longestRecord) return openQuote;
      if (bytes[close + 1] !== this.quoteByte) break;
      isDoubled = true;
      close += 2;
    }
    const after = close + 1;
    if (after + Math.max(1, this.delimiterBytes.length) > bytes.length && !isLast) return incomplete;
    if (!this.mayFollowQuote(bytes, after)) return openQuote;
    this.doubled.push(isDoubled);
    return close;
  }

  private mayFollowQuote(bytes: Buffer, at: number): boolean {
    if (at >= bytes.length || isLineBreak(bytes[at])) return true;
    return this.layout.spaces === true ? isSpace(bytes[at]) : this.isDelimiter(bytes, at);
  }

  private cellEnd(bytes: Buffer, start: number): number {
    const { delimiterBytes } = this;
    const first = delimiterBytes[0] ?? -1;
    const bySpaces = this.layout.spaces === true;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === lineFeed || byte === carriageReturn) return at;
      if (bySpaces ? isSpace(byte) : byte === first && this.isDelimiter(bytes, at)) return at;
    }
    return bytes.length;
  }

  private isDelimiter(bytes: Buffer, at: number): boolean {
    const { delimiterBytes } = this;
    if (delimiterBytes.length === 0) return false;
    for (let index = 0; index < delimiterBytes.length; index++) {
      if (bytes[at + index] !== delimiterBytes[index]) return false;
    }
    return true;
  }

  /** What is wrong with the record whose cells were found. */
  private problemOf(bytes: Buffer, start: number, end: number): string | undefined {
    const { cells, ragged } = this.layout;
    const found = this.starts.length;
    if (bytes.subarray(start, end).includes(0)) return 'holds a NUL byte';
    const reaches = this.wantedNames.every(([, cell]) => cell < found);
    if (ragged === 'extra' && found <= cells)
      return `has ${formatCount(found, 'cell')}, where the first rows have more than the header's ${cells}`;
    const shift = this.shiftOf(bytes, found - cells);
    if (found !== cells && (ragged === 'refuse' || !reaches || shift !== undefined))
      return `has ${formatCount(found, 'cell')}, not ${cells}${shift === undefined ? '' : `: ${shift}`}`;
    for (const [name, cell] of this.wantedNames) {
      if (!isUtf8(bytes.subarray(this.starts[cell], this.ends[cell]))) return `${name} is not UTF-8`;
    }
    return undefined;
  }

  private shiftOf(bytes: Buffer, more: number): string | undefined {
    const { signs, wanted, cells } = this.layout;
    const time = wanted['time'];
    if (more === 0 || signs === undefined || time === undefined) return undefined;
    const cellAt = (place: number) => bytes.toString('utf8', this.starts[place], this.ends[place]);
    // Delimiters at the end of a row are no cells of their own.
    if (more > 0 && this.starts.slice(cells).every((start, index) => this.ends[cells + index] === start))
      return undefined;
    return shiftOf((place) => (place in this.starts ? cellAt(place) : ''), time, more, signs);
  }

  private noteRecord(breaks: number): void {
    if (this.starts.length !== this.layout.cells) this.ragged = met(this.ragged, this.line);
    if (breaks === 0) return;
    this.severalLines = {
      last: this.line + breaks,
      ...this.severalLines,
      ...met(this.severalLines, this.line),
    };
  }

  /** Writes the cells asked for, all others empty. */
  private write(bytes: Buffer): void {
    const { cells } = this.layout;
    let length = cells;
    const contents = this.wantedCells.map((cell) => {
      const content = this.cell(bytes, cell);
      length += content.length;
      return content;
    });
    this.makeRoom(length);
    for (let cell = 0, next = 0; cell < cells; cell++) {
      if (cell > 0) this.out[this.outEnd++] = this.delimiterByte;
      if (this.wantedCells[next] !== cell) continue;
      this.outEnd += contents[next++]?.copy(this.out, this.outEnd) ?? 0;
    }
    this.out[this.outEnd++] = lineFeed;
    this.count(this.line, length);
  }

  private cell(bytes: Buffer, cell: number): Buffer {
    const raw = bytes.subarray(this.starts[cell], this.ends[cell]);
    const escapes = escapesFor(this.delimiter).filter(([character]) => raw.includes(character));
    if (this.doubled[cell] !== true && escapes.length === 0) return raw;
    const quote = String.fromCharCode(this.quoteByte);
    const text = raw.toString('utf8');
    if (escapes.length > 0) this.hasEscapes = true;
    return Buffer.from(
      escapes.reduce(
        (escaped, [character, written]) => escaped.replaceAll(character, written),
        this.doubled[cell] === true ? text.replaceAll(quote + quote, quote) : text,
      ),
    );
  }

  private count(line: number, length: number): void {
    if (length > this.longestLine) this.longestLine = length;
    if (this.rows === this.rowsOfLines[this.lines.length]) this.lines.push(line);
    this.rows++;
  }

  /** Adds bytes as they are to what is written. */
  private pass(bytes: Buffer, from: number, to: number): void {
    if (to <= from) return;
    this.closeOut();
    this.pieces.push(bytes.subarray(from, to));
  }

  /** Adds bytes and a line feed. */
  private copyLine(bytes: Buffer, from: number, to: number): void {
    this.makeRoom(to - from + 1);
    this.outEnd += bytes.copy(this.out, this.outEnd, from, to);
    this.out[this.outEnd++] = lineFeed;
  }

  private makeRoom(length: number): void {
    if (this.outEnd + length <= this.out.length) return;
    this.closeOut();
    this.out = Buffer.allocUnsafe(Math.max(length, outBytes));
    this.outStart = this.outEnd = 0;
  }

  private closeOut(): void {
    if (this.outEnd > this.outStart) this.pieces.push(this.out.subarray(this.outStart, this.outEnd));
    this.outStart = this.outEnd;
  }

  /** Leaves out the record that begins at `start`; where the next line begins. */
  private rejectLine(bytes: Buffer, start: number, text: string): number {
    this.isAtTop = false;
    this.headerIsDue = false;
    if (this.rejected.length < keptRejects) this.rejected.push({ line: this.line, text });
    this.reasons.set(text, met(this.reasons.get(text), this.line));
    return this.skipLine(bytes, start);
  }

  /** Where the next line begins; all bytes, and on into those that follow, where this is not seen. */
  private skipLine(bytes: Buffer, start: number): number {
    let end = start;
    while (end < bytes.length && !isLineBreak(bytes[end])) end++;
    this.isSkippingLine = end === bytes.length;
    if (this.isSkippingLine) return end;
    this.line++;
    return afterLineBreak(bytes, end);
  }
}

/** How characters that would divide are written, the one that marks them first. */
function escapesFor(delimiter: string): readonly (readonly [character: string, written: string])[] {
  return [
    ['\u000e', '\u000ee'],
    ['\n', '\u000en'],
    ['\r', '\u000er'],
    [delimiter, '\u000ed'],
  ];
}

/** SQL that gives a cell as it was before `RecordSplitter` wrote it. */
export function unescaped(cell: string, delimiter: string): string {
  return escapesFor(delimiter).reduceRight(
    (sql, [character, written]) => `replace(${sql}, ${sqlText(written)}, ${sqlText(character)})`,
    cell,
  );
}

function met(before: Met | undefined, line: number): Met {
  return { count: (before?.count ?? 0) + 1, line: before?.line ?? line };
}

function afterLineBreak(bytes: Buffer, end: number): number {
  return end + (bytes[end] === carriageReturn && bytes[end + 1] === lineFeed ? 2 : 1);
}

function lineBreaks(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] !== lineFeed)) count++;
  }
  return count;
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  return afterSpaces(bytes, start) >= end;
}

function afterSpaces(bytes: Buffer, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === space || byte === tab;
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === lineFeed || byte === carriageReturn;
}
