import type { Optimizer } from './optimizer.js';
/** What optimizers are made with, besides their rate; each takes what it knows. */
export interface OptimizerSettings {
    readonly momentum: number;
    readonly weight_decay: number;
}
/** The optimizers by the names that pipelines give them. */
export declare const optimizers: {
    readonly adam: {
        readonly settings: readonly [];
        readonly make: (rate: number) => Optimizer;
    };
    readonly adamw: {
        readonly settings: readonly ["weight_decay"];
        readonly make: (rate: number, { weight_decay }: OptimizerSettings) => Optimizer;
    };
    readonly sgd: {
        readonly settings: readonly ["momentum"];
        readonly make: (rate: number, { momentum }: OptimizerSettings) => Optimizer;
    };
};
export type OptimizerName = keyof typeof optimizers;
export declare const optimizerNames: readonly OptimizerName[];
/** The optimizer that parameters choose; a setting that does not act on it may be missing. */
export declare function optimizerFor({ optimizer, momentum, weight_decay, }: {
    readonly optimizer: OptimizerName;
} & Partial<OptimizerSettings>, rate: number): Optimizer;
