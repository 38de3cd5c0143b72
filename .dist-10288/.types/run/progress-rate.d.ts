import type { Progress } from '../kinds/kind.js';
export interface Pace {
    /** Units per second since the first report. */
    readonly rate?: number;
    readonly secondsLeft?: number;
}
/** A function from each report of one execution, with the time in seconds, to its pace so far. */
export declare function paceOf(): (progress: Pick<Progress, 'done' | 'total'>, seconds: number) => Pace;
