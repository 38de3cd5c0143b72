import { basename, dirname } from 'node:path';
import { keptRuns, type LostResults, lostResults } from '../../artifacts/kept-results.js';
import { isPinned } from '../../artifacts/pins.js';
import { identityOf, type RunRecord, readRegister } from '../../artifacts/register.js';
import { type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import { finishRemovals } from '../../artifacts/runs/change-runs.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { currentlyPublished } from '../../report/publish/published-history.js';
import type { Digest } from '../../store/entry.js';
import type { Garbage, GarbagePlan } from '../../store/upkeep.js';
import { openLocalStore } from '../open-store.js';

/** What is to be kept. */
export interface GarbageRequest {
  /** How many distinct results of each pipeline keep what they reach. */
  readonly keep: number;
  /** Whether it is only said what would go. */
  readonly dryRun?: boolean;
}

/** What went, or would go. */
export interface CollectedGarbage extends GarbagePlan {
  /** The runs whose results were kept because they are pinned. */
  readonly pinned: readonly string[];
  /** Of which runs and nodes it was. */
  readonly losses: readonly LostResults[];
}

/**
 * Removes from the cache what neither the last distinct results of any pipeline nor pinned runs reach, and nothing that
 * is published gives.
 */
export async function collectProjectGarbage(
  root: string,
  { keep, dryRun = false }: GarbageRequest,
): Promise<Result<CollectedGarbage, Failure[]>> {
  const opened = await openLocalStore(root);
  if (!opened.ok) return opened;
  const store = opened.value;
  if (!dryRun) finishRemovals(root);
  const { runs } = readRegister(root);
  const nodesOf = (run: string) => readManifest(root, run)?.nodes ?? [];
  const pinned = runs.filter((record) => isPinned(root, record));
  const keptKeys = new Set(
    [...new Set([...keptRuns(runs, keep), ...pinned])]
      .flatMap((record) => nodesOf(identityOf(record)))
      .flatMap(({ key }) => (key === undefined ? [] : [key])),
  );
  for (const key of await publishedKeys(root, runs, nodesOf)) keptKeys.add(key);
  const collected = dryRun
    ? success(await store.planGarbage({ keptKeys }))
    : await store.collectGarbage({ keptKeys });
  if (!collected.ok) return failed([collected.failure]);
  const losses = lostResults(runs, nodesOf, sizesOf(collected.value.garbage));
  return success({ ...collected.value, pinned: pinned.map(identityOf), losses });
}

/** The keys of nodes whose outputs stand in the project as they were published. */
async function publishedKeys(
  root: string,
  runs: readonly RunRecord[],
  nodesOf: (run: string) => readonly ManifestNode[],
): Promise<readonly Digest[]> {
  const keys: Digest[] = [];
  for (const run of runs.map(identityOf)) {
    const published = new Set(
      (await currentlyPublished(root, run)).flatMap(({ node, nodes_before = [] }) => [node, ...nodes_before]),
    );
    if (published.size === 0) continue;
    for (const { id, key } of nodesOf(run)) if (key !== undefined && published.has(id)) keys.push(key);
  }
  return keys;
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
