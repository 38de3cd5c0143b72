/** What a program ranked. */
export declare const readRanks: import("../../kind.js").Kind<import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject, import("../../../base/json.js").JsonObject>;
