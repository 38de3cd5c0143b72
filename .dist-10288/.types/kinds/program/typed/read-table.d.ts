/** A table that a program wrote. */
export declare const readTable: import("../../kind.js").Kind<import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject>;
