import type { Objection, PlannedStep } from '../kind.js';
/** Objects to a `metric` that a table of metrics at one of the ports is known not to have. */
export declare function checkMetric({ parameters, facts }: PlannedStep, port: string): readonly Objection[];
