import type { Content } from '../kinds/kind.js';
import type { ObjectReference } from '../store/entry.js';
import type { FinishedNode } from './finished-run.js';
/** A file that a node gave, with its place among the node's outputs. */
export interface OutputFile {
    /** Port, then path inside it: `train/pairs`. */
    readonly path: string;
    readonly reference: ObjectReference;
}
/** Every file that a finished node gave; none where it failed. */
export declare function outputFiles({ entry }: Pick<FinishedNode, 'entry'>): readonly OutputFile[];
/** The files of one content that a finished node gave. */
export declare function outputsOfContent(finished: Pick<FinishedNode, 'entry' | 'node'>, content: Content): readonly OutputFile[];
