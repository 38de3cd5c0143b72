/** Parameters of the kinds that evaluate a model. */
export declare const evaluationParameters: {
    readonly max_episodes: {
        readonly description: 'Evaluates only the first so many episodes, by episode id; without it, all.';
        readonly type: 'integer';
        readonly minimum: 1;
    };
    readonly max_prefix_length: {
        readonly description: 'Longer prefixes keep their last items only.';
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 50;
    };
};
/** Parameters of the kinds that choose by a metric. */
export declare const choiceParameters: {
    readonly metric: {
        readonly description: `What to choose by: ${string}.`;
        readonly type: 'string';
        readonly minLength: 1;
    };
    readonly mode: {
        readonly description: 'Whether more is better.';
        readonly enum: readonly ['max', 'min'];
        readonly default: 'max';
    };
};
