import type { Failure } from '../base/failure.js';
/** What an option, or an argument, may be. */
type Demand = 'text' | 'texts' | 'flag' | 'flag or texts' | 'whole number' | 'count' | 'seconds' | 'signal' | 'function';
/** By its name. */
export interface Demands {
    readonly [name: string]: Demand;
}
/** The options of each method of a project that takes some. */
export declare const optionsOf: {
    readonly openProject: {
        readonly root: 'text';
        readonly folder: 'text';
    };
    readonly graph: {
        readonly pipeline: 'text';
        readonly targets: 'texts';
        readonly set: 'texts';
        readonly engine: 'text';
        readonly force: 'flag or texts';
    };
    readonly plan: {
        readonly pipeline: 'text';
        readonly targets: 'texts';
        readonly set: 'texts';
        readonly engine: 'text';
        readonly force: 'flag or texts';
        readonly forRun: 'flag';
        readonly tag: 'text';
    };
    readonly status: {
        readonly pipeline: 'text';
        readonly targets: 'texts';
        readonly set: 'texts';
        readonly engine: 'text';
        readonly force: 'flag or texts';
    };
    readonly explain: {
        readonly pipeline: 'text';
        readonly targets: 'texts';
        readonly set: 'texts';
        readonly engine: 'text';
        readonly force: 'flag or texts';
    };
    readonly run: {
        readonly pipeline: 'text';
        readonly targets: 'texts';
        readonly set: 'texts';
        readonly engine: 'text';
        readonly force: 'flag or texts';
        readonly slots: 'whole number';
        readonly keepGoing: 'flag';
        readonly tag: 'text';
        readonly inProcess: 'flag';
        readonly verbose: 'flag';
        readonly signal: 'signal';
    };
    readonly query: {
        readonly timeoutSeconds: 'seconds';
    };
    readonly queryText: {
        readonly timeoutSeconds: 'seconds';
        readonly format: 'text';
        readonly width: 'seconds';
        readonly output: 'function';
    };
    readonly pin: {
        readonly pin: 'texts';
        readonly unpin: 'texts';
    };
    readonly collectGarbage: {
        readonly keep: 'count';
        readonly dryRun: 'flag';
    };
};
/**
 * What is wrong with the options that a script gives to a method, whose types nothing has checked where it is no
 * TypeScript: none, as it should be, or all that is wrong.
 */
export declare function wrongOptions(method: string, options: unknown, demands: Demands, required?: readonly string[]): Failure[];
/** What is wrong with an argument that must be text; none where it is, or is left out and may be. */
export declare function wrongText(method: string, name: string, value: unknown, { isOptional }?: {
    readonly isOptional?: boolean;
}): Failure[];
export {};
