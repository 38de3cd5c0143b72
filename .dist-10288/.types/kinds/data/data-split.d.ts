import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly seed: number;
    readonly test?: number;
    readonly train: number;
    readonly val: number;
}, {
    readonly seed: number;
    readonly test: number;
    readonly train: number;
    readonly val: number;
}>;
/** What reaches the body. */
export type SplitParameters = Canonical<typeof parameters>;
/** Users to train, val and test. */
export declare const dataSplit: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
