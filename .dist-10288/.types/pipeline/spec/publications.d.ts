import type { Location } from '../../base/failure.js';
import type { Publication } from '../graph/graph.js';
import { type StepValue } from '../graph/step-value.js';
import { type LocatedValue, type ReportFailure } from '../text/located-value.js';
/** What stands under `publish`: one file, or with `{label}` one for each element of a list. */
export interface PublicationSpec {
    /** `best.chosen`, `tune[inner_lr=0.02].metrics`, `run/report.json`. */
    readonly source: string;
    readonly sourceLocation: Location;
    /** Relative to the root, with `{label}` and `{tag}`. */
    readonly path: string;
    readonly pathLocation: Location;
}
/** Reads the top-level `publish`: sources, each with a path or a list of paths. */
export declare function readPublish(value: LocatedValue | undefined, report: ReportFailure): readonly PublicationSpec[];
/** What the steps give, and which steps are known to be broken. */
export interface Published {
    readonly root: string;
    readonly steps: ReadonlyMap<string, StepValue>;
    readonly stepNames: readonly string[];
    /** Files and folders that the pipeline reads. */
    readonly read: readonly string[];
    /** Patterns that choose such files. */
    readonly patterns: readonly string[];
}
/** The files to be published, each once; reports sources that there are not, forms that do not fit, bad paths. */
export declare function resolvePublications(specs: readonly PublicationSpec[], published: Published, report: ReportFailure): readonly Publication[];
