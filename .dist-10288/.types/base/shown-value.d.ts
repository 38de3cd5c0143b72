/** Any value as a message shows it, cut where it is long. */
export declare function shownValue(value: unknown): string;
