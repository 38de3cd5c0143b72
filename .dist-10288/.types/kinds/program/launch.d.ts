import type { JsonObject } from '../../base/json.js';
/**
 * What a program is started with, from the parameters in its key. This module is all of kshot's code that the key of a
 * program knows (`Kind.codeStart`): what surrounds it may change without anything being computed anew.
 */
export interface Launch {
    /** A list of words, or the line of a shell. */
    readonly argv: string | readonly string[];
    readonly env: {
        readonly [name: string]: string;
    };
    /** The JSON of its params, for the file that KSHOT_PARAMS names; absent where it declares none. */
    readonly params?: string;
}
export type LaunchParameters = {
    readonly argv?: string | readonly string[];
    readonly script?: string;
    readonly module?: string;
    readonly args?: readonly string[];
    readonly params?: JsonObject;
    readonly env: {
        readonly [name: string]: string;
    };
};
export declare function launchOf({ argv, script, module, args, params, env }: LaunchParameters): Launch;
/** The names in braces of a word that stand for a value, or would if they were declared. */
export declare function placeholdersIn(word: string): readonly string[];
/** A word as a shell reads it. */
export declare function quotedWord(word: string): string;
