import type { Database, Row, SqlParameters } from './database.js';

/** Queries that run beside one another, each on a connection of its own: they see no temporary table. */
export interface QueryPool {
  /** As that of `Database`; waits for a connection. */
  rows(sql: string, parameters?: SqlParameters): Promise<readonly Row[]>;
}

/** Opens so many connections to a database for the time of `use`, which must not end before its queries. */
export async function withQueryPool<Value>(
  database: Database,
  connections: number,
  use: (pool: QueryPool) => Promise<Value>,
): Promise<Value> {
  const all = await Promise.all(Array.from({ length: connections }, () => database.connect()));
  const free = [...all];
  const waiting: ((connection: Database) => void)[] = [];
  const rows: QueryPool['rows'] = async (sql, parameters) => {
    const own = free.pop() ?? (await new Promise<Database>((resolve) => waiting.push(resolve)));
    try {
      return await own.rows(sql, parameters);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(own);
      else next(own);
    }
  };
  try {
    return await use({ rows });
  } finally {
    for (const connection of all) connection.close();
  }
}

/** What `Promise.all` gives; where one fails, the others are waited for, too, and the first in order is thrown. */
export async function allSettled<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
