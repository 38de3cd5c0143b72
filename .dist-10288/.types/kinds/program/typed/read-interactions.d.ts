/** Interactions that a program wrote. */
export declare const readInteractions: import("../../kind.js").Kind<import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject>;
