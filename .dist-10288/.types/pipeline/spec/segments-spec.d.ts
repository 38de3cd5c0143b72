import type { DeclaredSegments, Kind, Segmentation } from '../../kinds/kind.js';
import { type LocatedEntry, type LocatedValue, type ReportFailure } from '../text/located-value.js';
/** Reads `segments: { of: epochs, every: 5 }`; undefined where there is none, or not a whole one, which is reported. */
export declare function readSegments(field: LocatedEntry | undefined, kind: Kind, withValue: LocatedValue | undefined, report: ReportFailure): DeclaredSegments | undefined;
/** How a step is cut into segments, as its kind or the step itself says. */
export declare function segmentationOf({ kind, segments, }: {
    readonly kind: Kind;
    readonly segments?: DeclaredSegments;
}): Segmentation | undefined;
