/** What the id of a node is made of: `train[inner_lr=0.02]@200`. */
export interface NodeIdParts {
    readonly step: string;
    /** The label of its combination of the matrix, `inner_lr=0.02`; empty where the step has no matrix. */
    readonly matrix: string;
    /**
     * What follows each `@`: the label of the element of `over`, which has several parts where the lists are nested, then
     * that of the segment.
     */
    readonly elements: readonly string[];
}
/** Writes a node's id, from which `parseNodeId` gives the parts again. */
export declare function formatNodeId({ step, matrix, elements }: NodeIdParts): string;
/** Takes a node's id apart; `@` and brackets inside a quoted value are a part of it. */
export declare function parseNodeId(id: string): NodeIdParts;
/** The step that a node is of; of a word that is not written to its end, too. */
export declare function stepOfNode(id: string): string;
/** The node behind another one that makes a port of it: `train[seed=1]@200/metrics`. */
export declare function derivedNodeId(node: string, port: string): string;
/** What the nodes of one chain of segments have in common: `train[seed=1]` of `train[seed=1]@200`. */
export declare function chainOfNode(id: string): string;
