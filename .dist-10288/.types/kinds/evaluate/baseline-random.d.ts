import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly max_episodes?: number;
    readonly seed: number;
}, {
    readonly max_episodes?: number;
    readonly seed: number;
}>;
/** What reaches the body. */
export type RandomParameters = Canonical<typeof parameters>;
/** What guessing gives. */
export declare const baselineRandom: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
