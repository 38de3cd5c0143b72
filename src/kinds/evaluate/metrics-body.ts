import { measureSettings } from '../../statistics/measure-settings.js';
import { readRankedSettings } from '../../statistics/read-ranked-settings.js';
import { withDatabase } from '../../tables/database.js';
import { metricColumns } from '../../tables/evaluation-columns.js';
import { writeRowsParquet } from '../../tables/parquet.js';
import type { KindContext } from '../kind-body.js';
import { filePath, inputTree } from '../ports.js';

/** Writes the port `metrics`; reports the metrics where there is one setting: several, one word would not tell apart. */
export async function run(context: KindContext): Promise<void> {
  await withDatabase(context, async (database) => {
    const settings = await readRankedSettings(database, filePath(inputTree(context, 'ranks')), 'ranks');
    const rows = measureSettings(settings);
    await writeRowsParquet(database, {
      columns: metricColumns,
      rows: rows.map(({ setting: { k, steps, innerRate }, ...row }) => ({
        k,
        steps,
        inner_lr: innerRate,
        ...row,
      })),
      orderBy: ['k', 'steps', 'inner_lr', 'metric'],
      path: context.output('metrics'),
    });
    const values = rows.flatMap(({ metric, value }) => (value === null ? [] : [[metric, value] as const]));
    const done = settings.length;
    context.progress({
      done,
      total: done,
      unit: 'settings',
      values: done === 1 ? Object.fromEntries(values) : {},
    });
  });
}
