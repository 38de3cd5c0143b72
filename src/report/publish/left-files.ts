import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FinishedRun } from '../../artifacts/finished-run.js';
import type { Publication } from '../../pipeline/graph/graph.js';
import { checkPublishedPath } from '../../pipeline/spec/published-path.js';
import { digestAt } from './digest-at.js';
import { isComplete, publishedPath } from './due-publications.js';
import type { PublishedFile, PublishedHistory } from './published-history.js';

/** A file of the project that an earlier run published and this one did not make anew. */
export interface LeftFile {
  readonly published: PublishedFile;
  /**
   * `removed`, since the pipeline makes no such file any more, or still there: `stale`, because what it is made of was
   * not done in this run.
   */
  readonly outcome: 'removed' | 'stale';
}

interface Leaving {
  readonly root: string;
  readonly finished: FinishedRun;
  readonly history: PublishedHistory;
  /** Paths at which this run has published, or kept what was there. */
  readonly done: ReadonlySet<string>;
}

/**
 * What earlier runs of the pipeline have published and this one has not, as far as it stands there as kshot wrote it:
 * where the pipeline would make it, that it is of an earlier run; where it makes it no more and the run has come so far,
 * it is removed, so that no old file lies among new ones. Files by `{tag}` are of their runs, and stay.
 */
export async function leaveFiles(leaving: Leaving): Promise<readonly LeftFile[]> {
  const { root, finished } = leaving;
  const left: LeftFile[] = [];
  for (const path of candidatePaths(leaving)) {
    const published = await asPublished(path, leaving);
    if (published === undefined) continue;
    const outcome = outcomeOf(published, finished);
    if (outcome === undefined) continue;
    if (outcome === 'removed') rmSync(join(root, path), { force: true });
    left.push({ published, outcome });
  }
  return left;
}

/** Where something may be left, sorted; what other targets would publish is no affair of this run. */
function candidatePaths({ finished, history, done }: Leaving): readonly string[] {
  const { publications, publishedPaths } = finished.graph;
  const due = new Set(publications.map((one) => publishedPath(one, finished.run)));
  // A file system may not tell capitals from small letters, and so an old name not from a new one.
  const made = new Set([...publishedPaths, ...done].map(asOneName));
  const earlier = history.paths().filter((path) => due.has(path) || !made.has(asOneName(path)));
  return [...new Set(earlier)].filter((path) => !done.has(path)).sort();
}

function asOneName(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** What the run that had them there last says of the bytes at a path; undefined where they are none of kshot's. */
async function asPublished(
  path: string,
  { root, history }: Pick<Leaving, 'root' | 'history'>,
): Promise<PublishedFile | undefined> {
  // A folder on the way may have become a link by now, and lead elsewhere.
  if (!('path' in checkPublishedPath(root, path, { read: [], patterns: [] }))) return undefined;
  const found = await digestAt(join(root, path));
  return found === undefined ? undefined : history.latest(path, found);
}

function outcomeOf(published: PublishedFile, finished: FinishedRun): LeftFile['outcome'] | undefined {
  const { publications, publishedPaths, file } = finished.graph;
  if (publications.some((one) => publishedPath(one, finished.run) === published.path)) return 'stale';
  const { pattern } = published;
  // Another pipeline's, such as an overlay of this one or what this is an overlay of; or of a run's own name.
  if (published.pipeline_file !== file || pattern === undefined || pattern.includes('{tag}'))
    return undefined;
  // A run of some targets would take away what others, which stay as they are, were made from.
  if (publications.length < publishedPaths.length) return undefined;
  return hasComeSoFar({ ...published, pattern }, finished) ? 'removed' : 'stale';
}

/** Whether all that the line of the pipeline stands for now was made; of a line that is gone, all there is. */
function hasComeSoFar(
  { source, pattern }: Pick<Publication, 'source' | 'pattern'>,
  finished: FinishedRun,
): boolean {
  const { publications } = finished.graph;
  const line = publications.filter((one) => one.source === source && one.pattern === pattern);
  return line.length > 0
    ? line.every((one) => isComplete(one, finished))
    : finished.nodes.every(({ entry }) => entry !== undefined);
}
