import type { Drift } from '../../engines/engine.js';
import type { KindContext } from '../kind.js';
/** How far adaptation moved one parameter tensor in one episode. */
export interface DriftRow extends Drift {
    /** Support pairs adapted to. */
    readonly k: number;
    /** Inner steps taken. */
    readonly steps: number;
    readonly episodeId: number;
}
/** Writes the ports `drift`, and `drift_summary`: its quartiles over episodes. */
export declare function writeDrift(context: KindContext, rows: readonly DriftRow[]): Promise<void>;
