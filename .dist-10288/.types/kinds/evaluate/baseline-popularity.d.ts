import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly max_episodes?: number;
}, {
    readonly max_episodes?: number;
}>;
/** What reaches the body. */
export type PopularityParameters = Canonical<typeof parameters>;
/** The same ranking for everybody. */
export declare const baselinePopularity: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
