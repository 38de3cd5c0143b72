/**
 * The text with what a terminal would obey (escape sequences, carriage returns, bidirectional overrides) made
 * visible, so that data cannot draw on the screen. Tabs stay; other line ends must have been split before.
 */
export declare function printable(text: string): string;
/**
 * Text of any number of lines, of a program that may have coloured it, as it can be shown on a terminal: without
 * colours, and all else that a terminal would obey made visible. A piece may end within a line.
 */
export declare function printableLines(text: string): string;
/** The text without the escape sequences of `Style`. */
export declare function withoutColours(text: string): string;
/** Columns that a text takes on a terminal: wide characters and emoji two, combining ones and colours none. */
export declare function displayWidth(text: string): number;
