import type { PlannedParameters } from '../kind.js';
/** What planning puts into the parameters of a choice, told in words. */
export declare const plannedChoice: PlannedParameters;
