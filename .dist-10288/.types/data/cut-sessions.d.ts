import { type Database } from '../tables/database.js';
export interface SessionRules {
    /** A longer pause than this, in seconds, ends a session. */
    readonly gapSeconds: number;
    /** Whether an event at the very time of the one before it is a label. */
    readonly keepTies: boolean;
    readonly eventsAtOnce?: number;
}
/**
 * Makes the table `histories` of the relation `events` (user_id, item_id, timestamp; equal times in the order of rows)
 * and the table `items` (item_id, item). It has a row for each user with a pair, in order of user_id: the user's `items`
 * in order of time, without those that repeat the one before in their session, their `times`, and of each pair its
 * label's place among them, the place where its session starts (both from 1) and the number of that session. Pairs are
 * numbered from 0 in the order of users and time; `first_pair` is the user's first.
 */
export declare function createHistories(database: Database, events: string, rules: SessionRules): Promise<void>;
