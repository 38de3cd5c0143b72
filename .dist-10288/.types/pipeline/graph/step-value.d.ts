import { type Result } from '../../base/result.js';
import type { Label, PortShape, Segmentation } from '../../kinds/kind.js';
import { type Reference } from '../spec/reference.js';
import type { MatrixValue } from './expand-matrix.js';
import { type Mismatch, type PortTree } from './port-tree.js';
/** What the name of a step stands for. */
export interface StepValue {
    /** One for each combination of the matrix and (outer) element of `over`, in that order. */
    readonly instances: readonly StepInstance[];
    /** Whether the step has a matrix: then its name stands for a list. */
    readonly hasMatrix: boolean;
    /** Likewise `over`: then one combination of the matrix is a list, too. */
    readonly hasOver: boolean;
}
export interface StepInstance {
    readonly matrix: readonly MatrixValue[];
    readonly label: Label;
    /** Where `over` goes through nested lists, a list of what the inner elements give. */
    readonly tree: PortTree;
}
export declare function treeOfSegments({ lists, last }: Pick<Segmentation, 'lists' | 'last'>, segments: readonly {
    readonly label: Label;
    readonly tree: PortTree;
}[]): PortTree;
export declare function treeOfReference(value: StepValue, reference: Reference): Result<PortTree, Mismatch>;
/** What several references name as one list; a list among them gives its own elements. */
export declare function concatenate(trees: readonly {
    readonly tree: PortTree;
    readonly text: string;
}[]): PortTree;
/** What `over` goes through: elements of a list, each a node, or of lists in it. */
export type OverTree = {
    readonly type: 'element';
    readonly element: PortTree;
} | {
    readonly type: 'list';
    readonly elements: readonly {
        readonly label: Label;
        readonly below: OverTree;
    }[];
};
/**
 * The elements for `over` at the first depth that fits the port, where it says what fits; else those of the list itself.
 * A failure where the tree is no list.
 */
export declare function elementsOf(tree: PortTree, shape: PortShape, port: string, text: string): Result<Extract<OverTree, {
    type: 'list';
}>, Mismatch>;
/** Whether a list of lists cannot stand for what a port wants, but an element of the inner ones can. */
export declare function isOneThing({ type }: PortShape): boolean;
