import { StringDecoder } from 'node:string_decoder';
import { printable } from '../../base/terminal-text.js';

/** How much of a line is kept, in characters: its beginning and its end. */
const lineHeadLength = 4_096;
const lineTailLength = 4_096;
/** How far up a program may go back, in lines: more bars at once are not drawn. */
const mostOpenRows = 16;
/** How often a program that goes up is asked for its lines before one to which it did not return has ended. */
const turnsUntilEnded = 10;
/** So many lines should be taken before more comes. */
const manyLines = 1_000;
/** An escape sequence that has no end after so much is none. */
const longestSequence = 256;

const movement = /[\r\b\u001b]/;
const tokens =
  /[^\r\n\b\u001b]+|\u001b\[([0-?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|\u001b[()][0-9A-Za-z]|\u001b[78=>cDEHMNOZ]|[\r\n\b\u001b]/g;
const begunSequence = /\u001b(?:\[[0-?]*[ -/]*|\][^\u0007\u001b\n]*\u001b?|[()])?$/;

/** What a program has printed since it was last asked. */
export interface Printed {
  /** Lines that it cannot change any more. */
  readonly ended: readonly string[];
  /** Those after them, such as a prompt or the present state of a progress bar. */
  readonly open: readonly string[];
}

/**
 * The lines that a program's output shows, as a terminal would show them: carriage returns, backspaces and moves up a
 * few lines are obeyed, so that a bar that was drawn 1,000 times is one line; colours and whatever else a terminal would
 * obey are left out or made visible. Of a line of more than 8,192 characters the beginning and the end are kept, with a
 * word on how much is left out between them, so that memory does not grow with a line.
 */
export class ProgramScreen {
  private readonly decoder = new StringDecoder('utf8');
  /** The beginning of an escape sequence. */
  private begun = '';
  private ended: string[] = [];
  /** Those that may still change, never none. */
  private rows: Row[] = [new Row()];
  private at = 0;
  private column = 0;
  /** Whether the program has ever gone up, so that what is above may not have ended. */
  private goesUp = false;
  private turn = 0;

  /** Whether lines should be taken before more is written. */
  get isFull(): boolean {
    return this.ended.length >= manyLines;
  }

  write(chunk: Buffer): void {
    const text = this.begun + this.decoder.write(chunk);
    this.begun = '';
    if (!movement.test(text)) {
      this.putLines(text);
      return;
    }
    const begun = begunSequence.exec(text)?.[0] ?? '';
    if (begun.length > 0 && begun.length <= longestSequence) this.begun = begun;
    const whole = text.slice(0, text.length - this.begun.length).replaceAll('\r\n', '\n');
    for (const [token, parameter, final] of whole.matchAll(tokens)) this.obey(token, parameter, final);
  }

  /** What has ended since the last time, and what is open now. */
  take(): Printed {
    this.turn++;
    this.row.visited = this.turn;
    let settled = 0;
    while (settled < this.at && this.hasEnded(this.rows[settled]!)) settled++;
    for (const row of this.rows.splice(0, settled)) this.ended.push(row.shown);
    this.at -= settled;
    const ended = this.ended.map(printable);
    this.ended = [];
    const open = this.rows.map(({ shown }) => printable(shown));
    while (open.at(-1) === '') open.pop();
    return { ended, open };
  }

  /** All that is left, when no more will come. */
  end(): readonly string[] {
    if (this.begun !== '') this.put(this.begun);
    this.putLines(this.decoder.end());
    const rows = this.rows.map(({ shown }) => shown);
    if (rows.at(-1) === '') rows.pop();
    const lines = [...this.ended, ...rows].map(printable);
    this.ended = [];
    this.rows = [new Row()];
    this.at = 0;
    return lines;
  }

  /** The row that is written to. */
  private get row(): Row {
    return this.rows[this.at]!;
  }

  private hasEnded({ visited }: Row): boolean {
    return !this.goesUp || this.turn - visited > turnsUntilEnded;
  }

  private putLines(text: string): void {
    let start = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', start)) {
      this.put(text.slice(start, at));
      this.goDown();
      start = at + 1;
    }
    this.put(text.slice(start));
  }

  private put(text: string): void {
    this.column = this.row.put(this.column, text);
  }

  private goDown(): void {
    this.row.visited = this.turn;
    this.column = 0;
    this.at++;
    if (this.at < this.rows.length) return;
    this.rows.push(new Row());
    if (this.rows.length <= mostOpenRows) return;
    this.ended.push(this.rows.shift()!.shown);
    this.at--;
  }

  private goUp(count: number): void {
    this.goesUp = true;
    this.row.visited = this.turn;
    this.at -= count;
    // What was above has ended: a row of its own stands in for it.
    while (this.at < 0 && this.rows.length < mostOpenRows) {
      this.rows.unshift(new Row());
      this.at++;
    }
    this.at = Math.max(0, this.at);
  }

  private obey(token: string, parameter = '', final = ''): void {
    if (token === '\n') this.goDown();
    else if (token === '\r') this.column = 0;
    else if (token === '\b') this.column = Math.max(0, this.column - 1);
    else if (token === '\u001b' || !token.startsWith('\u001b')) this.put(token);
    else if (final !== '') this.move(final, parameter);
  }

  private move(final: string, parameter: string): void {
    const count = Math.max(1, Math.min(Number.parseInt(parameter, 10) || 1, lineHeadLength));
    switch (final) {
      case 'F':
        this.column = 0;
        this.goUp(count);
        break;
      case 'A':
        this.goUp(count);
        break;
      case 'B':
        this.at = Math.min(this.rows.length - 1, this.at + count);
        break;
      case 'C':
        this.column += count;
        break;
      case 'D':
        this.column = Math.max(0, this.column - count);
        break;
      case 'G':
        this.column = count - 1;
        break;
      case 'K':
        this.row.erase(this.column, parameter);
        break;
    }
  }
}

/** A line that may still change. */
class Row {
  /** Of a long row its beginning. */
  private text = '';
  /** The end of a long row. */
  private tail = '';
  private leftOutBytes = 0;
  private isLong = false;
  private isOverwritten = false;
  /** The turn in which the program was last there. */
  visited = 0;

  /** Writes over what is there from a column on; gives the column after it. */
  put(column: number, text: string): number {
    if (text === '') return column;
    if (this.isLong && column === 0) this.erase(0, '2');
    if (this.isLong || column + text.length > lineHeadLength + lineTailLength)
      return this.append(column, text);
    if (column === this.text.length) this.text += text;
    else {
      this.isOverwritten = true;
      const before = this.text.slice(0, column).padEnd(column);
      this.text = before + text + this.text.slice(column + text.length);
    }
    return column + text.length;
  }

  erase(column: number, parameter: string): void {
    if (parameter === '2' || column === 0) {
      this.text = '';
      this.tail = '';
      this.leftOutBytes = 0;
      this.isLong = false;
    } else if (parameter !== '1' && !this.isLong) this.text = this.text.slice(0, column);
  }

  get shown(): string {
    if (this.leftOutBytes > 0)
      return `${this.text} [kshot: ${this.leftOutBytes} bytes of this line left out] ${this.tail}`;
    const text = this.text + this.tail;
    return this.isOverwritten ? text.trimEnd() : text;
  }

  private append(column: number, text: string): number {
    if (!this.isLong) {
      this.isLong = true;
      const all = this.text.slice(0, column).padEnd(column) + text;
      const cut = lineHeadLength - (isSecondHalf(all, lineHeadLength) ? 1 : 0);
      this.text = all.slice(0, cut);
      this.tail = all.slice(cut);
    } else this.tail += text;
    const start = Math.max(0, this.tail.length - lineTailLength);
    const cut = start + (isSecondHalf(this.tail, start) ? 1 : 0);
    this.leftOutBytes += Buffer.byteLength(this.tail.slice(0, cut));
    this.tail = this.tail.slice(cut);
    return lineHeadLength + lineTailLength;
  }
}

/** Whether a text that begins at a place would begin with the second half of a character. */
function isSecondHalf(text: string, place: number): boolean {
  const code = text.charCodeAt(place);
  return place > 0 && code >= 0xdc00 && code <= 0xdfff;
}
