/** Pairs and episodes that were made elsewhere. */
export declare const dataFiles: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
