import { canonicalJson } from '../../../base/canonical-json.js';
import { writeFile } from '../../../base/files/write-file.js';
import type { Json } from '../../../base/json.js';
import { badData } from '../../../tables/bad-data.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import { type Cell, readWritten, writtenText } from './read-rows.js';
import type { TypedOutputParameters } from './typed-output.js';

const hint = 'write one JSON object of names and values: {"lr": 0.01, "optimizer": "adam"}';

/** Writes the port: the values, names sorted, so that the same choice has the same bytes. */
export async function run(context: KindContext<TypedOutputParameters>): Promise<void> {
  const { path, port } = context.parameters;
  const written = await readWritten(filePath(inputTree(context, 'file')), path, context);
  if (written.type !== 'object') throw badData(path, 'is no single JSON object', { hint });
  const settings = Object.entries(written.cells).map(([name, cell]): [string, Json] => {
    if (isValue(cell)) return [name, cell];
    throw badData(path, `${name} is ${writtenText(cell)}, and no single value`, { hint });
  });
  if (settings.length === 0) throw badData(path, 'has no values', { hint });
  writeFile(context.output(port), canonicalJson(Object.fromEntries(settings)));
}

function isValue(cell: Cell): cell is string | number | boolean {
  return typeof cell === 'string' || typeof cell === 'boolean' || Number.isFinite(cell);
}
