import type { PackedForests } from '../packed-forests.js';
import type { CallField } from './program.js';
/** Packed forests as the programs read them. */
export interface ForestPlan {
    readonly lanes: Lanes;
    /** Everything that the programs look up, one array after the other. */
    readonly words: Int32Array;
    /** Where in `words` each array begins. */
    readonly offsets: {
        readonly [field in CallField]?: number;
    };
    /** How many workgroups each kind of work has. */
    readonly groups: number;
    readonly rowBlocks: number;
    readonly slotBlocks: number;
    readonly pairBlocks: number;
}
/** How many rows, pairs or slots a workgroup takes at once. */
export type Lanes = 1 | 4;
/** Lays out what the programs look up. Depends on its arguments alone. */
export declare function planForests(forests: PackedForests, lanes?: Lanes): ForestPlan;
