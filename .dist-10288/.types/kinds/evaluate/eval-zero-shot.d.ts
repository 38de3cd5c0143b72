import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly max_episodes?: number;
    readonly max_prefix_length: number;
    readonly pad_to: number | null;
}, {
    readonly max_episodes?: number;
    readonly max_prefix_length: number;
    readonly pad_to: number | null;
}>;
/** What reaches the body. */
export type ZeroShotParameters = Canonical<typeof parameters>;
/** A model's ranks and metrics as it is. */
export declare const evalZeroShot: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
