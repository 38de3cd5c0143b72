/** Metrics of what an evaluation ranked. */
export declare const metricsKind: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
/** The port `metrics` of every evaluation: another metric takes no ranking anew. */
export declare const derivedMetrics: {
    readonly metrics: {
        readonly kind: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
        readonly inputs: {
            readonly ranks: 'ranks';
        };
    };
};
