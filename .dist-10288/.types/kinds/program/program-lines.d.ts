/** What a program has printed since it was last asked. */
export interface Printed {
    /** Lines that it cannot change any more. */
    readonly ended: readonly string[];
    /** Those after them, such as a prompt or the present state of a progress bar. */
    readonly open: readonly string[];
}
/**
 * The lines that a program's output shows, as a terminal would show them: carriage returns, backspaces and moves up a
 * few lines are obeyed, so that a bar that was drawn 1,000 times is one line; colours and whatever else a terminal would
 * obey are left out or made visible. Of a line of more than 8,192 characters the beginning and the end are kept, with a
 * word on how much is left out between them, so that memory does not grow with a line.
 */
export declare class ProgramScreen {
    private readonly decoder;
    /** The beginning of an escape sequence. */
    private begun;
    private ended;
    /** Those that may still change, never none. */
    private rows;
    private at;
    private column;
    /** Whether the program has ever gone up, so that what is above may not have ended. */
    private goesUp;
    private turn;
    /** Whether lines should be taken before more is written. */
    get isFull(): boolean;
    write(chunk: Buffer): void;
    /** What has ended since the last time, and what is open now. */
    take(): Printed;
    /** All that is left, when no more will come. */
    end(): readonly string[];
    /** The row that is written to. */
    private get row();
    private hasEnded;
    private putLines;
    private put;
    private goDown;
    private goUp;
    private obey;
    private move;
}
