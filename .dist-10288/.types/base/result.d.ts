/** The outcome of an operation that can fail in an expected way. */
export type Result<Value, Failure> = {
    readonly ok: true;
    readonly value: Value;
} | {
    readonly ok: false;
    readonly failure: Failure;
};
export declare function success<Value>(value: Value): {
    readonly ok: true;
    readonly value: Value;
};
export declare function failed<Failure>(failure: Failure): {
    readonly ok: false;
    readonly failure: Failure;
};
