import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly adapt?: "all" | "head";
    readonly drift: boolean;
    readonly inner_lr: number;
    readonly k?: number | readonly number[];
    readonly max_episodes?: number;
    readonly max_prefix_length: number;
    readonly steps: number | readonly number[];
}, {
    readonly adapt?: "all" | "head";
    readonly drift: boolean;
    readonly inner_lr?: number;
    readonly k?: readonly number[];
    readonly max_episodes?: number;
    readonly max_prefix_length: number;
    readonly steps: readonly number[];
}>;
/** What reaches the body. */
export type FewShotParameters = Canonical<typeof parameters>;
/** A model's ranks and metrics after adapting to each user's support pairs. */
export declare const evalFewShot: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
