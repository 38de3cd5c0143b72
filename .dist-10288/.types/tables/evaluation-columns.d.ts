/**
 * Columns of a file of metrics, long: one row a setting and metric, over `n` query pairs of so many users; `low` and
 * `high` end its 95 % interval.
 */
export declare const metricColumns: {
    readonly k: 'INTEGER';
    readonly steps: 'INTEGER';
    readonly inner_lr: 'DOUBLE';
    readonly metric: 'VARCHAR';
    readonly value: 'DOUBLE';
    readonly low: 'DOUBLE';
    readonly high: 'DOUBLE';
    readonly n: 'BIGINT';
    readonly users: 'BIGINT';
};
/** Columns of a file of ranks: one row a setting and query pair; rank 1 is best. */
export declare const rankColumns: {
    readonly k: 'INTEGER';
    readonly steps: 'INTEGER';
    readonly inner_lr: 'DOUBLE';
    readonly episode_id: 'BIGINT';
    readonly user_id: 'VARCHAR';
    readonly pair_id: 'BIGINT';
    readonly label: 'INTEGER';
    readonly rank: 'INTEGER';
};
/** Columns of a file of training history: one row an iteration. */
export declare const historyColumns: {
    readonly iteration: 'BIGINT';
    readonly loss: 'DOUBLE';
    readonly gradient_norm: 'DOUBLE';
};
/**
 * Columns of a file of summaries: one row a model, setting and metric; `place` is the model's place in the table. The
 * columns from `difference` on compare with `baseline`, those from `zero_shot_difference` on with `zero_shot`.
 */
export declare const summaryColumns: {
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
};
