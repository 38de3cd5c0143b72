/** Who holds a lock: enough to tell later whether that very process is still there. */
export interface LockOwner {
    /** Host name, with machine id and process namespace where the system has them: process ids mean something within it. */
    readonly host: string;
    /** Changes with every start of the host. */
    readonly bootId: string;
    readonly processId: number;
    /** When the process started, in the system's own unit: tells a process from a later one of the same id. */
    readonly processStart: string;
    /** Random; no two locks have the same. */
    readonly token: string;
}
/** This process, as the owner of a lock with the given token. */
export declare function thisProcess(token: string): LockOwner;
/** A process of this host, as the owner of a lock with the given token. */
export declare function processOfThisHost(processId: number, token: string): LockOwner;
/** `foreign`: on another host, where nothing can be known of it. */
export declare function livenessOf(owner: LockOwner): 'alive' | 'dead' | 'foreign';
/** For messages: `host laptop, process 4711`. */
export declare function describeOwner(owner: LockOwner): string;
/** The owner written in a lock; undefined where the text is none. */
export declare function parseOwner(text: string): LockOwner | undefined;
