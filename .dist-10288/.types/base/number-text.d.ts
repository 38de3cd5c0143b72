/**
 * A number as text for a program, `1.0e-07`: the same number to JSON and to YAML 1.1, as which Python reads YAML and
 * which takes `1e-7`, without a point, for text. At most the digits that tell the number from its neighbours.
 */
export declare function numberText(value: number): string;
/** JSON text with every number in it written as `numberText` does. */
export declare function withNumberText(json: string): string;
