import { type DatabaseOptions } from '../../tables/database.js';
import type { KindContext } from '../kind.js';
/** What an evaluation was asked for: one group of rows in its tables. */
export interface EvaluatedSetting {
    /** Support pairs used. */
    readonly k: number;
    /** Inner steps taken; 0 where nothing adapts. */
    readonly steps: number;
}
/** One query pair at one setting. */
export interface RankRow extends EvaluatedSetting {
    readonly episodeId: number;
    readonly userId: string;
    readonly pairId: number;
    readonly label: number;
    /** From 1. */
    readonly rank: number;
}
/**
 * Writes an evaluation's port `ranks`. The file also names the settings that were asked for and at which no pair could
 * be ranked, so that what is made of the ranks can say so.
 *
 * @param rows ranks, in any order
 * @param innerRate the rate of every step; null where the model has rates of its own
 * @param settings all that were asked for; those of `rows` are added
 */
export declare function writeRanks(context: DatabaseOptions & Pick<KindContext, 'output'>, rows: readonly RankRow[], innerRate: number | null, settings?: readonly EvaluatedSetting[]): Promise<void>;
