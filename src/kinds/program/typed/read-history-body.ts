import { readFileSync } from 'node:fs';
import { isJsonObject, type Json } from '../../../base/json.js';
import { formatCount } from '../../../base/quantities.js';
import { badData } from '../../../tables/bad-data.js';
import { withDatabase } from '../../../tables/database.js';
import { writeRowsParquet } from '../../../tables/parquet.js';
import type { KindContext } from '../../kind.js';
import { filePath, inputTree } from '../../ports.js';
import { eventsFile, parseEvents } from '../program-events.js';
import { numberIn, readWritten, type WrittenRow, writtenText } from './read-rows.js';
import type { TypedOutputParameters } from './typed-output.js';

/** What says how far a training has come, the first that a row has. */
const stepColumns = ['step', 'iteration', 'global_step', 'epoch'] as const;
const hint =
  'write rows with the columns step, name and value, or a line for each step: {"step": 1, "loss": 0.5}';

/** Values by name, by step. */
type Curve = Map<number, Map<string, number>>;

/** Writes the port: a row a step, a column a value. */
export async function run(context: KindContext<TypedOutputParameters>): Promise<void> {
  const { path, port } = context.parameters;
  const file = filePath(inputTree(context, 'file'));
  const isOfEvents = path === eventsFile;
  const { curve, leftOut } = isOfEvents
    ? curveOfEvents(file)
    : curveOf(await rowsIn(file, path, context), path);
  const names = [...new Set([...curve.values()].flatMap((values) => [...values.keys()]))].sort();
  if (names.length === 0) {
    throw badData(isOfEvents ? 'KSHOT_EVENTS' : path, isOfEvents ? 'was sent no figures' : 'has no values', {
      hint,
    });
  }
  refuseNames(names, path);
  for (const name of leftOut) context.note(`${path}: ${name} is left out of the curve: it holds no numbers`);
  const steps = [...curve].sort(([one], [other]) => one - other);
  await withDatabase(context, (database) =>
    writeRowsParquet(database, {
      columns: { iteration: 'BIGINT', ...Object.fromEntries(names.map((name) => [name, 'DOUBLE'])) },
      rows: steps.map(([iteration, values]) => ({ iteration, ...Object.fromEntries(values) })),
      orderBy: ['iteration'],
      path: context.output(port),
    }),
  );
  context.log(`${formatCount(steps.length, 'step')} of ${names.join(', ')}`);
}

async function rowsIn(file: string, path: string, context: KindContext): Promise<readonly WrittenRow[]> {
  const written = await readWritten(file, path, context);
  return written.type === 'rows' ? written.rows : [{ place: 'row 1', cells: written.cells }];
}

/** What a program told of while it ran; of what it told twice of a step, the last. */
function curveOfEvents(file: string): { curve: Curve; leftOut: ReadonlySet<string> } {
  const curve: Curve = new Map();
  for (const { step, values } of parseEvents(readFileSync(file, 'utf8')).events) {
    const at = Math.max(0, Math.round(step));
    const known = curve.get(at) ?? new Map<string, number>();
    for (const [name, value] of Object.entries(values)) known.set(name, value);
    if (known.size > 0) curve.set(at, known);
  }
  return { curve, leftOut: new Set() };
}

function curveOf(rows: readonly WrittenRow[], path: string): { curve: Curve; leftOut: ReadonlySet<string> } {
  const curve: Curve = new Map();
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
  return { curve, leftOut };
}

function stepOf({ place, cells }: WrittenRow, path: string): { step: number; column: string } {
  const column = stepColumns.find((name) => cells[name] !== undefined && cells[name] !== '');
  if (column === undefined) {
    throw badData(path, `${place} has no step, only ${Object.keys(cells).join(', ')}`, { hint });
  }
  const step = numberIn(cells[column]);
  if (step === undefined || !Number.isSafeInteger(step) || step < 0) {
    throw badData(
      path,
      `${place}, column ${column}: ${writtenText(cells[column])} is no whole number from 0`,
      {
        hint,
      },
    );
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
  const spelled = new Set(['iteration']);
  for (const name of names) {
    if (spelled.has(name.toLowerCase())) {
      throw badData(path, `the value ${name} has the name of another, but for its case`, {
        hint: 'rename it',
      });
    }
    spelled.add(name.toLowerCase());
  }
}
