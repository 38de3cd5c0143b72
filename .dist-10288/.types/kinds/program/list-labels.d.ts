import type { JsonObject } from '../../base/json.js';
import type { PlannedLists } from '../kind.js';
/** What an element of a list is called in the folder of the list, and what tells it from the others. */
export interface ElementLabel extends JsonObject {
    /** `lr=0.01,seed=1` */
    readonly name: string;
    readonly values: JsonObject;
}
/** By input port, in the order of the elements, lists in lists gone through. */
export type ListLabels = {
    readonly [port: string]: readonly ElementLabel[];
};
/** The labels of lists whose elements all have some that a folder can hold: a part of the key, because a program reads them. */
export declare function labelsOf(lists: PlannedLists): JsonObject;
