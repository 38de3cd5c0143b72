import { isJsonObject, type JsonObject } from '../../base/json.js';
import { declaredValue } from '../../kinds/declared-values.js';
import { pathOfDeclaration } from '../spec/parameter-schema.js';
import { isSelected, type Reference } from '../spec/reference.js';
import { segmentationOf } from '../spec/segments-spec.js';
import type { InputSpec, StepSpec } from '../spec/step-spec.js';
import { failureAt, type ReportFailure, toJsonObject } from '../text/located-value.js';
import { takesOneThing } from './connect-inputs.js';
import { derivationsOf } from './derive-nodes.js';
import {
  type Axis,
  axesOf,
  type Combination,
  combinationsOf,
  countCombinations,
  withCombination,
} from './expand-matrix.js';
import { findParameter } from './step-parameters.js';

/** How many nodes a pipeline may become; more are a slip of the pen, and would not fit into memory. */
const nodesLimit = 100_000;

/** A step, and what its number of nodes comes from. */
export interface CountedStep {
  readonly step: StepSpec;
  /** At least one, although there are none where `over` goes through nothing, or through what is not known. */
  readonly nodes: number;
  readonly axes: readonly Axis[];
  /** What `over` goes through, one thing without it; undefined where that is not known. */
  readonly elements: Length | undefined;
}

/** How long a list is. */
interface Length {
  readonly length: number;
  /** With the elements of lists in it counted in the place of those lists. */
  readonly whole: number;
}

/** How long a list is that a reference names, or 1 where it names one thing. */
interface Extent extends Length {
  readonly isList: boolean;
}

/**
 * Counts the nodes that the steps will become, none of which is made for it.
 *
 * @param steps each after those that it takes something from
 * @returns by step; undefined where there are too many, which is reported with what makes them so many
 */
export function countNodesOfSteps(
  steps: readonly StepSpec[],
  report: ReportFailure,
): ReadonlyMap<string, CountedStep> | undefined {
  const counted = new Map<string, CountedStep>();
  let before = 0;
  let fits = true;
  for (const step of steps) {
    const axes = axesOf(step, report);
    const elements = elementsOf(step, counted);
    const nodes = nodesOf(step, axes, elements?.whole ?? 1);
    const one = { step, nodes, axes, elements };
    if (before + nodes > nodesLimit) {
      fits = false;
      refuse(one, before, report);
    } else {
      before += nodes;
      counted.set(step.name, one);
    }
  }
  return fits ? counted : undefined;
}

function nodesOf(step: StepSpec, axes: readonly Axis[], elements: number): number {
  // A matrix is gone through, to check it, even where `over` goes through nothing.
  const each = 1 + Object.keys(derivationsOf(step.kind)).length;
  const combinations = each * countCombinations(axes) * Math.max(1, elements);
  if (segmentationOf(step) === undefined || combinations > nodesLimit) return combinations;
  return each * segmentsOfAll(step, axes) * Math.max(1, elements);
}

/** The names of the matrix that change how many segments there are. */
function countingAxes(step: StepSpec, axes: readonly Axis[]): readonly Axis[] {
  const { countedBy = [] } = segmentationOf(step) ?? {};
  return axes.filter(({ name }) => countedBy.includes(name));
}

/** How many nodes one combination and element become; 1 where the numbers are none, which is found when they are read. */
function segmentsOf(step: StepSpec, combination: Combination): number {
  const segmentation = segmentationOf(step);
  if (segmentation === undefined) return 1;
  const numbers = numbersOfCombination(step, combination);
  if (Object.values(numbers).some((number) => typeof number !== 'number')) return 1;
  const count = segmentation.count(numbers);
  return Number.isFinite(count) ? Math.max(1, count) : 1;
}

function numbersOfCombination(step: StepSpec, combination: Combination): JsonObject {
  const full = step.kind.parameters.complete(withCombination(toJsonObject(step.with), combination));
  return numbersOf(step, segmentationOf(step)?.countedBy ?? [], full);
}

/** The values that segments are counted by, among the parameters or what these declare. */
export function numbersOf(
  { kind }: Pick<StepSpec, 'kind'>,
  countedBy: readonly string[],
  parameters: JsonObject,
): JsonObject {
  const declared = kind.declarations === undefined ? parameters : parameters[kind.declarations];
  const values = isJsonObject(declared) ? declared : {};
  return Object.fromEntries(countedBy.map((name) => [name, declaredValue(values, name) ?? null]));
}

function elementsOf({ over, kind }: StepSpec, counted: ReadonlyMap<string, CountedStep>): Length | undefined {
  if (over.length === 0) return { length: 1, whole: 1 };
  // Lists that differ in length are refused where they are gone through.
  let least: Length | undefined;
  for (const input of over) {
    const { length, whole } = lengthOfList(input, counted) ?? {};
    if (length === undefined || whole === undefined) return undefined;
    const nodes = takesOneThing(kind, input.port) ? whole : length;
    if (least === undefined || nodes < least.whole) least = { length, whole: nodes };
  }
  return least;
}

function lengthOfList(
  { isList, references }: InputSpec,
  counted: ReadonlyMap<string, CountedStep>,
): Length | undefined {
  const sum = { length: 0, whole: 0 };
  for (const { reference } of references) {
    const extent = extentOf(reference, counted.get(reference.step));
    if (extent === undefined || !(isList || extent.isList)) return undefined;
    sum.length += extent.length;
    sum.whole += extent.whole;
  }
  return sum;
}

/** Undefined where the reference names nothing that is known. */
function extentOf({ selector, ports }: Reference, counted: CountedStep | undefined): Extent | undefined {
  if (counted?.elements === undefined) return undefined;
  const { step, elements } = counted;
  if (!selector.every(({ name }) => counted.axes.some((axis) => axis.name === name))) return undefined;
  const axes = counted.axes.map((axis) => ({
    ...axis,
    values: axis.values.filter((value) => isSelected(value, selector)),
  }));
  const combinations = countCombinations(axes);
  if (combinations === 0) return undefined;
  const { lists = {}, listsAt } = segmentationOf(step) ?? {};
  const [port = ''] = ports;
  const hasSegments = Object.hasOwn(lists, port) || port === listsAt;
  const whole = hasSegments ? segmentsOfAll(step, axes) : combinations;
  const isMany = selector.length === 0 ? axes.length > 0 : combinations > 1;
  if (isMany || step.over.length > 0) {
    return { isList: true, length: combinations * elements.length, whole: whole * elements.whole };
  }
  return { isList: hasSegments, length: whole, whole };
}

/** How many segments all combinations have together; a matrix that is too large by itself is not gone through. */
function segmentsOfAll(step: StepSpec, axes: readonly Axis[]): number {
  const combinations = countCombinations(axes);
  const counting = countingAxes(step, axes);
  if (countCombinations(counting) > nodesLimit) return combinations;
  const segments = combinationsOf(counting).reduce((sum, one) => sum + segmentsOf(step, one), 0);
  return (combinations / countCombinations(counting)) * segments;
}

/** Says that a step would become too many nodes beside those of the steps before it, and what makes them so many. */
function refuse({ step, nodes, axes }: CountedStep, before: number, report: ReportFailure): void {
  const { countedBy = [] } = segmentationOf(step) ?? {};
  const combination = longest(step, axes);
  const numbers = Object.entries(numbersOfCombination(step, combination)).map(
    ([name, number]) => `${name} (${JSON.stringify(number)})`,
  );
  const factors = [...numbers, ...axes.map(({ name }) => `the values of ${name}`)];
  if (step.over.length > 0) factors.push('the list that over goes through');
  report(
    failureAt(
      findParameter(step, combination, pathOfFirst(step, countedBy)).place,
      'invalid-value',
      `${step.name} would become at least ${nodes} nodes${nodes > nodesLimit ? '' : `, after ${before} of other steps`}; a pipeline may have ${nodesLimit}`,
      { hint: factors.length === 0 ? undefined : `change ${factors.join(' or ')}` },
    ),
  );
}

function pathOfFirst({ kind, with: given }: StepSpec, [first]: readonly string[]): readonly string[] {
  return first === undefined ? [] : (pathOfDeclaration(kind, given, first) ?? [first]);
}

/** The combination with the most segments, the first of equals. */
function longest(step: StepSpec, axes: readonly Axis[]): Combination {
  // Where the matrix alone is too large, any tells as much.
  const counting = countCombinations(axes) > nodesLimit ? [] : countingAxes(step, axes);
  return combinationsOf(counting).reduce((most, one) =>
    segmentsOf(step, one) > segmentsOf(step, most) ? one : most,
  );
}
