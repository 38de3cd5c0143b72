import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly items: number;
    readonly seed: number;
    readonly tracks: number;
    readonly users: number;
}, {
    readonly items: number;
    readonly seed: number;
    readonly tracks: number;
    readonly users: number;
}>;
/** What reaches the body. */
export type SyntheticParameters = Canonical<typeof parameters>;
/** Made-up learners. */
export declare const dataSynthetic: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
