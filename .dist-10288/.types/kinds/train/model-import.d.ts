import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly padding_row: "first" | "last" | "none";
    readonly path: string;
}, {
    readonly padding_row: "first" | "last" | "none";
}>;
/** What reaches the body. */
export type ModelImportParameters = Canonical<typeof parameters>;
/** A model that was trained elsewhere. */
export declare const modelImport: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
