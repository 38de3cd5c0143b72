import { readFileSync } from 'node:fs';
import { formatCount } from '../../base/quantities.js';
import { createHistories } from '../../data/cut-sessions.js';
import { writeItemCatalogue } from '../../data/item-catalogue.js';
import { createView } from '../../data/pair-tables.js';
import { interactionColumns } from '../../data/table-columns.js';
import { badData } from '../../tables/bad-data.js';
import { withDatabase } from '../../tables/database.js';
import { parquetFile, writeParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';
import type { PairsParameters } from './data-pairs.js';

/** Below so many pairs for an event, sessions were cut where the user went on. */
const fewestPairs = 0.2;
const day = 86_400;

const pairs = readFileSync(new URL('./data-pairs.sql', import.meta.url), 'utf8');

/** Writes `pairs` and the catalogue `items`. */
export async function run(context: KindContext<PairsParameters>): Promise<void> {
  const path = filePath(inputTree(context, 'interactions'));
  await withDatabase(context, async (database) => {
    const file = { path, file: 'interactions' };
    const inOrder = await createView(database, 'interactions', file, interactionColumns, 'position');
    if (!inOrder) {
      await database.run('CREATE TEMP TABLE in_order AS SELECT * FROM interactions ORDER BY position');
    }
    await database.run(
      `CREATE TEMP TABLE items AS
       SELECT item_id, (row_number() OVER (ORDER BY item_id) - 1)::INTEGER AS item
       FROM (SELECT DISTINCT item_id FROM interactions)`,
    );
    const names = await database.columns('SELECT item_id FROM items ORDER BY item');
    writeItemCatalogue(context.output('items'), names['item_id'] as readonly string[]);
    const { session_gap_seconds, max_prefix_length, ties } = context.parameters;
    await createHistories(database, inOrder ? 'interactions' : 'in_order', {
      gapSeconds: session_gap_seconds,
      keepTies: ties === 'keep',
    });
    const [found] = await database.rows('SELECT count(*) AS users FROM histories');
    if (found?.['users'] === 0) {
      throw badData('interactions', 'no session has two different items in a row, so there is no pair', {
        hint: 'raise session_gap_seconds, or check the time_unit of data.import',
      });
    }
    await writeParquet(database, {
      query: pairs,
      parameters: { max_prefix_length },
      orderBy: ['pair_id'],
      path: context.output('pairs'),
    });
    const [counts] = await database.rows(
      `SELECT (SELECT sum(events) FROM users)::DOUBLE AS events, count(*)::DOUBLE AS pairs
       FROM ${parquetFile(context.output('pairs'))}`,
    );
    const [pairCount, events] = [Number(counts?.['pairs']), Number(counts?.['events'])];
    context.log(`${formatCount(pairCount, 'pair')} of ${formatCount(events, 'event')}`);
    if (pairCount < fewestPairs * events) {
      context.note(
        `warning: only ${formatCount(pairCount, 'pair')} of ${formatCount(events, 'event')}: most events are alone in their session, with no other item within session_gap_seconds (${session_gap_seconds}); where days lie between events, as with courses, raise it (${session_gap_seconds < day ? `${day} is a day, ` : ''}${30 * day} a month)`,
      );
    }
  });
}
