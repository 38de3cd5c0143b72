/** Sizes of the model, as parameters of the kinds that train one. */
export declare const modelParameters: {
    readonly embedding_size: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly description: 'Numbers in the embedding of an item.';
        readonly default: 64;
    };
    readonly hidden_size: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly description: 'Units of the GRU.';
        readonly default: 128;
    };
};
