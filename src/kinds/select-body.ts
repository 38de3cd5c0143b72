import { canonicalJson } from '../base/canonical-json.js';
import type { JsonObject } from '../base/json.js';
import { writeFile } from '../base/write-file.js';
import type { KindContext } from './kind.js';
import { elementsOf, filePath, inputTree } from './ports.js';
import { bestRow, type Mode, readScoredRows } from './scored-rows.js';

/** What reaches the body. */
interface SelectParameters extends JsonObject {
  readonly metric: string;
  readonly mode: Mode;
  readonly settings: readonly ('inner_lr' | 'steps')[];
}

/** Writes the ports `settings` and `row`. */
export async function run(context: KindContext): Promise<void> {
  const { metric, mode, settings } = context.parameters as SelectParameters;
  const paths = elementsOf(inputTree(context, 'rows')).map((element) => filePath(element, 'metrics'));
  const best = bestRow(await readScoredRows(paths, metric, 'rows', context), mode);
  // A rate that no step was taken with is null, and nothing to hand on.
  const chosen = settings.filter((name) => best[name] !== null).map((name) => [name, best[name]] as const);
  writeFile(context.output('settings'), canonicalJson(Object.fromEntries(chosen)));
  writeFile(context.output('row'), canonicalJson({ ...best, metric, mode }));
}
