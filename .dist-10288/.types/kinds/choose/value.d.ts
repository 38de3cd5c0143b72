/** A literal: whatever stands under `with`, as JSON. */
export declare const value: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
