import type { Tree } from '../base/files/tree.js';
import type { KindContext } from './kind.js';
/** The port of that name; planning has proved that a required one is there. */
export declare function inputTree(context: KindContext, port: string): Tree<string>;
/** The path of the file at `tree`, following bundle names (`filePath(tree, 'pairs')`). */
export declare function filePath(tree: Tree<string>, ...names: readonly string[]): string;
/** The elements of the list at `tree`. */
export declare function listElements(tree: Tree<string>): readonly Tree<string>[];
