/** The environment variable that names the file to which a program appends its events, a JSON object a line. */
export declare const eventsVariable = "KSHOT_EVENTS";
/** That file, in the program's fresh folder; it is there once the program has made it. */
export declare const eventsFile = ".kshot-events.jsonl";
/** What a line tells: how far the program is, and figures. */
export interface ProgramEvent {
    /** As the line says; of a line that gives figures and no step, one more than that of the line before. */
    readonly step: number;
    readonly total?: number;
    readonly unit?: string;
    /** By name, with those inside of objects as `outer.inner`; NaN and infinity as they are, null as NaN. */
    readonly values: {
        readonly [name: string]: number;
    };
}
/** What is wrong with a line, or with a part of it that was passed over. */
export interface EventProblem {
    /** From 1. */
    readonly line: number;
    readonly message: string;
}
export interface ReadEvents {
    readonly events: readonly ProgramEvent[];
    readonly problems: readonly EventProblem[];
}
/** All events of a file's text: what a program has sent, in order. Lines that are none are among the problems. */
export declare function parseEvents(text: string): ReadEvents;
export interface EventListener {
    event(event: ProgramEvent): void;
    problem(problem: EventProblem): void;
}
/** Reads what a program appends to its events while it runs. */
export interface EventFollower {
    /** Reads what has come since, at once. */
    look(): void;
    /** Reads the rest, the last line too if it has no end. */
    finish(): void;
}
/**
 * Looks a few times a second whether a file has grown: that works on every file system, and for a file that is made,
 * replaced or begun anew meanwhile. A line without its end is waited for.
 *
 * @param before What is there by now and need not be told: whole lines.
 */
export declare function followEvents(file: string, listener: EventListener, before?: Buffer): EventFollower;
