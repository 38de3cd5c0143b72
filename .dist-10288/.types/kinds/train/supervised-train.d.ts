import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly batch_size: number;
    readonly embedding_size: number;
    readonly epochs: number;
    readonly hidden_size: number;
    readonly learning_rate: number;
    readonly max_prefix_length: number;
    readonly momentum: number;
    readonly optimizer: "adam" | "adamw" | "sgd";
    readonly padding_idx: 0 | null;
    readonly seed: number;
    readonly weight_decay: number;
}, {
    readonly batch_size: number;
    readonly embedding_size: number;
    readonly epochs: number;
    readonly hidden_size: number;
    readonly learning_rate: number;
    readonly max_prefix_length: number;
    readonly momentum?: number;
    readonly optimizer: "adam" | "adamw" | "sgd";
    readonly padding_idx: 0 | null;
    readonly seed: number;
    readonly weight_decay?: number;
}>;
declare function segmentOf({ epochs: _, ...training }: Canonical<typeof parameters>, index: number): {
    label: string;
    parameters: {
        epoch: number;
        batch_size: number;
        embedding_size: number;
        hidden_size: number;
        learning_rate: number;
        max_prefix_length: number;
        momentum?: number;
        optimizer: "adam" | "adamw" | "sgd";
        padding_idx: 0 | null;
        seed: number;
        weight_decay?: number;
    };
};
/** What reaches the body: one epoch, counted from 1. */
export type SupervisedSegment = ReturnType<typeof segmentOf>['parameters'];
/** The GRU recommender as a baseline, in segments of one epoch. */
export declare const supervisedTrain: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
