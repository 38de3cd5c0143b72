import type { KindContext } from '../kind.js';
/** The environment variable that names the folder in which a program keeps what it needs to go on. */
export declare const stateVariable = "KSHOT_STATE";
/** What a program has that outlives an attempt at its node. */
export interface ProgramState {
    /** There; empty unless an attempt before has left something, or the segment before. */
    readonly folder: string;
    /** The file of its events, and what it holds by now: those of the attempts whose state it goes on from. */
    readonly events: string;
    readonly eventsBefore: Buffer;
    /** It is what a broken attempt at this very node left. */
    readonly isResumed: boolean;
}
type KeptIn = Pick<KindContext, 'partial'>;
/**
 * Makes the folder of a program's state, or finds it as a broken attempt at this node left it, with the events that it
 * had sent: what it told of its way to that state is not told again.
 *
 * @param before What it holds at first, packed: that of the segment before.
 */
export declare function openState(context: KeptIn & Pick<KindContext, 'log' | 'scratch'>, before?: string): Promise<ProgramState>;
export declare function environmentOfState({ folder, events }: ProgramState): {
    readonly [name: string]: string;
};
/** Lays the events beside what the program has written, from where outputs are taken and failed steps looked at. */
export declare function placeEvents({ scratch }: Pick<KindContext, 'scratch'>, { events }: ProgramState): Promise<void>;
/** Gives what a segment has left as its output. @throws FailureError `output-missing` where that is nothing */
export declare function handOnState({ output }: Pick<KindContext, 'output'>, { folder }: ProgramState): Promise<void>;
/** Removes what is of no use to another attempt: all, where the program keeps no state. */
export declare function closeState(context: KeptIn): void;
export {};
