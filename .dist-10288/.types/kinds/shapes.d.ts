import type { Content } from './kind.js';
/** The shape of one file. */
export declare function fileOf<Of extends Content>(content: Of): {
    readonly type: 'file';
    readonly content: Of;
};
/** Pairs of one split, the episodes made of them, and what the item ids stand for. */
export declare const episodeFiles: {
    type: "bundle";
    ports: {
        pairs: {
            readonly type: 'file';
            readonly content: "pairs";
        };
        episodes: {
            readonly type: 'file';
            readonly content: "episodes";
        };
        items: {
            readonly type: 'file';
            readonly content: "items";
        };
    };
};
