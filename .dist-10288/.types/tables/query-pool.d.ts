import type { Database, Row, SqlParameters } from './database.js';
/** Queries that run beside one another, each on a connection of its own: they see no temporary table. */
export interface QueryPool {
    /** As that of `Database`; waits for a connection. */
    rows(sql: string, parameters?: SqlParameters): Promise<readonly Row[]>;
}
/** Opens so many connections to a database for the time of `use`, which must not end before its queries. */
export declare function withQueryPool<Value>(database: Database, connections: number, use: (pool: QueryPool) => Promise<Value>): Promise<Value>;
/** What `Promise.all` gives; where one fails, the others are waited for, too, and the first in order is thrown. */
export declare function allSettled<Value>(promises: readonly Promise<Value>[]): Promise<Value[]>;
