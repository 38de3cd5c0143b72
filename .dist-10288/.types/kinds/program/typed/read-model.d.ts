/** A model that a program trained. */
export declare const readGru: import("../../kind.js").Kind<import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject>;
