import { canonicalText } from '../../base/canonical.js';
import type { Json, JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import type { Objection, PlannedElement, PlannedLists, StepPlan } from '../kind.js';
import type { Label, LabelPart, PortShape } from '../port.js';
import { type ChoicePlan, type PlannedGroup, valueColumns } from './choice-plan.js';

/** The parameters of `select` that planning goes by. */
export interface ChoiceNames {
  readonly settings?: readonly string[];
  readonly average?: readonly string[];
  readonly patience?: number;
}

/**
 * Works out the candidates of a choice: which rows are averaged, which follow one another in a training, and which
 * element of `candidates` each is about.
 *
 * @param columns of the tables; undefined where they are not known
 */
export function planChoice(
  { settings, average = [], patience }: ChoiceNames,
  { rows = [], candidates }: PlannedLists,
  columns: readonly string[] | undefined,
): StepPlan {
  const all = rows.map(namesOf);
  const varying = varyingNames(all);
  const known = new Set(columns ?? []);
  const kept = new Set([...varying, ...average, ...(settings ?? [])].filter((name) => !known.has(name)));
  const groups = numbered(rows, ({ label }) => withoutNames(label, average));
  const matched = candidates && matchCandidates(rows, candidates, average);
  const chains = patience === undefined ? undefined : chainsOf(rows, average);
  const isList = matched?.isList === true;
  const progress = progressOf(rows);
  const elements = rows.map((_, row) => ({
    names: Object.fromEntries(Object.entries(all[row] ?? {}).filter(([name]) => kept.has(name))),
    group: groups[row] ?? 0,
  }));
  const hasElements = elements.some(
    ({ names, group }, row) => group !== row || Object.keys(names).length > 0,
  );
  const plan: ChoicePlan = {
    ...(hasElements ? { elements } : {}),
    ...(matched === undefined && chains === undefined ? {} : { groups: groupsOf(groups, chains, matched) }),
    ...(isList ? { places: matched.places.length } : {}),
    ...(progress.length === 0 ? {} : { progress }),
  };
  return {
    parameters: plan,
    shapes: shapesOf(candidates?.[0]?.shape, matched),
    objections: [
      ...namesObjections({ settings, average }, all, rows, columns),
      ...(matched?.objections ?? []),
      ...patienceObjections(patience, average, rows),
    ],
    notes: notesOf(settings, average, varying, rows, columns),
  };
}

/** Which rows are of one training: those whose labels differ in how far it has come alone. */
function chainsOf(rows: readonly PlannedElement[], average: readonly string[]): readonly number[] {
  return numbered(rows, ({ label }) =>
    withoutNames(label, average).filter(({ isSegment }) => isSegment !== true),
  );
}

/** The names by which checkpoints of a training are told apart. */
function progressOf(rows: readonly PlannedElement[]): readonly string[] {
  const segments = rows.flatMap(({ label }) => label.filter(({ isSegment }) => isSegment === true));
  return [...new Set(segments.flatMap(({ values }) => values.map(({ name }) => name)))];
}

/** @param groups the group of each row */
function groupsOf(
  groups: readonly number[],
  chains: readonly number[] | undefined,
  matched: MatchedCandidates | undefined,
): readonly PlannedGroup[] {
  const planned: PlannedGroup[] = [];
  for (const [row, group] of groups.entries()) {
    const candidate = matched?.candidateOf[row];
    const candidates = [...(planned[group]?.candidates ?? matched?.places.map(() => null) ?? [])];
    if (candidate !== undefined) candidates[matched?.placeOf[row] ?? 0] = candidate;
    planned[group] = {
      ...(chains === undefined ? {} : { chain: chains[row] ?? 0 }),
      ...(candidate === undefined ? {} : { candidates }),
    };
  }
  return planned;
}

function shapesOf(shape: PortShape | undefined, matched: MatchedCandidates | undefined): StepPlan['shapes'] {
  if (shape === undefined) return {};
  return { chosen: matched?.isList === true ? { type: 'list', of: shape, labels: matched.places } : shape };
}

/** An element's names: parameters of its node, else what its label says, the outermost of equals. */
export function namesOf({ label, parameters }: Pick<PlannedElement, 'label' | 'parameters'>): JsonObject {
  const names: { [name: string]: Json } = {};
  for (const { values, isSegment } of label) {
    for (const { name, value } of values) {
      // A matrix over `iterations` says how long the training is, its segment how far it has come.
      if (isSegment === true || !Object.hasOwn(names, name)) names[name] = value;
    }
  }
  return { ...names, ...parameters };
}

/** The names in which some differ from others. */
export function varyingNames(all: readonly JsonObject[]): readonly string[] {
  const names = new Set(all.flatMap((one) => Object.keys(one)));
  return [...names].filter(
    (name) =>
      new Set(all.map((one) => (Object.hasOwn(one, name) ? canonicalText(one[name] ?? null) : ''))).size > 1,
  );
}

function withoutNames(label: Label, names: readonly string[]): readonly LabelPart[] {
  return label.map((part) => ({ ...part, values: part.values.filter(({ name }) => !names.includes(name)) }));
}

/** What tells parts apart: the place in a list that is written out, else names and values. */
function textOf(label: Label): string {
  return canonicalText(
    label.map(({ values, place }) => [place ?? null, values.map(({ name, value }) => [name, value])]),
  );
}

/** The elements' labels as numbers from 0, in order of appearance. */
function numbered(
  elements: readonly PlannedElement[],
  labelOf: (element: PlannedElement) => Label,
): readonly number[] {
  const numbers = new Map<string, number>();
  return elements.map((element) => {
    const text = textOf(labelOf(element));
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  });
}

interface MatchedCandidates {
  readonly candidateOf: readonly (number | undefined)[];
  readonly placeOf: readonly number[];
  /** Labels of the places of `chosen`. */
  readonly places: readonly Label[];
  readonly isList: boolean;
  readonly objections: readonly Objection[];
}

/** Finds the candidate that each row is about: the one of its own label, or of that which its step was made `over`. */
function matchCandidates(
  rows: readonly PlannedElement[],
  candidates: readonly PlannedElement[],
  average: readonly string[],
): MatchedCandidates {
  const byLabel = new Map(candidates.map(({ label }, index) => [textOf(label), index]));
  const candidateOf = rows.map(({ label }) => {
    const over = label.filter(({ isOwn }) => isOwn !== true);
    return byLabel.get(textOf(label)) ?? (over.length === 0 ? undefined : byLabel.get(textOf(over)));
  });
  const averaged = candidates.map(({ label }) =>
    label.flatMap(({ values }) => values.filter(({ name }) => average.includes(name))),
  );
  const places = new Map<string, Label>();
  for (const values of averaged) {
    const label = [{ values }];
    if (!places.has(textOf(label))) places.set(textOf(label), label);
  }
  const order = [...places.keys()];
  const shapes = new Set(candidates.map(({ shape }) => canonicalText(shape as unknown as JsonObject)));
  const isMatched = !candidateOf.includes(undefined) && new Set(candidateOf).size === candidates.length;
  const objections: Objection[] = [];
  if (!isMatched) {
    objections.push({
      message: `rows (${rows.length}) are not the evaluations of candidates (${candidates.length}): each candidate wants some, such as those of a step \`over\` the same list`,
    });
  }
  if (shapes.size > 1) {
    objections.push({ message: 'candidates are of several kinds, and what is chosen could be any of them' });
  }
  return {
    candidateOf,
    placeOf: candidateOf.map((one) =>
      one === undefined ? 0 : order.indexOf(textOf([{ values: averaged[one] ?? [] }])),
    ),
    places: [...places.values()],
    isList: averaged.some((values) => values.length > 0),
    objections,
  };
}

/** Objects to names that tell no rows apart, where all that could is known. */
function namesObjections(
  {
    settings = [],
    average,
  }: { readonly settings: readonly string[] | undefined; readonly average: readonly string[] },
  all: readonly JsonObject[],
  rows: readonly PlannedElement[],
  columns: readonly string[] | undefined,
): readonly Objection[] {
  const both = settings.filter((name) => average.includes(name));
  const objections: Objection[] = both.map((name) => ({
    path: ['settings'],
    message: `${name} is averaged over, so that the winner has none to hand on`,
  }));
  if (columns === undefined) return objections;
  const ofColumns = columns.filter((name) => !valueColumns.includes(name));
  const inLabels = rows.flatMap(({ label }) => label.flatMap(({ values }) => values.map(({ name }) => name)));
  const refuse = (path: string, names: readonly string[], known: readonly string[]) => {
    for (const name of names.filter((one) => !known.includes(one))) {
      objections.push({
        path: [path],
        message: `${path} names ${name}, which the rows do not have`,
        unknown: { name, known: [...new Set(known)] },
      });
    }
  };
  refuse('settings', settings, [...ofColumns, ...all.flatMap((one) => Object.keys(one))]);
  refuse('average', average, [...ofColumns, ...inLabels]);
  return objections;
}

function patienceObjections(
  patience: number | undefined,
  average: readonly string[],
  rows: readonly PlannedElement[],
): readonly Objection[] {
  const averaged = average.find((name) => progressOf(rows).includes(name));
  if (patience !== undefined && averaged !== undefined) {
    const message = `patience follows each training by its ${averaged}, over which the metric is averaged: leave out one of the two`;
    return [{ path: ['patience'], message }];
  }
  const inChains = rows.every(({ label }) => label.some(({ isSegment }) => isSegment === true));
  if (patience === undefined || inChains) return [];
  return [
    {
      path: ['patience'],
      message: 'patience wants the evaluations of a training, one for each of its checkpoints',
    },
  ];
}

/** What is chosen over although no parameter names it; a column varies where a list is given for it. */
function notesOf(
  settings: readonly string[] | undefined,
  average: readonly string[],
  varying: readonly string[],
  rows: readonly PlannedElement[],
  columns: readonly string[] | undefined,
): readonly string[] {
  if (settings === undefined) return [];
  const lists = (columns ?? []).filter((name) =>
    rows.some(({ parameters }) => {
      const value = own(parameters, name);
      return Array.isArray(value) && value.length > 1;
    }),
  );
  const others = [...new Set([...varying, ...lists])].filter(
    (name) => !settings.includes(name) && !average.includes(name),
  );
  return others.length === 0 ? [] : [`also chooses over ${others.join(', ')}`];
}
