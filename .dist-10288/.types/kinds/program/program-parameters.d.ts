import type { JsonObject } from '../../base/json.js';
import type { InputPort, PlannedLists, StepPlan, StepShape } from '../kind.js';
import { inNoKey } from '../parameters.js';
import type { LaunchParameters } from './launch.js';
import { type ListLabels } from './list-labels.js';
import { outputPaths } from './program-outputs.js';
import { segmentProgram } from './program-segments.js';
export declare const scalar: {
    readonly type: readonly ['string', 'number', 'boolean'];
};
type ScalarParameter = string | number | boolean;
/** What every program may be given, however it is started. */
export declare const programProperties: {
    readonly params: {
        readonly description: 'Parameters with their defaults, any JSON: what `matrix`, `settings` and `--set` may change. The program finds them in the JSON file that KSHOT_PARAMS names, and in words with `{NAME}` in them.';
        readonly type: 'object';
        readonly propertyNames: {
            readonly type: 'string';
            readonly pattern: '^[A-Za-z_][A-Za-z0-9_-]*$';
        };
        readonly additionalProperties: true;
        readonly default: {};
    };
    readonly files: {
        readonly description: 'Files that the program reads, by content in the key: paths, folders (`conf/`) and patterns (`data/*.csv`, `**`) of the root, copied to the same path; absolute paths outside of it, read where they are.';
        readonly type: 'array';
        readonly items: {
            readonly type: 'string';
            readonly minLength: 1;
        };
        readonly uniqueItems: true;
        readonly default: readonly [];
    };
    readonly outputs: {
        readonly description: 'Output ports and the files, relative to the fresh folder, that the program writes for them; `as` says what a file is, so that it is checked and can be chosen by, compared and shown.';
        readonly type: 'object';
        readonly propertyNames: {
            readonly type: 'string';
            readonly pattern: '^[A-Za-z_][A-Za-z0-9_]*$';
        };
        readonly additionalProperties: {
            readonly anyOf: readonly [{
                readonly type: 'string';
                readonly minLength: 1;
            }, {
                readonly type: 'object';
                readonly properties: {
                    readonly path: {
                        readonly type: 'string';
                        readonly minLength: 1;
                        readonly description: 'Where the program writes it; with a slash at its end, a folder. A history without a path is made of what the program sent to KSHOT_EVENTS.';
                    };
                    readonly as: {
                        readonly description: 'What it is; without it, bytes that only programs read.';
                        readonly enum: readonly ['metrics', 'history', 'ranks', 'settings', 'model', 'interactions', 'table', 'figure'];
                    };
                    readonly episodes: {
                        readonly description: 'Of ranks: the input that holds the episodes that were ranked, where several could be it.';
                        readonly type: 'string';
                        readonly minLength: 1;
                    };
                    readonly from: {
                        readonly description: 'The inputs that it was computed from, where these are not all: a claim, which the report lists.';
                        readonly type: 'array';
                        readonly items: {
                            readonly type: 'string';
                            readonly minLength: 1;
                        };
                        readonly uniqueItems: true;
                    };
                    readonly role: {
                        readonly description: 'A split that it is of, beside those of its inputs.';
                        readonly enum: readonly ['train', 'val', 'test'];
                    };
                };
                readonly additionalProperties: false;
            }];
        };
        readonly default: {};
    };
    readonly env: {
        readonly description: 'Environment beside PATH, HOME and LANG; part of the key.';
        readonly type: 'object';
        readonly additionalProperties: {
            readonly type: readonly ['string', 'number', 'boolean'];
        };
        readonly default: {};
    };
    readonly pass_env: {
        readonly description: 'Variables of your own environment that are passed on, such as a token; in no key, and recorded nowhere.';
        readonly type: 'array';
        readonly items: {
            readonly type: 'string';
            readonly pattern: '^[A-Za-z_][A-Za-z0-9_]*$';
        };
        readonly uniqueItems: true;
        readonly default: readonly [];
    };
    readonly chooses: {
        readonly description: 'Whether the program chooses something by its inputs, so that test data is refused.';
        readonly type: 'boolean';
        readonly default: false;
    };
    readonly deterministic: {
        readonly description: 'Whether equal inputs give equal bytes; a recomputation that differs then fails.';
        readonly type: 'boolean';
        readonly default: false;
    };
};
/** The same with their defaults. */
export interface ProgramGiven {
    readonly params: JsonObject;
    readonly files: readonly string[];
    readonly outputs: Parameters<typeof outputPaths>[0];
    readonly env: {
        readonly [name: string]: ScalarParameter;
    };
    readonly pass_env: readonly string[];
    readonly chooses: boolean;
    readonly deterministic: boolean;
}
/** What reaches the body of a program, and stands in its key. */
export type ProgramParameters = LaunchParameters & {
    /** Paths by port. */
    readonly outputs: {
        readonly [port: string]: string;
    };
    /** How the elements of lists are called, by port; those of the others are numbered. */
    readonly labels?: ListLabels;
    /** It goes on from the state at port `state`, and gives its own there. */
    readonly segment?: boolean;
};
/** Their forms in the key. */
export declare const programForms: {
    params: (params: JsonObject) => JsonObject | undefined;
    files: typeof inNoKey;
    outputs: typeof outputPaths;
    env: typeof textOfEach;
    pass_env: typeof inNoKey;
    chooses: typeof inNoKey;
    deterministic: typeof inNoKey;
};
/** What planning needs of every program beside its parameters. */
export declare const programKind: {
    readonly declarations: 'params';
    readonly replacedParameters: {
        readonly timeout_seconds: 'write on the step itself: resources: { time: 90 s }';
    };
    readonly inputs: ({ parameters, inputNames }: StepShape<ProgramGiven>) => {
        readonly [port: string]: InputPort;
    };
    readonly outputs: ({ outputs }: ProgramGiven) => {
        readonly [port: string]: import("../kind.js").OutputPort;
    };
    readonly derived: ({ outputs }: ProgramGiven) => {
        readonly [port: string]: import("../kind.js").Derivation;
    };
    readonly segmentsOf: typeof segmentProgram;
    readonly plan: (_: unknown, lists: PlannedLists) => StepPlan;
    readonly deterministic: ({ deterministic }: ProgramGiven) => boolean;
    readonly passedEnvironment: ({ pass_env }: ProgramGiven) => readonly string[];
    readonly codeStart: import("url").URL;
};
declare function textOfEach(env: {
    readonly [name: string]: ScalarParameter;
}): {
    readonly [name: string]: string;
};
export declare function scalarText(value: ScalarParameter): string;
/** Whether a normalised path is absolute, goes up, or names the folder itself. */
export declare function leaves(path: string): boolean;
/** `files`, without `../` and the like: the names under which they are found again. */
export declare function filesOf({ files }: Pick<ProgramGiven, 'files'>): readonly string[];
export {};
