import { type LocatedMap, type ReportFailure } from './located-value.js';
export interface Substituted {
    readonly pipeline: LocatedMap;
    /** Paths under `params` that something refers to, such as `seed` or `data.path`. */
    readonly used: ReadonlySet<string>;
}
/**
 * Puts parameters in place of `${params.x.y}` in every value. Text that is nothing but one template takes the
 * parameter's value with its type; inside other text a scalar is written out. `$${` stands for `${`. Parameters may
 * refer to parameters.
 */
export declare function substitute(pipeline: LocatedMap, report: ReportFailure): Substituted;
