import { FailureError } from '../../base/failure.js';
import type { Tree } from '../../base/files/tree.js';
import { didYouMean } from '../../base/nearest-name.js';
import { own } from '../../base/own-properties.js';
import { estimate } from '../../statistics/compare.js';
import { betterOf, inReadingOrder } from '../../statistics/metrics.js';
import { type Database, withDatabase } from '../../tables/database.js';
import { summaryColumns } from '../../tables/evaluation-columns.js';
import { writeRowsParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';
import { listElements } from '../ports.js';
import {
  type CountedComparison,
  compareModels,
  isMeasured,
  type SummarisedModel,
  valuesOf,
  whyIncomparable,
} from './compare-models.js';
import {
  type MeasuredSetting,
  type MeasuredValue,
  type Repetition,
  readMeasuredSettings,
} from './measured-settings.js';
import { replicateUnits } from './replicates.js';
import type { SummaryParameters } from './summary.js';
import { unitsOfRepetition } from './units-of-repetition.js';

/** Writes the port `summary`: a row a model, setting and metric. */
export async function run(context: KindContext<SummaryParameters>): Promise<void> {
  const { parameters } = context;
  await withDatabase(context, async (database) => {
    const models: SummarisedModel[] = [];
    // The order in which inputs are written is in no key.
    for (const name of orderedNames(Object.keys(context.inputs), parameters)) {
      const elements = listElements(context.inputs[name]!);
      const read = await readAll(database, elements, name);
      for (const model of modelsOf(name, read, parameters)) models.push(model);
    }
    for (const model of models) noteUnits(model, context);
    const named = (parameter: 'baseline' | 'zero_shot') => {
      const input = parameters[parameter];
      return input === undefined ? undefined : only(models, input, parameter);
    };
    const [baseline, zeroShot] = [named('baseline'), named('zero_shot')];
    const references = [baseline, zeroShot].filter((one) => one !== undefined);
    checkComparable(models, references);
    const leaders = leadersOf(models, parameters);
    await writeRowsParquet(database, {
      columns: summaryColumns,
      rows: models.flatMap((model, place) => rowsOf(model, place, { baseline, zeroShot, leaders })),
      orderBy: ['place', 'metric'],
      path: context.output('summary'),
    });
  });
}

/** So many measurements that a model lacks are told of. */
const mostLacking = 8;

function noteUnits(
  { name, unit, within, lacking }: SummarisedModel,
  { note }: KindContext<SummaryParameters>,
): void {
  if (within.length > 0) {
    const averages = within.map((one) => replicateUnits[one]).join(' and ');
    note(`${name}: over ${unit}, of each the mean over its ${averages}`);
  }
  for (const point of lacking.slice(0, mostLacking)) note(`${name} was not measured for ${point}`);
  const more = lacking.length - mostLacking;
  if (more > 0) note(`${name} was not measured for ${more} more`);
}

async function readAll(
  database: Database,
  elements: readonly Tree<string>[],
  input: string,
): Promise<readonly (readonly MeasuredSetting[])[]> {
  const read: (readonly MeasuredSetting[])[] = [];
  for (const element of elements) {
    const settings = await readMeasuredSettings(database, element, input);
    if (settings.length === 0) throw nothingMeasured(input);
    read.push(settings);
  }
  return read;
}

function nothingMeasured(name: string): FailureError {
  return new FailureError({
    reason: 'bad-data',
    message: `${name} measured nothing, so there is nothing to compare`,
    hint: 'where it is an evaluation, its episodes have fewer support pairs than its k',
  });
}

/** How to come to one setting. */
function oneSettingHint(measured: readonly { readonly repetitions: readonly Repetition[] }[]): string {
  const isRanked = measured.some(({ repetitions: [first] }) => first?.pairs !== undefined);
  return isRanked ? 'evaluate it with one k and one step count' : 'measure it with one value of each setting';
}

/** The baseline, then zero-shot, then the others by name. */
function orderedNames(names: readonly string[], { baseline, zero_shot }: SummaryParameters): string[] {
  const first = [baseline, zero_shot].filter((name) => name !== undefined);
  return [...first, ...names.filter((name) => !first.includes(name)).toSorted()];
}

/**
 * One file: a model for each of its settings. One for each seed: where each has one setting, one model, whatever that
 * is; else a model for each setting that metrics name.
 */
function modelsOf(
  input: string,
  read: readonly (readonly MeasuredSetting[])[],
  { unit, elements = {} }: SummaryParameters,
): readonly SummarisedModel[] {
  const model = (label: string, settings: readonly MeasuredSetting[]): SummarisedModel => {
    const name = label === '' ? input : `${input}[${label}]`;
    const repetitions = settings.map((setting) => setting.repetitions);
    return { input, name, ...unitsOfRepetition(name, repetitions, own(elements, input) ?? 'seed', unit) };
  };
  const [first = []] = read;
  if (read.length === 1) return first.map((setting) => model(setting.label, [setting]));
  const several = read.find((settings) => settings.length !== 1);
  if (several === undefined) {
    const labels = new Set(read.flat().map(({ label }) => label));
    return [model(labels.size === 1 ? [...labels].join('') : '', read.flat())];
  }
  const labels = [...new Set(read.flat().map(({ label }) => label))];
  const isWhole = read.every(
    (settings) =>
      settings.length === labels.length && new Set(settings.map(({ label }) => label)).size === labels.length,
  );
  if (!isWhole) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${input} has ${read.length} seeds, and one of them ${several.length} settings; a seed wants one`,
      hint: oneSettingHint(several),
    });
  }
  return labels.map((label) =>
    model(
      label,
      read.flatMap((settings) => settings.filter((one) => one.label === label)),
    ),
  );
}

function only(models: readonly SummarisedModel[], input: string, parameter: string): SummarisedModel {
  const found = models.filter((model) => model.input === input);
  const [model] = found;
  if (model === undefined || found.length > 1) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${parameter} ${input} has ${found.length} settings; a comparison wants one`,
      hint: oneSettingHint(found),
    });
  }
  return model;
}

function checkComparable(models: readonly SummarisedModel[], references: readonly SummarisedModel[]): void {
  const obstacles = models.flatMap((model) =>
    references.flatMap((other) => whyIncomparable(model, other) ?? []),
  );
  if (obstacles[0] !== undefined) throw obstacles[0];
}

/** The best model in each metric that any has a number in; the first of several. */
type Leaders = ReadonlyMap<
  string,
  { readonly model: SummarisedModel; readonly better: 'higher' | 'lower' | null }
>;

function leadersOf(
  models: readonly SummarisedModel[],
  { lower_is_better: lower = [] }: SummaryParameters,
): Leaders {
  const names = new Set(
    models.flatMap(({ repetitions }) => repetitions.flatMap(({ values }) => [...values.keys()])),
  );
  const unknown = lower.find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new FailureError({
      reason: 'bad-data',
      message: `lower_is_better names ${unknown}, which nothing was measured by`,
      hint: didYouMean(unknown, [...names]) ?? `these were measured: ${inReadingOrder(names).join(', ')}`,
    });
  }
  return new Map(
    [...names].flatMap((metric) => {
      const better = lower.includes(metric) ? 'lower' : betterOf(metric);
      const measured = models.flatMap((model): readonly Standing[] => {
        const { value, units, all_units } = estimateOf(valuesOf(model, metric), model);
        return value === null ? [] : [{ model, value, isShort: units < all_units }];
      });
      const [first, ...others] = measured;
      if (first === undefined) return [];
      const sign = better === 'lower' ? -1 : 1;
      const { model } = others.reduce(
        (best, one) => (sign * aheadOf(one, best, metric) > 0 ? one : best),
        first,
      );
      return [[metric, { model, better }] as const];
    }),
  );
}

interface Standing {
  readonly model: SummarisedModel;
  readonly value: number;
  /** Whether it lacks units. */
  readonly isShort: boolean;
}

/** By how much one value is above another: over the units that both have, where one of them lacks some. */
function aheadOf(one: Standing, other: Standing, metric: string): number {
  const isPaired = (one.isShort || other.isShort) && whyIncomparable(one.model, other.model) === undefined;
  const comparison = isPaired ? compareModels(one.model, other.model, metric) : undefined;
  return comparison?.difference.value ?? one.value - other.value;
}

/** What models are compared with. */
interface References {
  readonly baseline: SummarisedModel | undefined;
  readonly zeroShot: SummarisedModel | undefined;
  readonly leaders: Leaders;
}

function rowsOf(model: SummarisedModel, place: number, { baseline, zeroShot, leaders }: References) {
  const { repetitions } = model;
  // Values that differ between seeds (each seed's own tuned rate) are those of none.
  const common = <Value>(values: readonly Value[]): Value | null =>
    values.every((value) => value === values[0]) ? (values[0] ?? null) : null;
  const metrics = inReadingOrder(repetitions.flatMap(({ values }) => [...values.keys()]));
  return metrics.map((metric) => {
    const against = (other: SummarisedModel | undefined, name: string, prefix: string) => {
      if (other === undefined || other === model || model === baseline) return {};
      const comparison = compareModels(model, other, metric);
      return { [name]: other.name, ...(comparison === undefined ? {} : cellsOf(comparison, prefix)) };
    };
    return {
      place,
      model: model.name,
      k: common(repetitions.map(({ k }) => k)),
      steps: common(repetitions.map(({ steps }) => steps)),
      inner_lr: common(repetitions.map(({ innerRate }) => innerRate)),
      metric,
      ...estimateOf(valuesOf(model, metric), model),
      n: common(repetitions.map(({ n }) => n)),
      users: common(repetitions.map(({ users }) => users)),
      ...against(baseline, 'baseline', ''),
      ...against(zeroShot, 'zero_shot', 'zero_shot_'),
      ...besideLeader(model, metric, leaders),
    };
  });
}

/** Which of two values is the better one, which model is the best in the metric, and how this one differs from it. */
function besideLeader(model: SummarisedModel, metric: string, leaders: Leaders) {
  const found = leaders.get(metric);
  if (found === undefined) return {};
  const { model: leader, better } = found;
  const isComparable = leader !== model && whyIncomparable(model, leader) === undefined;
  const comparison = isComparable ? compareModels(model, leader, metric) : undefined;
  return {
    better,
    leader: leader === model ? null : leader.name,
    ...(comparison === undefined ? {} : differenceCells(comparison, 'leader_')),
  };
}

/**
 * A metric over the units that have a number, and how many there are in all. Of one measurement by a program the interval
 * that it gave, which is over no users that kshot knows of.
 */
function estimateOf(values: readonly MeasuredValue[], model: SummarisedModel) {
  const known = values.filter(isMeasured);
  const [first] = known;
  const all = { unit: model.unit, units: known.length, all_units: values.length };
  if (first === undefined) return { value: null, ...all };
  const whole = estimate(known);
  if (known.length > 1) return { ...whole, ...all };
  const isRanked = model.repetitions[0]?.pairs !== undefined;
  if (isRanked) return { ...whole, all_units: whole.units };
  return { ...whole, ...(values.length === 1 ? first.interval : {}), ...all };
}

function cellsOf(comparison: CountedComparison, prefix: string) {
  const { improvementPercent } = comparison;
  const cells = {
    improvement_percent: improvementPercent?.value,
    improvement_low: improvementPercent?.low,
    improvement_high: improvementPercent?.high,
  };
  return {
    ...differenceCells(comparison, prefix),
    ...Object.fromEntries(Object.entries(cells).map(([name, value]) => [`${prefix}${name}`, value])),
  };
}

function differenceCells({ difference, unit, units, distinguishable }: CountedComparison, prefix: string) {
  return {
    [`${prefix}difference`]: difference.value,
    [`${prefix}difference_low`]: difference.low,
    [`${prefix}difference_high`]: difference.high,
    [`${prefix}compared_over`]: unit,
    [`${prefix}compared_units`]: units,
    [`${prefix}distinguishable`]: distinguishable,
  };
}
