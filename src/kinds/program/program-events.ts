import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import {
  doubleName,
  isJsonObject,
  type Json,
  type JsonObject,
  replaceOutsideStrings,
} from '../../base/json.js';
import { isName, noName } from '../../base/own-properties.js';
import { systemErrorOf } from '../../base/system-error.js';

/** The environment variable that names the file to which a program appends its events, a JSON object a line. */
export const eventsVariable = 'KSHOT_EVENTS';
/** That file, in the program's fresh folder; it is there once the program has made it. */
export const eventsFile = '.kshot-events.jsonl';

/** What a line tells: how far the program is, and figures. */
export interface ProgramEvent {
  /** As the line says; of a line that gives figures and no step, one more than that of the line before. */
  readonly step: number;
  /** Where the line names no step, and kshot has numbered it. */
  readonly isNumbered?: true;
  readonly total?: number;
  readonly unit?: string;
  /** By name, with those inside of objects as `outer.inner`; NaN and infinity as they are, null as NaN. */
  readonly values: { readonly [name: string]: number };
}

/** What is wrong with a line, or with a part of it that was passed over. */
export interface EventProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

interface ParsedLine {
  readonly event?: ProgramEvent;
  readonly problem?: EventProblem;
}

/** A function of the lines of one file, in order. */
function createEventParser(): (line: string) => ParsedLine {
  let number = 0;
  let step = 0;
  return (line) => {
    number++;
    if (line.trim() === '') return {};
    const parsed = parseLine(line, step);
    if (typeof parsed === 'string') return { problem: { line: number, message: parsed } };
    step = parsed.event.step;
    const { event, passedOver } = parsed;
    const double = doubleName(line);
    const quoted = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');
    const [noNames, noNumbers] = [passedOver.filter((name) => !isName(name)), passedOver.filter(isName)];
    const messages = [
      ...(noNames.length === 0 ? [] : [`${quoted(noNames)} ${noName.message}`]),
      ...(noNumbers.length === 0 ? [] : [`${quoted(noNumbers)} is no number`]),
      ...(double === undefined
        ? []
        : [`${JSON.stringify(double.name)} is there twice in one object, of which the last counts`]),
    ];
    return messages.length === 0
      ? { event }
      : { event, problem: { line: number, message: messages.join('; ') } };
  };
}

const isPositive = (value: Json | undefined) =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

function parseLine(
  line: string,
  before: number,
): { readonly event: ProgramEvent; readonly passedOver: readonly string[] } | string {
  const value = parseJson(line);
  if (!isJsonObject(value)) return `${JSON.stringify(line.slice(0, 80))} is no JSON object`;
  const { step, total, unit, values: inner, ...rest } = value;
  const objection = objectionTo(value);
  if (objection !== undefined) return objection;
  const { values, passedOver } = figuresIn({ ...rest, ...(inner === undefined ? {} : { '': inner }) });
  const hasFigures = Object.keys(values).length > 0;
  return {
    event: {
      ...(typeof step === 'number'
        ? { step }
        : { step: hasFigures ? before + 1 : before, isNumbered: true as const }),
      ...(typeof total === 'number' ? { total } : {}),
      ...(typeof unit === 'string' && unit !== '' ? { unit: unit.slice(0, 40) } : {}),
      values,
    },
    passedOver,
  };
}

/** What is wrong with the names of a line that have a meaning of their own. */
function objectionTo({ step, total, unit }: JsonObject): string | undefined {
  if (step !== undefined && !(typeof step === 'number' && Number.isFinite(step)))
    return `step is ${step === notANumber ? 'NaN' : JSON.stringify(step)}, and a number is wanted`;
  if (total !== undefined && total !== null && !isPositive(total))
    return `total is ${JSON.stringify(total)}, and a number above 0 is wanted`;
  if (unit !== undefined && unit !== null && typeof unit !== 'string')
    return `unit is ${JSON.stringify(unit)}, and a word is wanted`;
  return undefined;
}

/** What stands for a NaN of Python's while the rest of a line is read as JSON; no text can hold it by itself. */
const notANumber = '\u0000NaN';

/** JSON as Python writes it, with NaN and Infinity. Undefined where it is none. */
function parseJson(line: string): Json | undefined {
  const standard = replaceOutsideStrings(line, 'NaN|Infinity', (word) =>
    word === 'NaN' ? '"\\u0000NaN"' : '1e999',
  );
  try {
    return JSON.parse(standard) as Json;
  } catch {
    return undefined;
  }
}

/** The numbers in an object, those in objects inside of it too; what is none is passed over. */
function figuresIn(object: { readonly [name: string]: Json }): {
  readonly values: { readonly [name: string]: number };
  readonly passedOver: readonly string[];
} {
  const values: [name: string, value: number][] = [];
  const passedOver: string[] = [];
  // The next is the last.
  const waiting = Object.entries(object).reverse();
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const [name, value] = item;
    const number = value === null || value === notANumber ? Number.NaN : value;
    if (isJsonObject(number)) {
      for (const [inner, one] of Object.entries(number).reverse())
        waiting.push([nameInside(name, inner), one]);
    } else if (typeof number === 'number' && name !== '' && isName(name)) values.push([name, number]);
    else passedOver.push(name || 'values');
  }
  return { values: Object.fromEntries(values), passedOver };
}

function nameInside(outer: string, inner: string): string {
  return outer === '' ? inner : `${outer}.${inner}`;
}

const pollMilliseconds = 250;
/** How much is read at once. */
const pieceBytes = 1 << 20;
/** No line is longer: one that is will never end. */
const longestLine = 1 << 20;

export interface EventListener {
  event(event: ProgramEvent): void;
  problem(problem: EventProblem): void;
}

/** Tells all that a file holds, in order: what a program has sent. */
export function replayEvents(file: string, listener: EventListener): void {
  const reader = createReader(listener);
  withFile(file, (descriptor) => readOn(descriptor, reader, pieceBytes, true));
  reader.end();
}

/** Reads what a program appends to its events while it runs. */
export interface EventFollower {
  /** Reads what has come since, at once. */
  look(): void;
  /** Reads the rest, the last line too if it has no end. */
  finish(): void;
}

/**
 * Looks a few times a second whether a file has grown: that works on every file system, and for a file that is made,
 * replaced or begun anew meanwhile. A line without its end is waited for.
 *
 * @param before What is there by now and need not be told: whole lines.
 */
export function followEvents(
  file: string,
  listener: EventListener,
  before: Buffer = Buffer.alloc(0),
): EventFollower {
  let reader = createReader(listener, before);
  let identity = '';
  const read = (descriptor: number, isLast: boolean): void => {
    const { size, ino } = fstatSync(descriptor);
    if (size < reader.place || (identity !== '' && identity !== String(ino))) reader = createReader(listener);
    identity = String(ino);
    readOn(descriptor, reader, Math.min(pieceBytes, Math.max(1, size - reader.place)), isLast);
  };
  const look = (isLast: boolean): void => {
    try {
      withFile(file, (descriptor) => read(descriptor, isLast));
    } catch (error) {
      // A file that is not there, or cannot be read now, tells nothing.
      if (systemErrorOf(error) === undefined) throw error;
    }
  };
  const timer = setInterval(() => look(false), pollMilliseconds);
  return {
    look: () => look(false),
    finish() {
      clearInterval(timer);
      look(true);
      reader.end();
    },
  };
}

/** Reads on from where a reader is: one piece, or up to the end of the file. */
function readOn(
  descriptor: number,
  reader: ReturnType<typeof createReader>,
  bytesAtOnce: number,
  toTheEnd: boolean,
): void {
  const buffer = Buffer.allocUnsafe(bytesAtOnce);
  do {
    const bytes = readSync(descriptor, buffer, 0, buffer.length, reader.place);
    if (bytes === 0) return;
    reader.take(buffer.subarray(0, bytes));
  } while (toTheEnd);
}

function createReader({ event, problem }: EventListener, before: Buffer = Buffer.alloc(0)) {
  const parse = createEventParser();
  // How lines are numbered, and the steps of lines without one, depends on those before.
  before.toString('utf8').split('\n').slice(0, -1).forEach(parse);
  const decoder = new StringDecoder('utf8');
  let place = before.length;
  let begun = '';
  const report = (line: string): void => {
    const parsed = parse(line);
    if (parsed.event !== undefined) event(parsed.event);
    if (parsed.problem !== undefined) problem(parsed.problem);
  };
  return {
    /** How many bytes were read. */
    get place() {
      return place;
    },
    take(bytes: Buffer): void {
      place += bytes.length;
      const lines = (begun + decoder.write(bytes)).split('\n');
      begun = lines.pop() ?? '';
      // What is no line is told of once, by its beginning, when its end has come.
      if (begun.length > longestLine) begun = begun.slice(0, longestLine);
      for (const line of lines) report(line);
    },
    end(): void {
      report(begun);
      begun = '';
    },
  };
}

/** Not of anything but a plain file: a pipe would be waited for. */
function withFile(file: string, use: (descriptor: number) => void): void {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (fstatSync(descriptor).isFile()) use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
