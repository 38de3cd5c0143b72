import type { Kind } from './kind.js';
/** Every step kind, by name. Adding one is a file and a line here. */
export declare const kinds: {
    readonly [name: string]: Kind;
};
/** What to write in the place of a kind that is gone. */
export declare const replacedKinds: {
    readonly [name: string]: string;
};
