import { syntheticInteractions } from '../../data/synthetic-interactions.js';
import { withDatabase } from '../../tables/database.js';
import { writeRowsParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';
import type { SyntheticParameters } from './data-synthetic.js';

/** Writes made-up `interactions`. */
export async function run(context: KindContext<SyntheticParameters>): Promise<void> {
  const { parameters } = context;
  const events = syntheticInteractions(parameters);
  context.log(`made up ${events.length} events of ${parameters.users} learners; this is synthetic data`);
  await withDatabase(context, (database) =>
    writeRowsParquet(database, {
      columns: { position: 'BIGINT', user_id: 'VARCHAR', item_id: 'VARCHAR', timestamp: 'DOUBLE' },
      rows: events.map((event, position) => ({ position, ...event })),
      orderBy: ['position'],
      path: context.output('interactions'),
    }),
  );
}
