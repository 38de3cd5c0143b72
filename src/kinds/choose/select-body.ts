import { constants, copyFileSync } from 'node:fs';
import { canonicalText } from '../../base/canonical.js';
import { canonicalJson } from '../../base/canonical-json.js';
import { FailureError } from '../../base/failure.js';
import { isMissing, leavesOf, type Tree } from '../../base/files/tree.js';
import { writeFile } from '../../base/files/write-file.js';
import type { JsonObject } from '../../base/json.js';
import { suggestion } from '../../base/nearest-name.js';
import { own } from '../../base/own-properties.js';
import { namingFile } from '../../base/system-error.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree, listElements } from '../ports.js';
import { type ChoiceStanding, choiceStanding } from './candidates/choice-standing.js';
import { bestCandidates, type Candidate, counts, type ScoredRow } from './candidates/choose-best.js';
import { readScoredRows } from './candidates/scored-rows.js';
import { namesText } from './names-text.js';
import { isReplicate } from './replicates.js';
import type { SelectParameters } from './select.js';

/** Of so many rows that were left out the winner's document tells. */
const mostLeftOut = 20;

/** Writes the ports `settings` and `row`, and with candidates `chosen`. */
export async function run(context: KindContext<SelectParameters>): Promise<void> {
  const { metric, mode, average = [], patience, elements = [], groups = [] } = context.parameters;
  const tables = listElements(inputTree(context, 'rows'));
  const paths = tables.map((table) => (isMissing(table) ? undefined : filePath(table)));
  const rows = await readScoredRows(paths, metric, 'rows', context);
  refuseStrangeNames(rows, context.parameters);
  refuseContradictions(rows, context.parameters);
  refuseRepetitions(rows, context.parameters);
  noteOthers(rows, context);
  const leftOut = [
    ...paths.flatMap((path, index) =>
      path === undefined ? [`${rowText(index, elements[index]?.names ?? {})}: its step failed`] : [],
    ),
    ...rows.filter((row) => !counts(row)).map((row) => textOfLeftOut(row, context.parameters)),
  ];
  const options = { mode, average, elements, groups, ...(patience === undefined ? {} : { patience }) };
  const missing = paths.flatMap((path, index) => (path === undefined ? [index] : []));
  const equals = bestCandidates(rows, { ...options, missing });
  const [best] = equals;
  if (best === undefined) {
    throw new FailureError({
      reason: 'bad-data',
      message: `there is nothing to choose by: ${leftOut[0] ?? 'rows is empty'}`,
      details: leftOut.slice(1),
    });
  }
  for (const line of leftOut) context.note(`left out: ${line}`);
  if (average.length > 0 && best.of > best.rows.length) {
    context.note(`the best value is a mean of ${best.rows.length} of ${best.of}; the others have none`);
  }
  const names = namesOf(best, context.parameters);
  const [first] = best.rows;
  const n = best.rows.reduce((sum, row) => sum + (row.n ?? 0), 0);
  writeFile(context.output('settings'), canonicalJson(settingsOf(names, rows, context)));
  writeFile(
    context.output('row'),
    canonicalJson({
      ...names,
      metric,
      mode,
      value: best.value,
      ...(first?.n === undefined ? {} : { n }),
      ...(average.length > 0
        ? { averaged: best.rows.length, ...(best.of === best.rows.length ? {} : { of: best.of }) }
        : { index: first?.index ?? 0, ...(first?.users === undefined ? {} : { users: first.users }) }),
      ...(leftOut.length === 0 ? {} : { left_out: leftOut.slice(0, mostLeftOut) }),
      choice: {
        ...standing(equals, rows, missing, context.parameters),
        ...(first?.users === undefined ? {} : { users: first.users }),
      },
    }),
  );
  writeChosen(best, context);
}

/** Names to average over that neither the tables nor what planning knows of them have: a metric would not be averaged. */
function refuseStrangeNames(
  rows: readonly ScoredRow[],
  { average = [], elements = [] }: SelectParameters,
): void {
  const known = new Set([
    ...rows.flatMap(({ columns }) => Object.keys(columns)),
    ...elements.flatMap(({ names }) => Object.keys(names)),
  ]);
  const strange = average.find((name) => !known.has(name));
  if (strange === undefined || rows.length === 0) return;
  throw new FailureError({
    reason: 'bad-data',
    message: `average names ${strange}, which the rows do not have`,
    hint: suggestion(strange, known) ?? 'they differ in nothing that has a name',
  });
}

/** A column and a parameter of its step that have one name and say two things: which was chosen, nobody could tell. */
function refuseContradictions(rows: readonly ScoredRow[], { elements = [] }: SelectParameters): void {
  for (const { index, columns } of rows) {
    for (const [name, value] of Object.entries(elements[index]?.names ?? {})) {
      const said = own(columns, name);
      if (said === undefined || said === null || canonicalText(said) === canonicalText(value)) continue;
      throw new FailureError({
        reason: 'bad-data',
        message: `rows[${index}] has the column ${name} with ${JSON.stringify(said)}, where its step has ${name} ${JSON.stringify(value)}`,
        hint: 'rename the column, or write the same value',
      });
    }
  }
}

/** Repetitions of one measurement are no candidates: the luckiest of them would win. */
function refuseRepetitions(
  rows: readonly ScoredRow[],
  { average = [], settings = [] }: SelectParameters,
): void {
  const name = varyingColumns(rows).find(
    (column) => isReplicate(column) && !average.includes(column) && !settings.includes(column),
  );
  if (name === undefined) return;
  throw new FailureError({
    reason: 'bad-data',
    message: `the rows differ in ${name}, and the best of them would be the luckiest ${name}`,
    hint: `write average: [${[...average, name].join(', ')}], or name ${name} in settings to choose one`,
  });
}

/** What is chosen over although nobody named it; of kshot's own evaluations planning says it. */
function noteOthers(
  rows: readonly ScoredRow[],
  { parameters: { average = [], settings }, note }: KindContext<SelectParameters>,
): void {
  if (settings === undefined) return;
  const others = varyingColumns(rows).filter(
    (name) =>
      !settings.includes(name) && !average.includes(name) && !['k', 'steps', 'inner_lr'].includes(name),
  );
  if (others.length > 0) note(`also chooses over ${others.join(', ')}`);
}

function varyingColumns(rows: readonly ScoredRow[]): readonly string[] {
  const columns = new Set(rows.flatMap((row) => Object.keys(row.columns)));
  return [...columns].filter(
    (name) => new Set(rows.map((row) => canonicalText(own(row.columns, name) ?? null))).size > 1,
  );
}

/** A candidate's names: columns before what planning knows of its element. */
function namesOf(
  { columns, rows }: Pick<Candidate, 'columns'> & { readonly rows: readonly Pick<ScoredRow, 'index'>[] },
  { elements = [], average = [] }: SelectParameters,
): JsonObject {
  const planned = Object.entries(elements[rows[0]?.index ?? 0]?.names ?? {});
  const names = { ...Object.fromEntries(planned), ...columns };
  return Object.fromEntries(Object.entries(names).filter(([name]) => !average.includes(name)));
}

/** How the first of the best stands among all that there were to choose from. */
function standing(
  equals: readonly Candidate[],
  rows: readonly ScoredRow[],
  missing: readonly number[],
  parameters: SelectParameters,
): ChoiceStanding {
  const { average = [], progress = [], patience } = parameters;
  const named = (columns: JsonObject, index: number) => namesOf({ columns, rows: [{ index }] }, parameters);
  const [winner = {}, ...others] = equals.map((one) => namesOf(one, parameters));
  const failed = missing.flatMap((index) =>
    columnsOfFailed(rows).map((columns) => ({ ...columns, ...parameters.elements?.[index]?.names })),
  );
  return choiceStanding({
    winner,
    equals: [winner, ...others],
    tried: rows.map(({ columns, index }) => named(columns, index)),
    failed,
    average,
    progress,
    patience,
  });
}

/** The columns that a table which failed would have had, where another tells: not those in which tables differ. */
function columnsOfFailed(rows: readonly ScoredRow[]): readonly JsonObject[] {
  const own = rows.filter(({ index }) => index === rows[0]?.index);
  const [within, among] = [varyingColumns(own), varyingColumns(rows)];
  return own.map(({ columns }) =>
    Object.fromEntries(
      Object.entries(columns).filter(([name]) => within.includes(name) || !among.includes(name)),
    ),
  );
}

/** The values to hand on. */
function settingsOf(
  names: JsonObject,
  rows: readonly ScoredRow[],
  { parameters, note }: Pick<KindContext<SelectParameters>, 'parameters' | 'note'>,
): JsonObject {
  const { settings = varyingOf(rows, parameters) } = parameters;
  const settled: [string, JsonObject[string]][] = [];
  for (const name of settings) {
    const value = own(names, name);
    if (value === undefined) {
      throw new FailureError({
        reason: 'bad-data',
        message: `the best row has no ${name} to hand on`,
        hint: `it has ${Object.keys(names).join(', ')}`,
      });
    }
    // A rate that no step was taken with is null, and nothing to hand on.
    if (value === null) note(`${name} is not handed on: the best row has none`);
    else settled.push([name, value]);
  }
  return Object.fromEntries(settled);
}

/** The names that vary and are not averaged over. */
function varyingOf(
  rows: readonly ScoredRow[],
  { elements = [], average = [] }: SelectParameters,
): readonly string[] {
  const columns = new Set(rows.flatMap((row) => Object.keys(row.columns)));
  const varying = varyingColumns(rows);
  // Of the elements, planning gave the names that vary.
  const planned = elements.flatMap(({ names }) => Object.keys(names)).filter((name) => !columns.has(name));
  return [...new Set([...planned, ...varying])].filter((name) => !average.includes(name)).sort();
}

function textOfLeftOut(row: ScoredRow, { metric, elements = [] }: SelectParameters): string {
  const names = { ...elements[row.index]?.names, ...row.columns };
  const over = row.n === undefined ? '' : `, n = ${row.n}`;
  return `${rowText(row.index, names)}: ${metric} is ${Number.isNaN(row.value) ? 'no number' : row.value}${over}`;
}

/** `rows[0], seed 1, k 5`. */
function rowText(index: number, names: JsonObject): string {
  return [`rows[${index}]`, namesText(names)].filter((part) => part !== '').join(', ');
}

function writeChosen({ group }: Candidate, context: KindContext<SelectParameters>): void {
  const { groups = [], places } = context.parameters;
  const indices = groups[group]?.candidates;
  if (indices === undefined) return;
  const candidates = listElements(inputTree(context, 'candidates'));
  for (const [place, index] of indices.entries()) {
    const candidate = index === null ? undefined : candidates[index];
    // Its place in the list stays empty.
    if (candidate === undefined || isMissing(candidate)) continue;
    copyTree(candidate, places === undefined ? 'chosen' : `chosen/${place}`, context);
  }
}

function copyTree(tree: Tree<string>, port: string, context: KindContext<SelectParameters>): void {
  for (const { path, leaf } of leavesOf(tree, port)) {
    const target = context.output(path);
    namingFile(target, () => copyFileSync(leaf, target, constants.COPYFILE_FICLONE));
  }
}
