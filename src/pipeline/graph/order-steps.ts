import type { Failure, Location } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import type { Spec } from '../spec/spec.js';
import type { StepSpec } from '../spec/step-spec.js';
import { failureAt, type ReportFailure } from '../text/located-value.js';

/**
 * The steps in an order in which every step comes after those it takes something from, as close as that goes to the
 * order in which they are written. References to unknown steps and circles are reported; the steps of a circle are
 * left out.
 */
export function orderSteps(spec: Spec, report: ReportFailure): readonly StepSpec[] {
  const walk: Walk = { spec, done: new Set(), circular: new Set(), ordered: [], report };
  for (const start of spec.steps.values()) if (!walk.done.has(start.name)) walkFrom(start, walk);
  return walk.ordered;
}

interface Walk {
  readonly spec: Spec;
  /** Names of the steps of which all that they need has been walked. */
  readonly done: Set<string>;
  /** Names of the steps of circles. */
  readonly circular: Set<string>;
  readonly ordered: StepSpec[];
  readonly report: ReportFailure;
}

/** Goes depth first through all that a step needs; with a stack of its own, because chains may be longer than the language's. */
function walkFrom(start: StepSpec, { spec, done, circular, ordered, report }: Walk): void {
  const path = [{ step: start, needs: needsOf(start, spec, report), next: 0 }];
  const depths = new Map([[start.name, 0]]);
  for (let top = path[0]; top !== undefined; top = path.at(-1)) {
    const need = top.needs[top.next++];
    const depth = need && depths.get(need.step.name);
    if (need === undefined) {
      path.pop();
      depths.delete(top.step.name);
      done.add(top.step.name);
      if (!circular.has(top.step.name)) ordered.push(top.step);
    } else if (depth !== undefined) {
      const circle = path.slice(depth).map(({ step }) => step.name);
      for (const name of circle) circular.add(name);
      report(circleFailure([...circle, need.step.name], need.location));
    } else if (!done.has(need.step.name)) {
      depths.set(need.step.name, path.length);
      path.push({ step: need.step, needs: needsOf(need.step, spec, report), next: 0 });
    }
  }
}

function circleFailure(circle: readonly string[], location: Location): Failure {
  const message = `steps need each other in a circle: ${circle.join(' -> ')}`;
  return failureAt({ location }, 'cycle', message, { hint: 'an arrow reads "takes from"' });
}

interface Need {
  readonly step: StepSpec;
  readonly location: Location;
}

/** The steps that a step takes something from, and where it says so; those that are unknown are reported. */
function needsOf(
  { inputs, over }: StepSpec,
  { steps, broken }: Spec,
  report: ReportFailure,
): readonly Need[] {
  const references = [...inputs, ...over].flatMap((input) => input.references);
  return references.flatMap(({ reference, location }): Need[] => {
    const step = steps.get(reference.step);
    if (step !== undefined) return [{ step, location }];
    if (broken.has(reference.step)) return [];
    const hint = suggestion(reference.step, [...steps.keys(), ...broken]);
    report(failureAt({ location }, 'unknown-step', `there is no step ${reference.step}`, { hint }));
    return [];
  });
}
