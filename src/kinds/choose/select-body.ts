import { canonicalJson } from '../../base/canonical-json.js';
import { writeFile } from '../../base/files/write-file.js';
import type { KindContext } from '../kind.js';
import { elementsOf, filePath, inputTree } from '../ports.js';
import { bestRow, readScoredRows } from './scored-rows.js';
import type { SelectParameters } from './select.js';

/** Writes the ports `settings` and `row`. */
export async function run(context: KindContext<SelectParameters>): Promise<void> {
  const { metric, mode, settings } = context.parameters;
  const paths = elementsOf(inputTree(context, 'rows')).map((element) => filePath(element, 'metrics'));
  const best = bestRow(await readScoredRows(paths, metric, 'rows', context), mode);
  // A rate that no step was taken with is null, and nothing to hand on.
  for (const name of settings.filter((one) => best[one] === null)) {
    context.note(`${name} is not handed on: the best row has none`);
  }
  const chosen = settings.filter((name) => best[name] !== null).map((name) => [name, best[name]] as const);
  writeFile(context.output('settings'), canonicalJson(Object.fromEntries(chosen)));
  writeFile(context.output('row'), canonicalJson({ ...best, metric, mode }));
}
