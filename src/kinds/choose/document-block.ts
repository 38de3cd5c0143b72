import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';

/** A place in a template that takes its value from the rows of an input. */
export interface Block {
  /** Names and indices from the top of the template. */
  readonly path: readonly string[];
  /** The input. */
  readonly from: string;
  /** Column -> the values that rows must have there, one of them. */
  readonly where: { readonly [column: string]: readonly Scalar[] };
  /** Columns whose values become names, from the outside in. */
  readonly by: readonly string[];
  /** The column whose value is taken, or the one whose distinct values are counted. */
  readonly take: { readonly value: string } | { readonly count: string };
}

export type Scalar = null | boolean | number | string;

/** What is wrong at a place of a template. */
export interface TemplateFault {
  readonly path: readonly string[];
  readonly message: string;
}

const blockNames = ['from', 'where', 'by', 'value', 'count'];

/** Whether a value of a template is a block: a map with the name `from`. */
export function isBlock(value: Json): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, 'from');
}

/** The blocks of a template, and what is wrong with those that are none. */
export function readBlocks(
  template: Json,
  path: readonly string[] = [],
): { readonly blocks: readonly Block[]; readonly faults: readonly TemplateFault[] } {
  if (isBlock(template)) return readBlock(template, path);
  const below: readonly (readonly [string, Json])[] = Array.isArray(template)
    ? (template as readonly Json[]).map((value, index) => [String(index), value])
    : isJsonObject(template)
      ? Object.entries(template)
      : [];
  const read = below.map(([name, value]) => readBlocks(value, [...path, name]));
  return { blocks: read.flatMap(({ blocks }) => blocks), faults: read.flatMap(({ faults }) => faults) };
}

function readBlock(block: JsonObject, path: readonly string[]): ReturnType<typeof readBlocks> {
  const faults: TemplateFault[] = [];
  const fault = (name: string, message: string) => faults.push({ path: [...path, name], message });
  for (const name of Object.keys(block)) {
    if (!blockNames.includes(name)) fault(name, `a block has no ${name}; it has ${blockNames.join(', ')}`);
  }
  const text = (name: string): string | undefined => {
    const value = block[name];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    fault(name, `${name} must be text`);
    return undefined;
  };
  const from = text('from');
  const value = text('value');
  const count = text('count');
  if (value !== undefined && count !== undefined) fault('count', 'a block has a value or a count, not both');
  const by = namesOf(block['by']);
  if (by === undefined) fault('by', 'by must be a column or a list of columns');
  const where = conditionsOf(block['where'] ?? {}, (below, message) =>
    faults.push({ path: [...path, 'where', ...below], message }),
  );
  if (faults.length > 0 || from === undefined || by === undefined) return { blocks: [], faults };
  const take = count === undefined ? { value: value ?? 'value' } : { count };
  return { blocks: [{ path, from, where, by, take }], faults };
}

/** @param object says what is wrong, with the names that lead to it */
function conditionsOf(
  conditions: Json,
  object: (path: readonly string[], message: string) => void,
): Block['where'] {
  if (!isJsonObject(conditions)) {
    object([], 'where must be a map of columns and values');
    return {};
  }
  const where: { [column: string]: readonly Scalar[] } = {};
  for (const [column, wanted] of Object.entries(conditions)) {
    const values = scalarsOf(wanted);
    if (values === undefined) object([column], `${column} must be a value or a list of values`);
    else where[column] = values;
  }
  return where;
}

function namesOf(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}

function scalarsOf(value: Json): readonly Scalar[] | undefined {
  if (Array.isArray(value)) {
    return value.length > 0 && value.every(isScalar) ? (value as readonly Scalar[]) : undefined;
  }
  return isScalar(value) ? [value] : undefined;
}

function isScalar(value: Json): value is Scalar {
  return value === null || typeof value !== 'object';
}
