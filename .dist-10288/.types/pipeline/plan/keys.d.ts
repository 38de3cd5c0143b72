import { type Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import type { Digest, ObjectReference } from '../../store/entry.js';
import type { GraphNode } from '../graph/graph.js';
import type { CodeDigests } from './code-digests.js';
export interface KeyInput {
    readonly node: Pick<GraphNode, 'kind' | 'engine' | 'withSettings'>;
    /** In canonical form; undefined where settings that are to come have a part in them. */
    readonly parameters: JsonObject | undefined;
    readonly inputs: {
        readonly [port: string]: Tree<ObjectReference>;
    };
    /** Content digests of the node's external files, by name. */
    readonly files: {
        readonly [name: string]: Digest;
    };
    readonly codes: CodeDigests;
}
/** All that determines a node's outputs, and its digest. */
export interface NodeKey {
    readonly key: Digest;
    readonly preimage: JsonObject;
}
/**
 * The key of a node whose inputs are known.
 *
 * @throws FailureError `bug` where the build knows no code of the node's kind or engine.
 */
export declare function keyOf({ node, inputs, ...rest }: KeyInput & {
    readonly parameters: JsonObject;
}): NodeKey;
/**
 * All of a node's pre-image but its inputs: what can be said of it before they are known.
 *
 * @throws FailureError as `keyOf`
 */
export declare function preimageBeforeInputs({ node, parameters, files, codes, }: Omit<KeyInput, 'inputs'>): JsonObject;
