import { leavesOf } from '../../base/files/tree.js';
import { suggestion } from '../../base/nearest-name.js';
import { fileOf } from '../../kinds/shapes.js';
import { declarationNames, undeclaredHint } from '../spec/parameter-schema.js';
import type { StepSpec } from '../spec/step-spec.js';
import { failureAt, type ReportFailure } from '../text/located-value.js';
import type { Given } from './connect-inputs.js';
import { type PortTree, project } from './port-tree.js';

/** The settings that a step will be given, as far as planning can know. */
export interface ExpectedSettings {
  /** Those that their producers name. */
  readonly names: readonly string[];
  /** Parameters that may come with them, so that the step need not write them. */
  readonly mayGive: readonly string[];
}

/**
 * Finds which settings a step will be given; reports those that it writes itself, or does not take.
 *
 * @param names by node, for those whose kind can tell which settings it writes
 */
export function expectSettings(
  step: StepSpec,
  given: readonly Given[],
  names: ReadonlyMap<string, readonly string[]>,
  report: ReportFailure,
): ExpectedSettings {
  const settings = given.filter(({ input }) => input.port === 'settings');
  const named = settings.map(({ tree }) => namesOfSettings(tree, step, names));
  const all = [...new Set(named.flat())];
  if (settings[0] !== undefined) refuseWrong(step, settings[0], all, report);
  if (step.kind.declarations !== undefined) return { names: all, mayGive: [] };
  const isWritten = [...step.inputs, ...step.over].some(({ port }) => port === 'settings');
  const isUnknown = isWritten && settings.length === 0;
  // What does not name its settings may give whatever the kind takes.
  const isOpen = isUnknown || named.some((one) => one.length === 0);
  return { names: all, mayGive: isOpen ? step.kind.parameters.settings : all };
}

/** The names that the settings' producers name; none where they do not. */
function namesOfSettings(
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

/** Refuses each name that is written in the step too, or that it does not take; one that is not known here, only a run can find. */
function refuseWrong(step: StepSpec, settings: Given, names: readonly string[], report: ReportFailure): void {
  const { kind } = step;
  const isDeclaring = kind.declarations !== undefined;
  const taken = isDeclaring ? declarationNames(kind, step.with) : kind.parameters.settings;
  for (const name of names) {
    // What a step declares is a default, and is there to be overridden.
    const written = isDeclaring ? undefined : step.with.entries.get(name);
    const entry = written ?? step.matrix.find((axis) => axis.name === name);
    if (entry !== undefined) {
      const message = `${name} comes from ${settings.text} and is written here too`;
      report(
        failureAt({ location: entry.location }, 'setting-twice', message, {
          hint: 'leave it out here, or out of the settings',
        }),
      );
    }
    if (step.segments?.of === name) {
      const message = `${settings.text} sets ${name}, of which segments are made: how many there are has to be known when a plan is made`;
      report(
        failureAt(settings.input, 'invalid-value', message, {
          hint: 'have what chooses them name the others: with: { settings: [NAME] }',
        }),
      );
    }
    if ((!isDeclaring && taken.length === 0) || taken.includes(name)) continue;
    const [lack, hint] = isDeclaring
      ? [`${kind.declarations} does not declare`, undeclaredHint(kind, step.with, name)]
      : [`${kind.name} does not take from settings`, suggestion(name, taken)];
    const message = `${settings.text} sets ${name}, which ${lack}`;
    report(failureAt(settings.input, 'unknown-parameter', message, { hint }));
  }
}
