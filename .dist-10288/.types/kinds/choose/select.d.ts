import { type Canonical } from '../parameters.js';
import type { ChoicePlan } from './choice-plan.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly average?: readonly string[];
    readonly metric: string;
    readonly mode: "max" | "min";
    readonly patience?: number;
    readonly settings?: readonly string[];
}, {
    readonly average?: string[];
    readonly metric: string;
    readonly mode: "max" | "min";
    readonly patience?: number;
    readonly settings?: string[];
}>;
/** What reaches the body. */
export type SelectParameters = Canonical<typeof parameters> & ChoicePlan;
/** The best of several evaluations, as settings for a later one, and what was evaluated. */
export declare const select: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
