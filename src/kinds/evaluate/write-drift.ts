import { readFileSync } from 'node:fs';
import type { Drift } from '../../engines/engine.js';
import { withDatabase } from '../../tables/database.js';
import { parquetFile, writeParquet, writeRowsParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';

const summary = readFileSync(new URL('./write-drift.sql', import.meta.url), 'utf8');

/** How far adaptation moved one parameter tensor in one episode. */
export interface DriftRow extends Drift {
  /** Support pairs adapted to. */
  readonly k: number;
  /** Inner steps taken. */
  readonly steps: number;
  readonly episodeId: number;
}

/** Writes the ports `drift`, and `drift_summary`: its quartiles over episodes. */
export async function writeDrift(context: KindContext, rows: readonly DriftRow[]): Promise<void> {
  await withDatabase(context, async (database) => {
    const path = context.output('drift');
    await writeRowsParquet(database, {
      columns: {
        k: 'INTEGER',
        steps: 'INTEGER',
        episode_id: 'BIGINT',
        tensor: 'VARCHAR',
        norm_before: 'DOUBLE',
        norm_after: 'DOUBLE',
        norm_of_change: 'DOUBLE',
      },
      rows: rows.map((row) => ({
        k: row.k,
        steps: row.steps,
        episode_id: row.episodeId,
        tensor: row.tensor,
        norm_before: row.normBefore,
        norm_after: row.normAfter,
        norm_of_change: row.normOfChange,
      })),
      orderBy: ['k', 'steps', 'episode_id', 'tensor'],
      path,
    });
    await writeParquet(database, {
      query: summary.replace('$drift', () => parquetFile(path)),
      orderBy: ['k', 'steps', 'tensor'],
      path: context.output('drift_summary'),
    });
  });
}
