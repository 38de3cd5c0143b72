import { writeFile } from 'node:fs/promises';
import { canonicalJson } from '../base/canonical-json.js';
import type { KindContext } from './kind.js';

/** Writes the parameters at port `value`. */
export async function run(context: KindContext): Promise<void> {
  await writeFile(context.output('value'), canonicalJson(context.parameters));
}
