import { leavesOf } from '../../base/files/tree.js';
import { suggestion } from '../../base/nearest-name.js';
import { fileOf } from '../../kinds/shapes.js';
import { declarationNames, undeclaredHint } from '../spec/parameter-schema.js';
import type { StepSpec } from '../spec/step-spec.js';
import { failureAt, type ReportFailure } from '../text/located-value.js';
import type { Given } from './connect-inputs.js';
import { type PortTree, project } from './port-tree.js';

/**
 * The names that the settings' producers tell; none where they do not.
 *
 * @param names by node, for those whose kind can tell.
 */
export function namesOfSettings(
  tree: PortTree,
  { kind }: StepSpec,
  names: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const declared = kind.inputs instanceof Function ? undefined : kind.inputs['settings']?.shape;
  const shape = kind.declarations === undefined ? declared : fileOf('settings');
  const projected = project(tree, shape ?? { type: 'any' }, 'settings', '');
  if (!projected.ok) return [];
  return [...leavesOf(projected.value)].flatMap(({ leaf }) => names.get(leaf.node) ?? []);
}

/** Refuses each told name that is written in the step too; one that is not told, only a run can find. */
export function refuseSetTwice(
  step: StepSpec,
  settings: Given,
  names: readonly string[],
  report: ReportFailure,
): void {
  const { declarations, parameters } = step.kind;
  const isDeclaring = declarations !== undefined;
  for (const name of names) {
    // What a step declares is a default, and is there to be overridden.
    const written = isDeclaring ? undefined : step.with.entries.get(name);
    const entry = written ?? step.matrix.find((axis) => axis.name === name);
    if (entry !== undefined) {
      report(
        failureAt(
          { location: entry.location },
          'setting-twice',
          `${name} comes from ${settings.text} and is written here too`,
          {
            hint: 'leave it out here, or out of the settings',
          },
        ),
      );
    }
    if (step.segments?.of === name) {
      report(
        failureAt(
          settings.input,
          'invalid-value',
          `${settings.text} sets ${name}, of which segments are made: how many there are has to be known when a plan is made`,
          { hint: 'have what chooses them name the others: with: { settings: [NAME] }' },
        ),
      );
    }
    const taken = isDeclaring ? declarationNames(step.kind, step.with) : parameters.settings;
    if ((isDeclaring || taken.length > 0) && !taken.includes(name)) {
      report(
        failureAt(
          settings.input,
          'unknown-parameter',
          isDeclaring
            ? `${settings.text} sets ${name}, which ${declarations} does not declare`
            : `${settings.text} sets ${name}, which ${step.kind.name} does not take from settings`,
          {
            hint: isDeclaring ? undeclaredHint(step.kind, step.with, name) : suggestion(name, taken),
          },
        ),
      );
    }
  }
}
