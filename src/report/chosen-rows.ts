import { readFileSync } from 'node:fs';
import type { FinishedNode } from '../artifacts/finished-run.js';
import type { ChosenRow } from '../artifacts/summary/tuning.js';
import { filesOfContent } from '../artifacts/tables/result-rows.js';
import type { Json } from '../base/json.js';
import type { Store } from '../store/store.js';

/** What choices have told of themselves, of those whose documents are there. */
export async function readChosenRows(
  nodes: readonly Pick<FinishedNode, 'node' | 'entry'>[],
  store: Pick<Store, 'verify' | 'objectPath'>,
): Promise<readonly ChosenRow[]> {
  const rows: ChosenRow[] = [];
  for (const { node, digest, bytes } of filesOfContent(nodes, 'row')) {
    if (!(await store.verify({ digest, bytes }))) continue;
    rows.push({ node, row: JSON.parse(readFileSync(store.objectPath(digest), 'utf8')) as Json });
  }
  return rows;
}
