import { formatCount } from '../../../base/quantities.js';
import { withDatabase } from '../../../tables/database.js';
import { numberedSteps } from '../../../tables/numbered-steps.js';
import { writeRowsParquet } from '../../../tables/parquet.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import { eventsFile, eventsVariable } from '../program-events.js';
import type { TypedOutputParameters } from './typed-output.js';
import { curveOrder, readCurve } from './written-curve.js';

/** Writes the port: a row a step, a column a value. */
export async function run(context: KindContext<TypedOutputParameters>): Promise<void> {
  const { path, port } = context.parameters;
  const { columns, rows, isNumbered, notes } = await readCurve(
    filePath(inputTree(context, 'file')),
    path,
    context,
  );
  const source = path === eventsFile ? eventsVariable : path;
  for (const note of notes) context.note(`${source}: ${note}`);
  await withDatabase(context, (database) =>
    writeRowsParquet(database, {
      columns,
      rows,
      orderBy: curveOrder,
      path: context.output(port),
      ...(isNumbered ? { metadata: numberedSteps } : {}),
    }),
  );
  const names = Object.keys(columns).filter((name) => !curveOrder.some((one) => one === name));
  context.log(`${formatCount(rows.length, 'step')} of ${names.join(', ')}`);
}
