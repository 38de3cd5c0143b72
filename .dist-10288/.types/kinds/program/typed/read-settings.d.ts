/** Values that a program chose. */
export declare const readSettings: import("../../kind.js").Kind<import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject>;
