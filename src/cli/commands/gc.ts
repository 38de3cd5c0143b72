import { join, relative } from 'node:path';
import { identityOf, readRegister } from '../../report/register.js';
import { readManifest } from '../../report/run-documents.js';
import { collectGarbage, type Garbage, planGarbage } from '../../store/collect-garbage.js';
import type { Digest } from '../../store/entry.js';
import { openStore } from '../../store/open-store.js';
import { formatBytes, formatCount } from '../../ui/quantities.js';
import { findRoot } from '../find-pipeline.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface GarbageCommandOptions extends CommonOptions {
  readonly dryRun?: boolean;
  /** How many runs of each pipeline keep what they reach. */
  readonly keep: number;
}

const nouns: { readonly [type in Garbage['type']]: string } = {
  entry: 'result',
  object: 'object',
  partial: 'unfinished state',
  quarantine: 'quarantined file',
  unfinished: 'unfinished file',
};

/** `kshot gc`: removes from the cache what none of the last runs of any pipeline reaches. */
export async function gc(options: GarbageCommandOptions): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const store = await openStore(join(root.value, 'cache'));
  const garbageOptions = { keptKeys: keysOfRecentRuns(root.value, options.keep) };
  const dryRun = options.dryRun === true;
  const collected = dryRun
    ? ({ ok: true, value: planGarbage(store, garbageOptions) } as const)
    : collectGarbage(store, garbageOptions);
  if (!collected.ok) return terminal.fail([collected.failure]);

  const { garbage, bytes, heldBy } = collected.value;
  if (heldBy.length > 0) {
    terminal.say(`${heldBy.join(', ')} computes now, so results stay; only leftovers go`);
  }
  if (terminal.json) {
    const files = garbage.map(({ type, path, bytes: size }) => ({
      type,
      path: relative(root.value, path),
      bytes: size,
    }));
    terminal.data(`${JSON.stringify({ dry_run: dryRun, bytes, garbage: files })}\n`);
    return 0;
  }
  const counts = new Map<Garbage['type'], number>();
  for (const { type } of garbage) counts.set(type, (counts.get(type) ?? 0) + 1);
  const parts = [...counts].map(([type, count]) => formatCount(count, nouns[type]));
  terminal.data(
    garbage.length === 0
      ? 'nothing to remove\n'
      : `${dryRun ? 'would remove' : 'removed'} ${parts.join(', ')}: ${formatBytes(bytes)}\n`,
  );
  return 0;
}

/** The keys that the last `keep` runs of each pipeline list. */
function keysOfRecentRuns(root: string, keep: number): ReadonlySet<Digest> {
  const seen = new Map<string, number>();
  const keys = new Set<Digest>();
  for (const record of readRegister(root).runs.toReversed()) {
    const before = seen.get(record.pipeline) ?? 0;
    if (before >= keep) continue;
    seen.set(record.pipeline, before + 1);
    for (const { key } of readManifest(root, identityOf(record))?.nodes ?? []) {
      if (key !== undefined) keys.add(key);
    }
  }
  return keys;
}
