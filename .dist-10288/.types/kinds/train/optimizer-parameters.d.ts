import { type OptimizerName } from '../../learning/optimizers.js';
/** Parameters of the kinds that train. */
export declare const optimizerParameters: {
    readonly optimizer: {
        readonly description: 'What moves the parameters against their gradient: Adam, AdamW or SGD, each as in PyTorch.';
        readonly enum: readonly ("adam" | "adamw" | "sgd")[];
        readonly default: 'adam';
    };
    readonly momentum: {
        readonly description: 'Of sgd: how much of the last step goes into the next. Does not matter to the others.';
        readonly type: 'number';
        readonly minimum: 0;
        readonly exclusiveMaximum: 1;
        readonly default: 0.9;
    };
    readonly weight_decay: {
        readonly description: 'Of adamw: how fast parameters shrink, times the rate. Does not matter to the others.';
        readonly type: 'number';
        readonly minimum: 0;
        readonly default: 0.01;
    };
};
type Chosen = {
    readonly optimizer: OptimizerName;
};
/** Forms of the parameters above. */
export declare const optimizerForms: {
    momentum: (value: number, { optimizer }: Chosen) => number | undefined;
    weight_decay: (value: number, { optimizer }: Chosen) => number | undefined;
};
export {};
