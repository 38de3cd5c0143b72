import type { Failure } from '../../base/failure.js';
import type { Tree } from '../../base/files/tree.js';
import { type JsonObject } from '../../base/json.js';
import type { Kind } from '../../kinds/kind.js';
import type { Digest, ObjectReference } from '../../store/entry.js';
import type { GraphNode } from './graph.js';
import { type ParameterValidators } from './parameter-errors.js';
/** A node's parameters as its body gets them, as far as they can be known once its inputs are. */
export type FinalParameters = {
    readonly type: 'known';
    readonly parameters: JsonObject;
}
/** The settings' bytes are gone or bad: what chose them has to run again. */
 | {
    readonly type: 'unreadable';
} | {
    readonly type: 'refused';
    readonly failure: Failure;
};
/** The parameters of a node whose inputs are known, with what has been chosen for it in their place. */
export declare function finalParameters({ parameters, withSettings, location }: Pick<GraphNode, 'parameters' | 'withSettings' | 'location'>, inputs: {
    readonly [port: string]: Tree<ObjectReference>;
}, getText: (digest: Digest) => Promise<string | undefined>): Promise<FinalParameters>;
/** The inputs that a node's key and body know: what settings hold is among the parameters. */
export declare function inputsBesideSettings<Value>({ withSettings }: Pick<GraphNode, 'withSettings'>, inputs: {
    readonly [port: string]: Value;
}): {
    readonly [port: string]: Value;
};
/**
 * What merges a document of settings with a node's parameters; undefined where none are chosen for it.
 *
 * @param planned What planning has added, which stands beside them as it is.
 */
export declare function settingsMerger(kind: Kind, validators: ParameterValidators, complete: JsonObject, planned: JsonObject, inputs: GraphNode['inputs']): GraphNode['withSettings'];
/**
 * What gives a segment its parameters where settings are chosen for the step.
 *
 * @param numbers What segments were counted by, as planning knew it: settings cannot change how many there are.
 * @param segment The parameters of the segment, from those of the step.
 */
export declare function settingsOfSegment(kind: Kind, merge: NonNullable<GraphNode['withSettings']>, numbersIn: (parameters: JsonObject) => JsonObject, planned: JsonObject, segment: (parameters: JsonObject) => JsonObject): NonNullable<GraphNode['withSettings']>;
/** The names that a step takes from settings, and where among the parameters each goes. */
export declare function settingsOf({ parameters: { settings }, declarations }: Kind, complete: JsonObject): {
    readonly names: readonly string[];
    pathOf(name: string): readonly string[] | undefined;
};
