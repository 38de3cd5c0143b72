import { readFileSync } from 'node:fs';
import { writeItemCatalogue } from '../data/item-catalogue.js';
import { createTable } from '../data/pair-tables.js';
import { interactionColumns } from '../data/table-columns.js';
import { badData } from '../tables/bad-data.js';
import { withDatabase } from '../tables/database.js';
import { parquetFile, writeParquet } from '../tables/parquet.js';
import type { KindContext } from './kind.js';
import { filePath, inputTree } from './ports.js';

const pairs = readFileSync(new URL('./data-pairs.sql', import.meta.url), 'utf8');

/** Writes `pairs` and the catalogue `items`. */
export async function run(context: KindContext): Promise<void> {
  const path = filePath(inputTree(context, 'interactions'));
  await withDatabase(context, async (database) => {
    await createTable(
      database,
      'interactions',
      { path, file: 'interactions' },
      interactionColumns,
      'position',
    );
    await database.run(
      `CREATE TEMP TABLE items AS
       SELECT item_id, (row_number() OVER (ORDER BY item_id) - 1)::INTEGER AS item
       FROM (SELECT DISTINCT item_id FROM interactions)`,
    );
    const names = await database.columns('SELECT item_id FROM items ORDER BY item');
    writeItemCatalogue(context.output('items'), names['item_id'] as readonly string[]);
    const output = context.output('pairs');
    await writeParquet(database, {
      query: pairs,
      parameters: {
        session_gap_seconds: Number(context.parameters['session_gap_seconds']),
        max_prefix_length: Number(context.parameters['max_prefix_length']),
        ties: String(context.parameters['ties']),
      },
      orderBy: ['pair_id'],
      path: output,
    });
    const [written] = await database.rows(`SELECT count(*) AS pairs FROM ${parquetFile(output)}`);
    if (written?.['pairs'] === 0) {
      throw badData('interactions', 'no session has two different items in a row, so there is no pair', {
        hint: 'raise session_gap_seconds, or check the time_unit of data.import',
      });
    }
  });
}
