import { constants, copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run as importInteractions } from '../../data/data-import-body.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import type { TypedOutputParameters } from './typed-output.js';

/** What `data.import` does where nothing is said. */
const asItIs = {
  format: 'auto',
  header: 'auto',
  columns: {},
  delimiter: 'auto',
  quote: '"',
  comment: 'auto',
  null_values: [],
  ragged_rows: 'auto',
  time_unit: 'auto',
  skip_bad_rows: false,
} as const;

/** Writes the port: the interactions as `data.import` would. */
export async function run(context: KindContext<TypedOutputParameters>): Promise<void> {
  const { path, port } = context.parameters;
  // Under the name that messages call it by.
  const named = join(context.scratch, basename(path));
  copyFileSync(filePath(inputTree(context, 'file')), named, constants.COPYFILE_FICLONE);
  await importInteractions({
    ...context,
    parameters: asItIs,
    files: { path: named },
    root: context.scratch,
    output: () => context.output(port),
  });
}
