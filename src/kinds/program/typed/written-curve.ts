import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FailureError } from '../../../base/failure.js';
import { isJsonObject, type Json } from '../../../base/json.js';
import { systemErrorOf } from '../../../base/system-error.js';
import { badData } from '../../../tables/bad-data.js';
import type { DatabaseOptions } from '../../../tables/database.js';
import type { ParquetRows } from '../../../tables/parquet.js';
import { isInside } from '../place-inputs.js';
import { eventsFile, eventsVariable, replayEvents } from '../program-events.js';
import {
  numberIn,
  readText,
  readWritten,
  refuseNoName,
  type Written,
  type WrittenRow,
  writtenText,
} from './read-rows.js';

/** What says how far a training has come, the first that a row has. */
const stepColumns = ['step', 'iteration', 'global_step', 'epoch'] as const;
const hint =
  'write rows with the columns step, name and value, or a line for each step: {"step": 1, "loss": 0.5}';

/** Values by name, by step. */
type ValuesBySteps = Map<number, Map<string, number>>;

/** The curve of a training: a row a step, a column a value. */
export interface WrittenCurve extends Pick<ParquetRows, 'columns'> {
  /** Each has every column: what has none of a name may have inherited something of it. */
  readonly rows: readonly {
    readonly iteration: number;
    readonly [column: string]: number | undefined;
  }[];
  /** Whether the program names no step, so that kshot has numbered them from 1. */
  readonly isNumbered: boolean;
  /** What must be known of it: what was left out, and how steps are counted that are no counts. */
  readonly notes: readonly string[];
}

/** What makes a row of a curve unique. */
export const curveOrder = ['iteration'] as const;

/**
 * Reads the curve that a program wrote, or that it told while it ran: its events, where the path is theirs.
 *
 * @param path of the file as the user knows it
 * @throws FailureError `bad-data` where it is none
 */
export async function readCurve(file: string, path: string, options: DatabaseOptions): Promise<WrittenCurve> {
  if (path === eventsFile) return curveOfEvents(file);
  return curveOfRows(await readWritten(file, path, options), path);
}

/** A longer file of a program that came to no end is not read: it would have to be held whole. */
const mostBytes = 256 * 2 ** 20;

/**
 * The curve that a program which came to no end has left in its folder, as far as it is whole. Undefined where it left
 * none, or what it left is none.
 */
export async function readUnfinishedCurve(
  folder: string,
  path: string,
  options: DatabaseOptions,
): Promise<WrittenCurve | undefined> {
  try {
    const file = realpathSync(join(folder, path));
    if (!isInside(file, realpathSync(folder))) return undefined;
    if (path === eventsFile) return curveOfEvents(file);
    const look = statSync(file);
    if (!look.isFile() || look.size > mostBytes) return undefined;
    const bytes = readFileSync(file);
    if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') return await readCurve(file, path, options);
    return curveOfCutText(bytes.toString('utf8'), path);
  } catch (error) {
    // It was never handed over as a result, so nothing is wrong with a result.
    if (error instanceof FailureError || systemErrorOf(error) !== undefined) return undefined;
    throw error;
  }
}

/** JSON says by itself whether it is whole; of CSV a last line without its end may lack digits. */
function curveOfCutText(text: string, path: string): WrittenCurve {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (!/^\uFEFF?\s*[[{]/.test(text)) return curveOfRows(readText(whole, path), path);
  try {
    return curveOfRows(readText(text, path), path);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return curveOfRows(readText(whole, path), path);
  }
}

/** What a program told of while it ran; of what it told twice of a step, the last. */
function curveOfEvents(file: string): WrittenCurve {
  const curve: ValuesBySteps = new Map();
  let areAllNumbered = true;
  replayEvents(file, {
    event({ step, isNumbered = false, values }) {
      areAllNumbered &&= isNumbered;
      const known = curve.get(step) ?? new Map<string, number>();
      for (const [name, value] of Object.entries(values)) known.set(name, value);
      if (known.size > 0) curve.set(step, known);
    },
    problem() {},
  });
  if (curve.size === 0) throw badData(eventsVariable, 'was sent no figures', { hint });
  return { ...tableOf(curve, new Set(), eventsVariable), isNumbered: areAllNumbered };
}

function curveOfRows(written: Written, path: string): WrittenCurve {
  const rows = written.type === 'rows' ? written.rows : [{ place: 'row 1', cells: written.cells }];
  const curve: ValuesBySteps = new Map();
  const leftOut = new Set<string>();
  for (const row of rows) {
    const { step, column } = stepOf(row, path);
    const values = curve.get(step) ?? new Map<string, number>();
    curve.set(step, values);
    for (const [name, cell] of valuesOf(row, column)) {
      const value = numberIn(cell);
      if (value === undefined) {
        leftOut.add(name);
        continue;
      }
      const before = values.get(name);
      if (before !== undefined && !Object.is(before, value)) {
        throw badData(
          path,
          `${row.place} has a second value of ${name} at step ${step}: ${value} after ${before}`,
          {
            hint: 'a value stands once for each step',
          },
        );
      }
      values.set(name, value);
    }
  }
  return { ...tableOf(curve, leftOut, path), isNumbered: false };
}

function tableOf(
  curve: ValuesBySteps,
  leftOut: ReadonlySet<string>,
  path: string,
): Omit<WrittenCurve, 'isNumbered'> {
  const names = [...new Set([...curve.values()].flatMap((values) => [...values.keys()]))].sort();
  if (names.length === 0) throw badData(path, 'has no values', { hint });
  const steps = [...curve].sort(([one], [other]) => one - other);
  const isCounted = steps.every(([step]) => Number.isSafeInteger(step) && step >= 0);
  const columns = isCounted ? names : ['step', ...names];
  refuseNames(columns, path);
  return {
    columns: { iteration: 'BIGINT', ...Object.fromEntries(columns.map((name) => [name, 'DOUBLE'])) },
    rows: steps.map(([step, values], index) => ({
      iteration: isCounted ? step : index + 1,
      ...(isCounted ? {} : { step }),
      ...Object.fromEntries(names.map((name) => [name, values.get(name)])),
    })),
    notes: [
      ...[...leftOut].map((name) => `${name} is left out of the curve: it holds no numbers`),
      ...(isCounted
        ? []
        : [
            `its steps are no whole numbers from 0: they are numbered from 1 to ${steps.length}, and kept as the value step`,
          ]),
    ],
  };
}

function stepOf({ place, cells }: WrittenRow, path: string): { step: number; column: string } {
  const column = stepColumns.find((name) => cells[name] !== undefined && cells[name] !== '');
  if (column === undefined) {
    throw badData(path, `${place} has no step, only ${Object.keys(cells).join(', ')}`, { hint });
  }
  const step = numberIn(cells[column]);
  if (step === undefined || !Number.isFinite(step)) {
    throw badData(path, `${place}, column ${column}: ${writtenText(cells[column])} is no number`, {
      hint,
    });
  }
  return { step, column };
}

/** Of a long row its one value, of one with `values` those in it, of any other one all that it has but the step. */
function valuesOf({ cells }: WrittenRow, step: string): readonly (readonly [name: string, cell: Json])[] {
  const { name, value, values } = cells;
  if (typeof name === 'string' && value !== undefined) return [[name, value]];
  if (isJsonObject(values)) return Object.entries(values);
  return Object.entries(cells).flatMap(([column, cell]) =>
    column === step || cell === undefined || cell === null || cell === '' ? [] : [[column, cell] as const],
  );
}

/** DuckDB takes names that differ in case alone for one. */
function refuseNames(names: readonly string[], path: string): void {
  refuseNoName(names, path);
  const spelled = new Set<string>();
  for (const name of names) {
    if (name === '') throw badData(path, 'has a value without a name', { hint });
    if (name.toLowerCase() === 'iteration') {
      throw badData(path, `has a value ${name}, which is what kshot calls the step`, { hint: 'rename it' });
    }
    if (spelled.has(name.toLowerCase())) {
      throw badData(path, `the value ${name} has the name of another, but for its case`, {
        hint: 'rename it',
      });
    }
    spelled.add(name.toLowerCase());
  }
}
