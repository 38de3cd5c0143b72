import type { Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import type { Derivation, Kind } from '../../kinds/kind.js';
import type { Given } from './connect-inputs.js';
import type { DraftNode, Source } from './graph.js';
import { type PortBundle } from './port-tree.js';
type Derivations = {
    readonly [port: string]: Derivation;
};
/** The ports of a kind that others derive; none where they depend on parameters that are not known. */
export declare function derivationsOf({ derived }: Kind, parameters?: JsonObject): Derivations;
/** By derived port: what its inputs share with those of the node. */
export type SharedInputs = {
    readonly [port: string]: {
        readonly [input: string]: Tree<Source>;
    };
};
/**
 * Finds what derivations take of what a step takes.
 *
 * @param object says what a derived port lacks, with a hint
 */
export declare function shareInputs(derivations: Derivations, given: readonly Given[], object: (port: string, message: string, hint: string) => void): SharedInputs;
/** A node for each derived port of a node. */
export declare function deriveNodes(node: DraftNode, derivations: Derivations, shared: SharedInputs): readonly DraftNode[];
/** What a node gives: its derived ports and its own. */
export declare function treeOfNode(id: string, outputs: DraftNode['outputs'], derivations: Derivations): PortBundle;
export {};
