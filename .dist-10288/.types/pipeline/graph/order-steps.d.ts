import type { Spec } from '../spec/spec.js';
import type { StepSpec } from '../spec/step-spec.js';
import { type ReportFailure } from '../text/located-value.js';
/**
 * The steps in an order in which every step comes after those it takes something from, as close as that goes to the
 * order in which they are written. References to unknown steps and circles are reported; the steps of a circle are
 * left out.
 */
export declare function orderSteps(spec: Spec, report: ReportFailure): readonly StepSpec[];
