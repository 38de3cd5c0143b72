import type { Derivation, Objection, OutputPort } from '../kind.js';
/** The parameter `outputs`: what a program writes, by output port. */
export declare const outputsParameter: {
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
/** An output of a program as it is declared. */
export interface DeclaredOutput {
    readonly path?: string;
    readonly as?: string;
    readonly episodes?: string;
    readonly from?: readonly string[];
    readonly role?: 'train' | 'val' | 'test';
}
type Outputs = {
    readonly [port: string]: string | DeclaredOutput;
};
/** By output port the file, relative to the fresh folder, without `../` and the like. */
export declare function outputPaths(outputs: Outputs): {
    readonly [port: string]: string;
};
/** The ports of a program's node: the files as it wrote them. */
export declare function outputPorts(outputs: Outputs): {
    readonly [port: string]: OutputPort;
};
/**
 * The outputs that are said to be something, each by a node of its own behind the program. Ranks are measured too, at
 * the port `metrics`, where there are some of one thing and no other output has that name.
 */
export declare function typedOutputs(outputs: Outputs): {
    readonly [port: string]: Derivation;
};
/** Objects to claims about inputs that the step does not have. */
export declare function checkOutputs(outputs: Outputs, inputNames: readonly string[]): readonly Objection[];
export {};
