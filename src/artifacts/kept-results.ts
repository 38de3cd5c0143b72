import type { Digest } from '../base/canonical.js';
import { identityOf, type RunRecord } from './register.js';
import type { ManifestNode } from './run-documents.js';

/**
 * The runs whose results `gc` keeps: of each pipeline the last so many distinct successful results, and as many of
 * runs that failed or were cancelled, which would go on from them. Runs of one signature are one result, whatever
 * was executed for it, so running again pushes nothing out.
 *
 * @param runs in the order of their starts
 */
export function keptRuns(runs: readonly RunRecord[], keep: number): readonly RunRecord[] {
  const results = new Map<string, Set<Digest>>();
  return runs.toReversed().filter(({ pipeline, exit_code, signature }) => {
    const series = `${exit_code === 0 ? 'successful' : 'ended early'} ${pipeline}`;
    const seen = results.get(series) ?? new Set();
    results.set(series, seen);
    if (seen.has(signature) || seen.size >= keep) return false;
    seen.add(signature);
    return true;
  });
}

/** What a run loses: results of its nodes that are to be removed. */
export interface LostResults {
  /** `<pipeline>/<run>`, the latest that lists them. */
  readonly run: string;
  readonly nodes: readonly string[];
  /** Of files that are to be removed with them. */
  readonly bytes: number;
}

/**
 * What removing entries and objects takes from which run, the latest first; each file counts once.
 *
 * @param sizes bytes of each entry (by key) and each object (by digest) to be removed
 */
export function lostResults(
  runs: readonly RunRecord[],
  nodesOf: (run: string) => readonly ManifestNode[],
  sizes: ReadonlyMap<Digest, number>,
): readonly LostResults[] {
  const counted = new Set<Digest>();
  const sizeOf = (digest: Digest) => {
    if (counted.has(digest)) return 0;
    counted.add(digest);
    return sizes.get(digest) ?? 0;
  };
  return runs.toReversed().flatMap((record) => {
    const run = identityOf(record);
    const lost = nodesOf(run).filter(({ key }) => key !== undefined && sizes.has(key) && !counted.has(key));
    const bytes = lost
      .flatMap(({ key, outputs }) => [
        ...(key === undefined ? [] : [key]),
        ...Object.values(outputs).map(({ digest }) => digest),
      ])
      .reduce((sum, digest) => sum + sizeOf(digest), 0);
    return lost.length === 0 ? [] : [{ run, nodes: lost.map(({ id }) => id), bytes }];
  });
}
