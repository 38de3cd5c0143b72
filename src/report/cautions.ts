import type { Figures } from '../artifacts/run-documents.js';
import { type SummaryRow, summaryNodes } from '../artifacts/summary/summary-rows.js';
import type { ChosenRow } from '../artifacts/summary/tuning.js';
import { least } from '../base/extremes.js';
import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { formatCount, formatFigure } from '../base/quantities.js';
import { namesText } from '../kinds/choose/names-text.js';
import { enoughUsers, fewestUsers } from '../statistics/enough-users.js';
import { choiceCautions, winnerOf } from './choice-cautions.js';

/** What each choice has taken: `best: rate 0.01, accuracy 0.7378, mean of 3`. */
export function choicesOf(chosen: readonly ChosenRow[]): readonly string[] {
  return chosen.flatMap(({ node, row }) => (isJsonObject(row) ? [`${node}: ${choiceText(row)}`] : []));
}

/** The names of what each choice has taken, by its node. */
export function winnersOf(chosen: readonly ChosenRow[]): { readonly [node: string]: JsonObject } {
  const winners = chosen.flatMap(({ node, row }) =>
    isJsonObject(row) ? [[node, winnerOf(row)] as const] : [],
  );
  return Object.fromEntries(winners.filter(([, names]) => Object.keys(names).length > 0));
}

function choiceText(row: JsonObject): string {
  const { metric, value, averaged, of } = row;
  const names = namesText(winnerOf(row));
  const mean =
    averaged === undefined
      ? []
      : [`mean of ${String(averaged)}${of === undefined ? '' : ` of ${String(of)}`}`];
  return [...(names === '' ? [] : [names]), `${String(metric)} ${formatFigure(Number(value))}`, ...mean].join(
    ', ',
  );
}

/** Of so many of a kind each is told. */
const mostOfAKind = 8;

/**
 * What changes what a number means: means of fewer than there are, values that are no numbers, lost steps of a curve,
 * choices at the edge of what was tried. A sentence each.
 */
export function cautionsOf(
  {
    metrics,
    summaries,
    restarted_curves: restarted = [],
  }: Pick<Figures, 'metrics' | 'summaries' | 'restarted_curves'>,
  chosen: readonly ChosenRow[],
): readonly string[] {
  const short = summaries.flatMap(({ node, model, unit, metrics: found }) =>
    Object.entries(found).flatMap(([metric, { of }]) =>
      of === undefined
        ? []
        : [
            `${node}: ${metric} of ${model} is over ${of.join(' of ')} ${unit}; in the others it was not measured or is no number`,
          ],
    ),
  );
  const odd = metrics.flatMap(({ node, not_numbers = {} }) =>
    Object.entries(not_numbers).map(([metric, text]) => `${node}: ${metric} is ${text}, and no number`),
  );
  return [
    ...chosen.flatMap(cautionsOfChoice),
    ...first(short),
    ...first(odd),
    ...first(restarted.map(cautionOfRestart)),
    ...first(ofFewUsers(summaries)),
  ];
}

function cautionOfRestart(node: string): string {
  return `${node}: its curve has other values for the steps of the segment before, as where each segment counts from 1; of each step the value told last is shown, so go on counting, by a number kept in KSHOT_STATE, or name no step in KSHOT_EVENTS`;
}

function ofFewUsers(summaries: readonly SummaryRow[]): readonly string[] {
  return summaryNodes(summaries).flatMap(({ node, rows }) => {
    const counts = rows.flatMap(({ unit, users }) => (unit === 'users' && users !== null ? [users] : []));
    const users = counts.length === 0 ? enoughUsers : least(counts);
    if (users >= enoughUsers) return [];
    const so =
      users < fewestUsers
        ? `fewer than ${fewestUsers}, so nothing is said of which models differ`
        : `fewer than ${enoughUsers}, so another draw of users may well turn the order`;
    return [`${node}: its figures are over ${formatCount(users, 'user')}, ${so}`];
  });
}

function cautionsOfChoice({ node, row }: ChosenRow): readonly string[] {
  if (!isJsonObject(row)) return [];
  const { averaged, of, left_out: leftOut } = row;
  const lines = Array.isArray(leftOut) ? (leftOut as readonly Json[]) : [];
  return [
    ...(of === undefined
      ? []
      : [`${node}: its value is the mean of ${String(averaged)} of ${String(of)}; the others have none`]),
    ...first(lines.map((line) => `${node}: left out: ${String(line)}`)),
    ...choiceCautions(row).map((text) => `${node}: ${text}`),
  ];
}

function first(lines: readonly string[]): readonly string[] {
  const more = lines.length - mostOfAKind;
  return more > 0 ? [...lines.slice(0, mostOfAKind), `and ${more} more like this`] : lines;
}
