import { type Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import type { Derivation, Facts, Kind, PlannedLists } from '../../kinds/kind.js';
import type { Given } from './connect-inputs.js';
import type { DraftNode, Source } from './graph.js';
/** The nodes made so far, and what planning knows of each, for the steps that take something from them. */
export interface KnownNodes {
    /** In an order in which every input comes earlier. */
    readonly nodes: readonly DraftNode[];
    /** By node: names of the settings that it will write, where its kind can tell. */
    readonly settingNames: ReadonlyMap<string, readonly string[]>;
    /**
     * Adds a node and those that are derived of it.
     *
     * @param full its parameters with their defaults
     * @param names the parameters that tell it from others
     */
    add(node: DraftNode, derived: readonly DraftNode[], kind: KindOfNode, full: JsonObject, names: JsonObject): void;
    /** What the kinds of the outputs in a tree say of them, each output once. */
    factsAt(tree: Tree<Source>): readonly Facts[];
    /** The elements of the lists that a node takes. */
    elementsOf(ports: DraftNode['ports'], given: readonly Given[]): PlannedLists;
}
/** A kind, and what others derive of its outputs with the parameters of one node. */
export interface KindOfNode {
    readonly kind: Kind;
    readonly derivations: {
        readonly [port: string]: Derivation;
    };
}
/** No nodes yet. */
export declare function createKnownNodes(): KnownNodes;
