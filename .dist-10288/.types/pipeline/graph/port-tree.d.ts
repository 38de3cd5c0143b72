import type { FailureReason } from '../../base/failure.js';
import type { Tree } from '../../base/files/tree.js';
import { type Result } from '../../base/result.js';
import type { Content, Label, OutputPort, PortShape } from '../../kinds/kind.js';
import type { Source } from './graph.js';
/** What a step gives: a tree of sources of which planning still knows contents and the names of list elements. */
export type PortTree = {
    readonly type: 'file';
    readonly source: Source;
    readonly content: Content;
} | {
    readonly type: 'bundle';
    readonly ports: {
        readonly [name: string]: PortTree;
    };
    /** Reached by their names, and no part of the whole. */
    readonly beside?: {
        readonly [name: string]: PortTree;
    };
} | {
    readonly type: 'list';
    readonly elements: readonly PortTree[];
    readonly labels: readonly Label[];
};
/** A bundle of what a step gives. */
export type PortBundle = PortTree & {
    readonly type: 'bundle';
};
/** Why one thing cannot stand where another is wanted. */
export interface Mismatch {
    readonly reason: FailureReason;
    readonly message: string;
    readonly hint?: string;
}
/** What stands in a list and in the lists in it, in order, each with its whole label; one thing alone as it is. */
export declare function flattened(tree: PortTree, label?: Label): readonly {
    readonly element: PortTree;
    readonly label: Label;
}[];
/** The outputs of a node as a bundle. */
export declare function treeOfOutputs(node: string, outputs: {
    readonly [port: string]: OutputPort;
}): PortBundle;
/** The shape that an output must have to give such a tree. */
export declare function shapeOfTree(tree: PortTree): PortShape;
/** Follows port names down; through a list, in each of its elements. `text` is what the user wrote. */
export declare function portAt(tree: PortTree, names: readonly string[], text: string): Result<PortTree, Mismatch>;
/**
 * What of `given` goes into an input of that shape: undeclared ports are left out, a bundle gives the port that a file
 * is wanted from, one thing is a list of one, and lists in a list are one list.
 *
 * @param port The input's name, or inside a bundle the sub-port's.
 * @param text What the user wrote.
 */
export declare function project(given: PortTree, shape: PortShape, port: string, text: string): Result<Tree<Source>, Mismatch>;
/** Bundles of a single file as that file, in a list too. */
export declare function unwrapped(tree: PortTree): PortTree;
/** Whether a node without outputs is given, itself or in a list: nothing would connect it to what takes it. */
export declare function givesNothing(tree: PortTree): boolean;
/** The same of what is given. */
export declare function describeTree(tree: PortTree): string;
