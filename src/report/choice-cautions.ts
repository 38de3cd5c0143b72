import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { own } from '../base/own-properties.js';
import { formatCount, formatFigure } from '../base/quantities.js';
import { namesText } from '../kinds/choose/names-text.js';

/** What a document of a choice has beside the winner's names. */
const ownNames: readonly string[] = [
  'metric',
  'mode',
  'value',
  'averaged',
  'of',
  'n',
  'index',
  'users',
  'left_out',
  'choice',
];

/** Of so many values that were tried each is named. */
const mostValues = 8;

/** The names of the winner of a choice, by its document. */
export function winnerOf(row: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !ownNames.includes(name)));
}

/**
 * What a choice should not be taken without, by its document: a value at the edge of its grid, others that are as good,
 * a training that may not have ended. A sentence each, with what to do.
 */
export function choiceCautions(row: Json): readonly string[] {
  if (!isJsonObject(row) || !isJsonObject(row['choice'])) return [];
  const { edges, ties, last } = row['choice'];
  return [
    ...(Array.isArray(edges) ? (edges as readonly Json[]).flatMap(edgeText) : []),
    ...(isJsonObject(ties) ? [tieText(ties, row)] : []),
    ...(isJsonObject(last) ? [lastText(last)] : []),
  ];
}

function edgeText(edge: Json): readonly string[] {
  if (!isJsonObject(edge)) return [];
  const { name, value, end, tried } = edge;
  const values = Array.isArray(tried) ? (tried as readonly Json[]) : [];
  const of = values.length > mostValues ? formatCount(values.length, 'value') : values.join(', ');
  const further = end === 'largest' ? 'larger' : 'smaller';
  return [
    `${String(name)} ${String(value)} is the ${String(end)} of ${of}: ${further} ones may be better, so add some`,
  ];
}

function tieText({ count, others }: JsonObject, row: JsonObject): string {
  const named = (Array.isArray(others) ? (others as readonly Json[]) : []).filter(isJsonObject);
  const winner = winnerOf(row);
  const varying = Object.keys(winner).filter((name) => named.some((one) => own(one, name) !== winner[name]));
  const text = (names: JsonObject) =>
    namesText(Object.fromEntries(varying.map((name) => [name, own(names, name) ?? null]))) || 'another';
  const more = Number(count) - named.length;
  const rivals = [...named.map(text), ...(more > 0 ? [`${more} more`] : [])].join('; ');
  return `${text(winner)} was taken as the first of equals: ${rivals} ${Number(count) === 1 ? 'has' : 'have'} the same ${String(row['metric'])}, ${formatFigure(Number(row['value']))}; choose by a finer metric or on more users`;
}

function lastText({ name, value, later, patience }: JsonObject): string {
  const checkpoint = `${String(name)} ${String(value)}`;
  const advice = 'training may not be finished, so train longer';
  if (Number(later) === 0) return `${checkpoint} is the last checkpoint: ${advice}`;
  return `after ${checkpoint} come ${formatCount(Number(later), 'checkpoint')}, fewer than the patience of ${String(patience)}: ${advice}`;
}
