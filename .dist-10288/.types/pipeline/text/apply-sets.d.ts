import type { Kind } from '../../kinds/kind.js';
import { type LocatedMap, type ReportFailure } from './located-value.js';
/**
 * Puts the values of `--set PATH=YAML` arguments in place, later ones over earlier ones. PATH is `params.NAME...`, which
 * must be there; `steps.NAME.with.PARAMETER...`, which must be there or be known to the step's kind; or
 * `steps.NAME.matrix.PARAMETER`, a sweep in the place of the parameter's one value.
 */
export declare function applySets(pipeline: LocatedMap, sets: readonly string[], kinds: {
    readonly [name: string]: Kind;
}, report: ReportFailure): LocatedMap;
