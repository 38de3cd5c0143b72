import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly max_prefix_length: number;
    readonly session_gap_seconds: number;
    readonly ties: "drop" | "keep";
}, {
    readonly max_prefix_length: number;
    readonly session_gap_seconds: number;
    readonly ties: "drop" | "keep";
}>;
/** What reaches the body. */
export type PairsParameters = Canonical<typeof parameters>;
/** From events to (prefix, next item) pairs. */
export declare const dataPairs: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
