import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly content: import("../../base/json.js").JsonObject;
}, {
    readonly content: string;
}>;
/** What reaches the body. */
export type DocumentParameters = Canonical<typeof parameters>;
/** A JSON document in a layout of the user's, with figures from other steps. */
export declare const document: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
