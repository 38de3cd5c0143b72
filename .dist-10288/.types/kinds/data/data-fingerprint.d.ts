/** What the data is, in one JSON. */
export declare const dataFingerprint: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
