/** A result table: its columns and what makes a row unique. */
export interface ResultSchema {
    /** Column name -> DuckDB type, in the file's order. */
    readonly columns: {
        readonly [name: string]: string;
    };
    /** Columns that together are unique within a run's file, in the order of its rows. */
    readonly orderBy: readonly string[];
}
/**
 * The tables of a run, one parquet file each, and of `kshot sql`. `run` is `<pipeline>/<tag>` everywhere, so that it
 * is unique in a project.
 */
export declare const resultSchemas: {
    /** One row: the run. Counts are of nodes by outcome. */
    readonly runs: {
        readonly columns: {
            readonly run: 'VARCHAR';
            readonly pipeline: 'VARCHAR';
            readonly started_at: 'TIMESTAMP';
            readonly seconds: 'DOUBLE';
            readonly exit_code: 'INTEGER';
            readonly engine: 'VARCHAR';
            readonly synthetic: 'BOOLEAN';
            readonly nodes: 'INTEGER';
            readonly ran: 'INTEGER';
            readonly hit: 'INTEGER';
            readonly joined: 'INTEGER';
            readonly failed: 'INTEGER';
            readonly skipped: 'INTEGER';
            readonly cancelled: 'INTEGER';
        };
        readonly orderBy: readonly ["run"];
    };
    /** One row a node. `seconds` is what it took in this run, `computed_seconds` what computing its result took then. */
    readonly steps: {
        readonly columns: {
            readonly run: 'VARCHAR';
            readonly node: 'VARCHAR';
            readonly step: 'VARCHAR';
            readonly kind: 'VARCHAR';
            readonly outcome: 'VARCHAR';
            readonly reason: 'VARCHAR';
            readonly key: 'VARCHAR';
            readonly engine: 'VARCHAR';
            readonly deterministic: 'BOOLEAN';
            readonly seconds: 'DOUBLE';
            readonly computed_seconds: 'DOUBLE';
        };
        readonly orderBy: readonly ["run", "node"];
    };
    /** One row a node and parameter (nested ones with dots). `value` is JSON, `number` is it where it is a number. */
    readonly params: {
        readonly columns: {
            readonly run: 'VARCHAR';
            readonly node: 'VARCHAR';
            readonly step: 'VARCHAR';
            readonly name: 'VARCHAR';
            readonly value: 'VARCHAR';
            readonly number: 'DOUBLE';
        };
        readonly orderBy: readonly ["run", "node", "name"];
    };
    /** One row a node, setting and metric; `low` and `high` end its 95 % interval over users. `role` is the most restrictive one of what the metric was computed from. */
    readonly metrics: {
        readonly columns: {
            readonly k: 'INTEGER';
            readonly steps: 'INTEGER';
            readonly inner_lr: 'DOUBLE';
            readonly metric: 'VARCHAR';
            readonly value: 'DOUBLE';
            readonly low: 'DOUBLE';
            readonly high: 'DOUBLE';
            readonly n: 'BIGINT';
            readonly users: 'BIGINT';
            readonly run: 'VARCHAR';
            readonly node: 'VARCHAR';
            readonly step: 'VARCHAR';
            readonly role: 'VARCHAR';
        };
        readonly orderBy: readonly ["run", "node", "k", "steps", "inner_lr", "metric"];
    };
    /** Training curves: one row a node and iteration. */
    readonly history: {
        readonly columns: {
            readonly iteration: 'BIGINT';
            readonly loss: 'DOUBLE';
            readonly gradient_norm: 'DOUBLE';
            readonly run: 'VARCHAR';
            readonly node: 'VARCHAR';
            readonly step: 'VARCHAR';
        };
        readonly orderBy: readonly ["run", "node", "iteration"];
    };
    /** One row a node, setting and query pair; rank 1 is best. */
    readonly ranks: {
        readonly columns: {
            readonly k: 'INTEGER';
            readonly steps: 'INTEGER';
            readonly inner_lr: 'DOUBLE';
            readonly episode_id: 'BIGINT';
            readonly user_id: 'VARCHAR';
            readonly pair_id: 'BIGINT';
            readonly label: 'INTEGER';
            readonly rank: 'INTEGER';
            readonly run: 'VARCHAR';
            readonly node: 'VARCHAR';
            readonly step: 'VARCHAR';
            readonly role: 'VARCHAR';
        };
        readonly orderBy: readonly ["run", "node", "k", "steps", "inner_lr", "episode_id", "pair_id"];
    };
    /** One row a node, setting, episode and parameter tensor: Euclidean norms before, after and of the change. */
    readonly drift: {
        readonly columns: {
            readonly run: 'VARCHAR';
            readonly node: 'VARCHAR';
            readonly step: 'VARCHAR';
            readonly role: 'VARCHAR';
            readonly k: 'INTEGER';
            readonly steps: 'INTEGER';
            readonly episode_id: 'BIGINT';
            readonly tensor: 'VARCHAR';
            readonly norm_before: 'DOUBLE';
            readonly norm_after: 'DOUBLE';
            readonly norm_of_change: 'DOUBLE';
        };
        readonly orderBy: readonly ["run", "node", "k", "steps", "episode_id", "tensor"];
    };
    /** The same as median and quartiles over episodes. */
    readonly drift_summary: {
        readonly columns: {
            readonly run: 'VARCHAR';
            readonly node: 'VARCHAR';
            readonly step: 'VARCHAR';
            readonly role: 'VARCHAR';
            readonly k: 'INTEGER';
            readonly steps: 'INTEGER';
            readonly tensor: 'VARCHAR';
            readonly norm_before: 'DOUBLE';
            readonly norm_after_lower: 'DOUBLE';
            readonly norm_after_median: 'DOUBLE';
            readonly norm_after_upper: 'DOUBLE';
            readonly norm_of_change_lower: 'DOUBLE';
            readonly norm_of_change_median: 'DOUBLE';
            readonly norm_of_change_upper: 'DOUBLE';
            readonly episodes: 'BIGINT';
        };
        readonly orderBy: readonly ["run", "node", "k", "steps", "tensor"];
    };
    /**
     * One row a node of kind summary, model, setting and metric. `low` and `high` end the 95 % interval of `value` over
     * `units` users or seeds; the columns from `difference` on compare it with `baseline`, those from
     * `zero_shot_difference` on with `zero_shot`.
     */
    readonly summary: {
        readonly columns: {
            readonly place: 'INTEGER';
            readonly model: 'VARCHAR';
            readonly k: 'INTEGER';
            readonly steps: 'INTEGER';
            readonly inner_lr: 'DOUBLE';
            readonly metric: 'VARCHAR';
            readonly value: 'DOUBLE';
            readonly low: 'DOUBLE';
            readonly high: 'DOUBLE';
            readonly unit: 'VARCHAR';
            readonly units: 'INTEGER';
            readonly n: 'BIGINT';
            readonly users: 'BIGINT';
            readonly baseline: 'VARCHAR';
            readonly difference: 'DOUBLE';
            readonly difference_low: 'DOUBLE';
            readonly difference_high: 'DOUBLE';
            readonly improvement_percent: 'DOUBLE';
            readonly improvement_low: 'DOUBLE';
            readonly improvement_high: 'DOUBLE';
            readonly compared_over: 'VARCHAR';
            readonly distinguishable: 'VARCHAR';
            readonly zero_shot: 'VARCHAR';
            readonly zero_shot_difference: 'DOUBLE';
            readonly zero_shot_difference_low: 'DOUBLE';
            readonly zero_shot_difference_high: 'DOUBLE';
            readonly zero_shot_improvement_percent: 'DOUBLE';
            readonly zero_shot_improvement_low: 'DOUBLE';
            readonly zero_shot_improvement_high: 'DOUBLE';
            readonly zero_shot_compared_over: 'VARCHAR';
            readonly zero_shot_distinguishable: 'VARCHAR';
            readonly run: 'VARCHAR';
            readonly node: 'VARCHAR';
            readonly step: 'VARCHAR';
            readonly role: 'VARCHAR';
        };
        readonly orderBy: readonly ["run", "node", "place", "metric"];
    };
    /**
     * One row a file that a node read: from which node's output, or which file outside the cache, and its content.
     * `roles` are the splits that it was computed from (`train val`), empty for a catalogue.
     */
    readonly lineage: {
        readonly columns: {
            readonly run: 'VARCHAR';
            readonly node: 'VARCHAR';
            readonly input: 'VARCHAR';
            readonly source_node: 'VARCHAR';
            readonly source_output: 'VARCHAR';
            readonly roles: 'VARCHAR';
            readonly file: 'VARCHAR';
            readonly digest: 'VARCHAR';
        };
        readonly orderBy: readonly ["run", "node", "input"];
    };
};
/** Name of a result table. */
export type ResultTableName = keyof typeof resultSchemas;
