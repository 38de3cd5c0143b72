/** Values in the order in which they come, kept until they are read: once, by one reader. */
export declare class EventStream<Value> implements AsyncIterableIterator<Value> {
    private readonly waiting;
    private readonly readers;
    private end;
    push(value: Value): void;
    /** Nothing comes any more; with an error, reading fails with it once all before it was read. */
    close(end?: {
        readonly error?: unknown;
    }): void;
    next(): Promise<IteratorResult<Value, undefined>>;
    [Symbol.asyncIterator](): this;
}
