import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly argv: string | readonly (string | number | boolean)[];
    readonly chooses: boolean;
    readonly deterministic: boolean;
    readonly env: {
        readonly [name: string]: string | number | boolean;
    };
    readonly files: readonly string[];
    readonly outputs: {
        readonly [name: string]: string | {
            readonly as?: "figure" | "history" | "interactions" | "metrics" | "model" | "ranks" | "settings" | "table";
            readonly episodes?: string;
            readonly from?: readonly string[];
            readonly path?: string;
            readonly role?: "test" | "train" | "val";
        };
    };
    readonly params: import("../../base/json.js").JsonObject;
    readonly pass_env: readonly string[];
    readonly shell: boolean;
}, {
    readonly argv: string | readonly string[];
    readonly env: {
        readonly [name: string]: string;
    };
    readonly outputs: {
        readonly [port: string]: string;
    };
    readonly params?: import("../../base/json.js").JsonObject;
}>;
/** What reaches the body: `argv` as strings (one where a shell reads it), output paths by port. */
export type CommandParameters = Canonical<typeof parameters>;
/** Any program, in a folder of its own. */
export declare const command: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
