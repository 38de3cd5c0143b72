/** What is wrong with a format for DuckDB's strptime, or cannot give a date; undefined where nothing is. */
export declare function problemOfDateFormat(format: string): string | undefined;
/** What a text that is a date in this format looks like: no less than strptime reads, and little more. */
export declare function datePattern(format: string): RegExp;
