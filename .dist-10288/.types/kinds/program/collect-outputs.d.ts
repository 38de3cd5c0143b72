import type { KindContext } from '../kind.js';
/** Moves what the program wrote to the output ports. @throws FailureError `output-missing` where a file is unfit */
export declare function collectOutputs(context: KindContext, outputs: {
    readonly [port: string]: string;
}): Promise<void>;
