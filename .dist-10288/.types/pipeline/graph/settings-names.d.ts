import type { StepSpec } from '../spec/step-spec.js';
import { type ReportFailure } from '../text/located-value.js';
import type { Given } from './connect-inputs.js';
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
export declare function expectSettings(step: StepSpec, given: readonly Given[], names: ReadonlyMap<string, readonly string[]>, report: ReportFailure): ExpectedSettings;
