import { join } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { openStore } from '../../store/open-store.js';
import { verifyCache } from '../../store/verify-cache.js';
import { formatBytes, formatCount, shortDigest } from '../../ui/quantities.js';
import { findRoot } from '../find-pipeline.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/** `kshot cache verify`: reads every byte of the cache and sets aside what is bad; exit 1 where something is. */
export async function cacheVerify(options: CommonOptions): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const report = await verifyCache(await openStore(join(root.value, 'cache')));
  const hint = 'it was set aside; kshot run computes it again where a pipeline needs it';
  const failures: Failure[] = [
    ...report.badObjects.map(
      (digest): Failure => ({
        reason: 'object-corrupt',
        message: `object ${shortDigest(digest)} does not hold what was stored`,
        hint,
      }),
    ),
    ...report.badEntries.map(
      (key): Failure => ({
        reason: 'object-corrupt',
        message: `entry ${shortDigest(key)} is not of the computation that its key names`,
        hint,
      }),
    ),
    ...report.incomplete.map(
      ({ key, kind }): Failure => ({
        reason: 'object-corrupt',
        message: `${kind} ${shortDigest(key)} has an output that is missing or bad`,
        hint: 'kshot run computes it again where a pipeline needs it',
      }),
    ),
  ];
  if (failures.length > 0) return terminal.fail(failures);
  const { entries, objects, bytes } = report;
  terminal.data(
    terminal.json
      ? `${JSON.stringify({ entries, objects, bytes, bad: 0 })}\n`
      : `${entries === 1 ? '1 entry' : `${entries} entries`}, ${formatCount(objects, 'object')}, ${formatBytes(bytes)}: all good\n`,
  );
  return 0;
}
