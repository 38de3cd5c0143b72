import { relative } from 'node:path';
import type { LostResults } from '../../artifacts/kept-results.js';
import { formatBytes, formatCount } from '../../base/quantities.js';
import { printable } from '../../base/terminal-text.js';
import type { Garbage } from '../../store/upkeep.js';
import { projectOf } from '../open-project.js';
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
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const { keep, dryRun = false } = options;
  const collected = await project.value.collectGarbage({ keep, dryRun });
  if (!collected.ok) return terminal.fail(collected.failure);

  const { garbage, bytes, inUseBy, pinned, losses } = collected.value;
  if (inUseBy.length > 0) {
    const they = inUseBy.length === 1 ? 'runs now and may' : 'run now and may';
    terminal.say(`${inUseBy.join('; ')} ${they} need any result, so only leftovers go`);
  }
  if (terminal.json) {
    const files = garbage.map(({ type, path, bytes: size }) => ({
      type,
      path: relative(project.value.root, path),
      bytes: size,
    }));
    terminal.document({ dry_run: dryRun, bytes, pinned, held_by: inUseBy, runs: losses, garbage: files });
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
  if (pinned.length > 0) terminal.say(`pinned and so kept: ${pinned.join(', ')}`);
  return 0;
}

/** A line for what each run loses; steps with many nodes are cut short. */
function lossLine({ run, nodes, bytes }: LostResults): string {
  const more = nodes.length > 6 ? `, and ${nodes.length - 6} more` : '';
  return printable(`  ${run}: ${nodes.slice(0, 6).join(', ')}${more} (${formatBytes(bytes)})`);
}
