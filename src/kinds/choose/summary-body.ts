import { FailureError } from '../../base/failure.js';
import { compare, estimate, type Measurement, measure } from '../../statistics/compare.js';
import { summaryMetrics } from '../../statistics/metrics.js';
import { type RankedSetting, readRankedSettings } from '../../statistics/read-ranked-settings.js';
import { userSums } from '../../statistics/user-sums.js';
import { withDatabase } from '../../tables/database.js';
import { summaryColumns } from '../../tables/evaluation-columns.js';
import { writeRowsParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind.js';
import { filePath, listElements } from '../ports.js';
import type { SummaryParameters } from './summary.js';

/** One row of the notebook's table: a model, at one setting where its evaluation has several. */
interface Model {
  readonly name: string;
  /** One for each seed. */
  readonly seeds: readonly MeasuredSetting[];
}

interface MeasuredSetting extends RankedSetting {
  /** Names each query pair. */
  readonly pairs: readonly string[];
  readonly userCount: number;
  /** In the order of `summaryMetrics`. */
  readonly measurements: readonly Measurement[];
}

/** Writes the port `summary`: a row a model, setting and metric. */
export async function run(context: KindContext<SummaryParameters>): Promise<void> {
  const { parameters } = context;
  await withDatabase(context, async (database) => {
    const models: Model[] = [];
    // The order in which inputs are written is in no key.
    for (const name of orderedNames(Object.keys(context.inputs), parameters)) {
      const elements = listElements(context.inputs[name]!);
      const read: (readonly MeasuredSetting[])[] = [];
      for (const element of elements) {
        const all = await readRankedSettings(database, filePath(element, 'ranks'), `ranks of ${name}`);
        const settings = all.filter(({ ranks }) => ranks.length > 0);
        if (settings.length === 0) throw nothingRanked(name);
        read.push(settings.map(measured));
      }
      for (const model of modelsOf(name, read)) models.push(model);
    }
    const baseline = only(models, parameters.baseline, 'baseline');
    const zeroShot =
      parameters.zero_shot === undefined ? undefined : only(models, parameters.zero_shot, 'zero_shot');
    for (const model of models) checkSamePairs(model, baseline);
    await writeRowsParquet(database, {
      columns: summaryColumns,
      rows: models.flatMap((model, place) => rowsOf(model, place, baseline, zeroShot)),
      orderBy: ['place', 'metric'],
      path: context.output('summary'),
    });
  });
}

function measured(setting: RankedSetting): MeasuredSetting {
  const { sums, counts } = userSums(setting, summaryMetrics);
  return {
    ...setting,
    pairs: setting.users.map((user, row) => `pair ${setting.pairIds[row]} of user ${user}`),
    userCount: counts.length,
    measurements: measure(sums, counts),
  };
}

function nothingRanked(name: string): FailureError {
  return new FailureError({
    reason: 'bad-data',
    message: `${name} ranked nothing, so there is nothing to compare`,
    hint: 'its episodes have fewer support pairs than its k',
  });
}

/** The baseline, then zero-shot, then the others by name. */
function orderedNames(names: readonly string[], { baseline, zero_shot }: SummaryParameters): string[] {
  const first = [baseline, ...(zero_shot === undefined ? [] : [zero_shot])];
  return [...first, ...names.filter((name) => !first.includes(name)).toSorted()];
}

/** One evaluation: a model for each of its settings; one for each seed: one model, whatever each seed's setting. */
function modelsOf(name: string, seeds: readonly (readonly MeasuredSetting[])[]): readonly Model[] {
  const [first = []] = seeds;
  if (seeds.length === 1) return first.map((setting) => ({ name, seeds: [setting] }));
  const several = seeds.find((settings) => settings.length !== 1);
  if (several !== undefined) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${name} has ${seeds.length} seeds, and one of them ${several.length} settings; a seed wants one`,
      hint: 'evaluate each seed with one k and one step count',
    });
  }
  return [{ name, seeds: seeds.flat() }];
}

function only(models: readonly Model[], name: string, parameter: string): Model {
  const found = models.filter((model) => model.name === name);
  const [model] = found;
  if (model === undefined || found.length > 1) {
    throw new FailureError({
      reason: 'bad-data',
      message: `${parameter} ${name} has ${found.length} settings; a comparison wants one`,
      hint: 'evaluate it with one k and one step count',
    });
  }
  return model;
}

function checkSamePairs(model: Model, baseline: Model): void {
  for (const [index, { pairs }] of model.seeds.entries()) {
    const other = baseline.seeds[baseline.seeds.length === 1 ? 0 : index];
    for (const seed of model.seeds.length === 1 ? baseline.seeds : [other]) {
      if (seed === undefined || sameLists(pairs, seed.pairs)) continue;
      const there = new Set(seed.pairs);
      const here = new Set(pairs);
      const missing = pairs.find((pair) => !there.has(pair)) ?? seed.pairs.find((pair) => !here.has(pair));
      throw new FailureError({
        reason: 'bad-data',
        message: `${model.name} and ${baseline.name} were not evaluated on the same query pairs: ${pairs.length} and ${seed.pairs.length}, ${missing} only in one of them`,
        hint: 'evaluate both on the same episodes, with the same max_episodes',
      });
    }
  }
}

function sameLists(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

function rowsOf(model: Model, place: number, baseline: Model, zeroShot: Model | undefined) {
  // Values that differ between seeds (each seed's own tuned rate) are those of none.
  const common = <Value>(values: readonly Value[]): Value | null =>
    values.every((value) => value === values[0]) ? (values[0] ?? null) : null;
  // Every seed has a measurement for each metric.
  const of = ({ seeds }: Model, index: number) => seeds.map(({ measurements }) => measurements[index]!);
  return summaryMetrics.map(({ name: metric }, index) => {
    const own = of(model, index);
    const against = (other: Model | undefined) =>
      other === undefined || other === model || model === baseline
        ? undefined
        : compare(own, of(other, index));
    const toBaseline = against(baseline);
    const toZeroShot = against(zeroShot);
    return {
      place,
      model: model.name,
      k: common(model.seeds.map(({ k }) => k)),
      steps: common(model.seeds.map(({ steps }) => steps)),
      inner_lr: common(model.seeds.map(({ innerRate }) => innerRate)),
      metric,
      ...estimate(own),
      n: common(model.seeds.map(({ pairs }) => pairs.length)),
      users: common(model.seeds.map(({ userCount }) => userCount)),
      ...(toBaseline === undefined ? {} : { baseline: baseline.name, ...cellsOf(toBaseline, '') }),
      ...(toZeroShot === undefined
        ? {}
        : { zero_shot: zeroShot?.name, ...cellsOf(toZeroShot, 'zero_shot_') }),
    };
  });
}

function cellsOf(comparison: ReturnType<typeof compare>, prefix: string) {
  const { difference, improvementPercent, unit, distinguishable } = comparison;
  const cells = {
    difference: difference.value,
    difference_low: difference.low,
    difference_high: difference.high,
    improvement_percent: improvementPercent?.value,
    improvement_low: improvementPercent?.low,
    improvement_high: improvementPercent?.high,
    compared_over: unit,
    distinguishable,
  };
  return Object.fromEntries(Object.entries(cells).map(([name, value]) => [`${prefix}${name}`, value]));
}
