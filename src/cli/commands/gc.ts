import { basename, dirname, join, relative } from 'node:path';
import { keptRuns, type LostResults, lostResults } from '../../artifacts/kept-results.js';
import { isPinned } from '../../artifacts/pins.js';
import { identityOf, readRegister } from '../../artifacts/register.js';
import { readManifest } from '../../artifacts/run-documents.js';
import { formatBytes, formatCount } from '../../base/quantities.js';
import { printable } from '../../base/terminal-text.js';
import type { Digest } from '../../store/entry.js';
import { openStore } from '../../store/local/open-store.js';
import type { Garbage } from '../../store/upkeep.js';
import { findRoot } from '../find-pipeline.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface GarbageCommandOptions extends CommonOptions {
  readonly dryRun?: boolean;
  /** How many distinct results of each pipeline keep what they reach. */
  readonly keep: number;
}

const nouns: { readonly [type in Garbage['type']]: string } = {
  entry: 'result',
  object: 'object',
  partial: 'unfinished state',
  quarantine: 'quarantined file',
  unfinished: 'unfinished file',
};

/** `kshot gc`: removes from the cache what neither the last distinct results of any pipeline nor pinned runs reach. */
export async function gc(options: GarbageCommandOptions): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const store = await openStore(join(root.value, 'cache'));
  const { runs } = readRegister(root.value);
  const nodesOf = (run: string) => readManifest(root.value, run)?.nodes ?? [];
  const pinned = runs.filter((record) => isPinned(root.value, record));
  const keptKeys = new Set(
    [...new Set([...keptRuns(runs, options.keep), ...pinned])]
      .flatMap((record) => nodesOf(identityOf(record)))
      .flatMap(({ key }) => (key === undefined ? [] : [key])),
  );
  const garbageOptions = { keptKeys };
  const dryRun = options.dryRun === true;
  const collected = dryRun
    ? ({ ok: true, value: await store.planGarbage(garbageOptions) } as const)
    : await store.collectGarbage(garbageOptions);
  if (!collected.ok) return terminal.fail([collected.failure]);

  const { garbage, bytes, heldBy } = collected.value;
  if (heldBy.length > 0) {
    const they = heldBy.length === 1 ? 'runs now and may' : 'run now and may';
    terminal.say(`${heldBy.join('; ')} ${they} need any result, so only leftovers go`);
  }
  const losses = lostResults(runs, nodesOf, sizesOf(garbage));
  if (terminal.json) {
    const files = garbage.map(({ type, path, bytes: size }) => ({
      type,
      path: relative(root.value, path),
      bytes: size,
    }));
    terminal.document({
      dry_run: dryRun,
      bytes,
      pinned: pinned.map(identityOf),
      held_by: heldBy,
      runs: losses,
      garbage: files,
    });
    return 0;
  }
  const counts = new Map<Garbage['type'], number>();
  for (const { type } of garbage) counts.set(type, (counts.get(type) ?? 0) + 1);
  const parts = [...counts].map(([type, count]) => formatCount(count, nouns[type]));
  terminal.show(
    garbage.length === 0
      ? 'nothing to remove'
      : `${dryRun ? 'would remove' : 'removed'} ${parts.join(', ')}: ${formatBytes(bytes)}`,
  );
  for (const loss of losses) terminal.show(lossLine(loss));
  if (pinned.length > 0) terminal.say(`pinned and so kept: ${pinned.map(identityOf).join(', ')}`);
  return 0;
}

/** The bytes of each entry and object to be removed, by key and digest. */
function sizesOf(garbage: readonly Garbage[]): ReadonlyMap<Digest, number> {
  return new Map(
    garbage.flatMap(({ type, path, bytes }): readonly [Digest, number][] => {
      if (type === 'entry') return [[basename(path, '.json'), bytes]];
      return type === 'object' ? [[`${basename(dirname(path))}${basename(path)}`, bytes]] : [];
    }),
  );
}

/** A line for what each run loses; steps with many nodes are cut short. */
function lossLine({ run, nodes, bytes }: LostResults): string {
  const more = nodes.length > 6 ? `, and ${nodes.length - 6} more` : '';
  return printable(`  ${run}: ${nodes.slice(0, 6).join(', ')}${more} (${formatBytes(bytes)})`);
}
