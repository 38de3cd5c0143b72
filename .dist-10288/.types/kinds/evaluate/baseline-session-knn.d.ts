import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly max_episodes?: number;
    readonly max_prefix_length: number;
    readonly neighbours: number;
    readonly sample_size: number;
}, {
    readonly max_episodes?: number;
    readonly max_prefix_length: number;
    readonly neighbours: number;
    readonly sample_size: number;
}>;
/** What reaches the body. */
export type SessionKnnParameters = Canonical<typeof parameters>;
/** What similar sessions went on with. */
export declare const baselineSessionKnn: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
