import { readFile } from 'node:fs/promises';
import { canonicalJson } from '../../base/canonical-json.js';
import { FailureError } from '../../base/failure.js';
import { writeFile } from '../../base/files/write-file.js';
import type { KindContext } from '../kind.js';
import { elementsOf, filePath, inputTree } from '../ports.js';
import type { CheckpointSelectParameters } from './checkpoint-select.js';
import { bestRow, readScoredRows } from './scored-rows.js';

/** Writes the ports `model` and `choice`. */
export async function run(context: KindContext<CheckpointSelectParameters>): Promise<void> {
  const { metric, mode } = context.parameters;
  const candidates = elementsOf(inputTree(context, 'candidates'));
  const paths = elementsOf(inputTree(context, 'scores')).map((element) => filePath(element, 'metrics'));
  const best = bestRow(await readScoredRows(paths, metric, 'scores', context), mode);
  const winner = candidates[best.index];
  if (winner === undefined) {
    throw new FailureError({
      reason: 'bug',
      message: `${candidates.length} candidates and ${paths.length} scores came through planning`,
    });
  }
  writeFile(context.output('model'), await readFile(filePath(winner)));
  writeFile(context.output('choice'), canonicalJson({ ...best, metric, mode }));
}
