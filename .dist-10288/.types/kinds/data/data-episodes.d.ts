import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly k: number;
    readonly q: number;
    readonly support_order: "first" | "last";
}, {
    readonly k: number;
    readonly q: number;
    readonly support_order: "first" | "last";
}>;
/** What reaches the body. */
export type EpisodesParameters = Canonical<typeof parameters>;
/** Pairs to support and query sets. */
export declare const dataEpisodes: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
