import type { KindContext } from '../kind.js';
import type { CommandParameters } from './command.js';
import { type ProgramState } from './program-state.js';
/** How a program came to its end. */
export type Ending = {
    readonly type: 'not-started';
    readonly why: string;
} | {
    readonly type: 'exited';
    readonly exitCode: number | null;
    readonly signal: NodeJS.Signals | null;
};
/** Runs the program; resolves when it has ended and nothing that it started is waited for any more. */
export declare function runProgram(context: KindContext, { argv, env }: CommandParameters, state: ProgramState): Promise<Ending>;
export declare function describeEnding(ending: Ending): {
    readonly message: string;
    readonly hint?: string;
} | undefined;
