import { type InputPort, type Kind } from '../../kind.js';
import { type Canonical } from '../../parameters.js';
declare const parametersOf: (port: string) => import("../../parameters.js").DeclaredParameters<{
    readonly path: string;
    readonly port: string;
}, {
    readonly path: string;
    readonly port: string;
}>;
/** What reaches the body. */
export type TypedOutputParameters = Canonical<ReturnType<typeof parametersOf>>;
/** A kind that checks a file which a program wrote, and gives it as what it is said to be. */
export declare function typedOutput({ content, summary, description, inputs, load, }: {
    readonly content: 'metrics' | 'history' | 'ranks' | 'settings' | 'model' | 'interactions' | 'table' | 'figure';
    readonly summary: string;
    /** Of the port that it gives. */
    readonly description: string;
    /** Beside the file. */
    readonly inputs?: {
        readonly [port: string]: InputPort;
    };
    readonly load: Kind<never, never, TypedOutputParameters>['load'];
}): Kind;
export {};
