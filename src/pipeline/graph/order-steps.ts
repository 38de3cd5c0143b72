import type { Location } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import type { Spec } from '../spec/spec.js';
import type { InputSpec, StepSpec } from '../spec/step-spec.js';
import { failureAt, type ReportFailure } from '../text/located-value.js';

/**
 * The steps in an order in which every step comes after those it takes something from, as close as that goes to the
 * order in which they are written. References to unknown steps and circles are reported; the steps of a circle are
 * left out.
 */
export function orderSteps(spec: Spec, report: ReportFailure): readonly StepSpec[] {
  const names = [...spec.steps.keys(), ...spec.broken];
  const done = new Set<string>();
  const circular = new Set<string>();
  const ordered: StepSpec[] = [];

  for (const start of spec.steps.values()) {
    if (done.has(start.name)) continue;
    // A stack of its own, because chains may be longer than the language's.
    const path = [{ step: start, needs: neededBy(start), next: 0 }];
    const open = new Map([[start.name, 0]]);
    while (path.length > 0) {
      // The path is not empty.
      const top = path[path.length - 1]!;
      const need = top.needs[top.next++];
      if (need === undefined) {
        path.pop();
        open.delete(top.step.name);
        done.add(top.step.name);
        if (!circular.has(top.step.name)) ordered.push(top.step);
        continue;
      }
      const depth = open.get(need.step);
      if (depth !== undefined) {
        const circle = path.slice(depth).map(({ step }) => step.name);
        for (const name of circle) circular.add(name);
        report(
          failureAt(
            need,
            'cycle',
            `steps need each other in a circle: ${[...circle, need.step].join(' -> ')}`,
            {
              hint: 'an arrow reads "takes from"',
            },
          ),
        );
        continue;
      }
      if (done.has(need.step)) continue;
      const step = spec.steps.get(need.step);
      if (step !== undefined) {
        open.set(step.name, path.length);
        path.push({ step, needs: neededBy(step), next: 0 });
      } else if (!spec.broken.has(need.step)) {
        report(
          failureAt(need, 'unknown-step', `there is no step ${need.step}`, {
            hint: suggestion(need.step, names),
          }),
        );
      }
    }
  }
  return ordered;
}

function neededBy({
  inputs,
  over,
}: StepSpec): readonly { readonly step: string; readonly location: Location }[] {
  return [...inputs, ...over].flatMap(({ references }: InputSpec) =>
    references.map(({ reference, location }) => ({ step: reference.step, location })),
  );
}
