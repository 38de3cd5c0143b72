import { canonicalJson } from '../../base/canonical-json.js';
import { writeFile } from '../../base/files/write-file.js';
import type { KindContext } from '../kind-body.js';

/** Writes the parameters at port `value`. */
export async function run(context: KindContext): Promise<void> {
  writeFile(context.output('value'), canonicalJson(context.parameters));
}
