/**
 * Sends a signal to every process of the group that `leader` leads. A group that is already gone, or whose
 * processes are not ours any more, is no error: there is nothing left to end.
 */
export declare function killProcessGroup(leader: number, signal: NodeJS.Signals): void;
