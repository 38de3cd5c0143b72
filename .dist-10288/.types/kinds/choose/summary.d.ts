import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly baseline?: string;
    readonly zero_shot?: string;
}, {
    readonly baseline?: string;
    readonly zero_shot?: string;
}>;
/** What reaches the body. */
export type SummaryParameters = Canonical<typeof parameters>;
/** Several evaluations of the same query pairs in one table. */
export declare const summary: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
