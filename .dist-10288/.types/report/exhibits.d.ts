import type { FinishedRun } from '../artifacts/finished-run.js';
import type { Json } from '../base/json.js';
import type { Store } from '../store/store.js';
/** A picture or a table that a program made, as a run's folder keeps it: the cache may lose it to `gc`. */
export type Exhibit = {
    /** `train[lr=0.1].confusion` */
    readonly name: string;
    readonly role: string | null;
} & ({
    readonly type: 'figure';
    readonly file: string;
    readonly bytes: number;
} | {
    readonly type: 'table';
    readonly columns: readonly string[];
    /** The first of them. */
    readonly rows: readonly (readonly Json[])[];
    readonly count: number;
});
/** Puts what programs drew and listed into a run's folder. */
export declare function writeExhibits({ nodes }: Pick<FinishedRun, 'nodes'>, folder: string, store: Pick<Store, 'verify' | 'objectPath'>): Promise<void>;
/** Those of a run's folder; none where it has no such document. */
export declare function readExhibits(folder: string): readonly Exhibit[];
