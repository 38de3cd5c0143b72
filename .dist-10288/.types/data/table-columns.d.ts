interface ColumnRule {
    /** DuckDB type that the column is given. */
    readonly type: string;
    /** DuckDB types that are accepted in a file. */
    readonly accepts: RegExp;
    /** SQL from the column's name, where a cast alone is not enough; null where the value cannot be what it should. */
    readonly convert?: (column: string, type: string) => string;
    /** Whether a file may be without it; all values are null then. */
    readonly optional?: boolean;
}
/** Columns of a file of interactions: one event a row. */
export declare const interactionColumns: {
    position: {
        type: string;
        accepts: RegExp;
    };
    user_id: {
        type: string;
        accepts: RegExp;
    };
    item_id: {
        type: string;
        accepts: RegExp;
    };
    timestamp: {
        type: string;
        accepts: RegExp;
    };
};
/** Columns of a file of pairs; `label_ts_epoch` is in seconds, `prefix` holds item ids, oldest first. */
export declare const pairColumns: {
    pair_id: {
        type: string;
        accepts: RegExp;
    };
    user_id: {
        type: string;
        accepts: RegExp;
    };
    session_id: {
        type: string;
        accepts: RegExp;
    };
    prefix: {
        type: string;
        accepts: RegExp;
    };
    label: {
        type: string;
        accepts: RegExp;
    };
    label_ts_epoch: {
        type: string;
        accepts: RegExp;
        convert: (column: string, type: string) => string;
    };
    prefix_len: {
        type: string;
        accepts: RegExp;
    };
};
/** The same of a file that was made elsewhere: owners may stand in the episodes alone, and prefixes be text. */
export declare const foreignPairColumns: {
    pair_id: {
        type: string;
        accepts: RegExp;
    };
    label: {
        type: string;
        accepts: RegExp;
    };
    label_ts_epoch: {
        type: string;
        accepts: RegExp;
        convert: (column: string, type: string) => string;
    };
    user_id: {
        type: string;
        accepts: RegExp;
        optional: true;
    };
    session_id: {
        type: string;
        accepts: RegExp;
        optional: true;
    };
    prefix: {
        type: string;
        accepts: RegExp;
        convert: typeof listFromText;
    };
    prefix_len: {
        type: string;
        accepts: RegExp;
        optional: true;
    };
};
/** Columns of a file of episodes; the lists hold pair ids, in the order in which the user made the pairs. */
export declare const episodeColumns: {
    episode_id: {
        type: string;
        accepts: RegExp;
    };
    user_id: {
        type: string;
        accepts: RegExp;
    };
    support_pair_ids: {
        type: string;
        accepts: RegExp;
    };
    query_pair_ids: {
        type: string;
        accepts: RegExp;
    };
};
/** The same of a file that was made elsewhere: without ids, the rows are numbered. */
export declare const foreignEpisodeColumns: {
    episode_id: {
        type: string;
        accepts: RegExp;
        optional: true;
    };
    user_id: {
        type: string;
        accepts: RegExp;
    };
    support_pair_ids: {
        type: string;
        accepts: RegExp;
        convert: typeof listFromText;
    };
    query_pair_ids: {
        type: string;
        accepts: RegExp;
        convert: typeof listFromText;
    };
};
/** `[1, 2, 3]`, `(1, 2, 3)`, `1 2 3`, `1,2,3` as a list; null where a text is none of these. */
declare function listFromText(column: string, type: string): string;
export type ColumnRules = {
    readonly [column: string]: ColumnRule;
};
/** What a file with these columns looks like, for a hint. */
export declare function describeColumns(columns: ColumnRules): string;
export {};
