import { type Json, type JsonObject } from '../base/json.js';
/**
 * The names and indices that lead to a value which a user declares, by its name, with dots into it: `lr`, `optim.lr`.
 * Undefined where nothing of that name is declared.
 */
export declare function pathOfDeclared(values: JsonObject, name: string): readonly string[] | undefined;
/** The value that a user declares under a name; undefined where there is none. */
export declare function declaredValue(values: JsonObject, name: string): Json | undefined;
/** All names that are declared, those of maps before those in them. */
export declare function declaredNames(values: JsonObject): readonly string[];
/** Every value by its name; of a map, unless it is empty, those in it. */
export declare function flatDeclared(values: JsonObject): JsonObject;
/** The object with a value put in at a path, maps on the way to it made where they are missing. */
export declare function withValueAt(object: JsonObject, path: readonly string[], value: Json): JsonObject;
