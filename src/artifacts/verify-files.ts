import { FailureError } from '../base/failure.js';
import type { Store } from '../store/store.js';
import type { ResultFile } from './tables/result-rows.js';

/** Verifies objects; the failure names the nodes that gave bad ones. */
export async function verifyFiles(files: readonly ResultFile[], store: Pick<Store, 'verify'>): Promise<void> {
  const bad: string[] = [];
  for (const file of files) {
    if (!(await store.verify({ digest: file.digest, bytes: file.bytes }))) bad.push(file.node);
  }
  if (bad.length === 0) return;
  throw new FailureError({
    reason: 'object-corrupt',
    message: `results of ${[...new Set(bad)].join(', ')} are missing from the cache or not what was stored`,
    hint: 'kshot run computes them again',
  });
}
