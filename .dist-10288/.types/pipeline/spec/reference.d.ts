import type { Json } from '../../base/json.js';
/** What stands under `in`: `split`, `split.train`, `tune[inner_lr=0.02].metrics`. */
export interface Reference {
    readonly text: string;
    readonly step: string;
    /** Parameters that single out nodes of a matrix step. */
    readonly selector: readonly {
        readonly name: string;
        readonly value: Json;
    }[];
    /** Port and sub-ports. */
    readonly ports: readonly string[];
}
/** Reads a reference; undefined where the text is none. */
export declare function parseReference(text: string): Reference | undefined;
/** Whether a value of a matrix is one that a selector asks for, or the selector does not name it. */
export declare function isSelected({ name, value }: {
    readonly name: string;
    readonly value: Json;
}, selector: Reference['selector']): boolean;
/** `inner_lr=0.02,steps=[5]`: how a combination of a matrix is written in node ids and references. */
export declare function labelOf(values: readonly {
    readonly name: string;
    readonly value: Json;
}[]): string;
