import type { Digest } from '../../base/canonical.js';
import type { PublicationForm } from '../../pipeline/spec/publication-form.js';
/** The document in a run's folder that says what was published. */
export declare const publishedName = "published.json";
/**
 * `written` anew, `unchanged` because it was there already, or `kept` as it was found because somebody other than
 * kshot wrote it.
 */
export type PublishedOutcome = 'written' | 'unchanged' | 'kept';
/** One file that a run published. */
export interface PublishedFile {
    /** Relative to the root. */
    readonly path: string;
    /** As the pipeline names it: `best.chosen`, `run/report.json`. */
    readonly source: string;
    /** The node that gave it, and which of its outputs; absent for files of the run's folder. */
    readonly node?: string;
    readonly output?: string;
    readonly form: PublicationForm;
    /** Of the output, or of the file in the run's folder. */
    readonly source_digest: Digest;
    /** Of what is published. */
    readonly digest: Digest;
    readonly bytes: number;
    readonly outcome: PublishedOutcome;
}
/** `published.json`. */
export interface PublishedDocument {
    readonly version: 1;
    /** The version of kshot, which decides how forms are written. */
    readonly kshot: string;
    readonly files: readonly PublishedFile[];
}
/** What all runs of a project have published. */
export interface PublishedHistory {
    /** Whether kshot wrote these bytes there. */
    wrote(path: string, digest: Digest): boolean;
    /** What this version of kshot made of a source, in a form; undefined where it never did. */
    madeOf(source: Digest, form: PublicationForm): {
        readonly digest: Digest;
        readonly bytes: number;
    } | undefined;
}
/** Reads what the runs in `artifacts/` say that they published; a document that is spoilt says nothing. */
export declare function readPublishedHistory(root: string, kshot: string): PublishedHistory;
