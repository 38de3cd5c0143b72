import { join } from 'node:path';
import { leavesOf } from '../../base/files/tree.js';
import { own } from '../../base/own-properties.js';
import { curveOrder, type WrittenCurve } from '../../kinds/program/typed/written-curve.js';
import { type Database, sqlText } from '../../tables/database.js';
import { joinCurve } from '../../tables/joined-curve.js';
import { numberedFiles } from '../../tables/numbered-steps.js';
import { parquetFile, withoutWildcards, writeParquet } from '../../tables/parquet.js';
import type { FinishedNode } from '../finished-run.js';
import type { ResultFile } from './result-rows.js';
import type { UnfinishedCurve } from './unfinished-curves.js';

/** A file of the curve of a node. */
export type HistoryFile = Pick<ResultFile, 'node' | 'output' | 'shownAs'> & {
  /** Absolute. */
  readonly path: string;
};

/** Such files, and those of them that are there for the time being. */
export interface HistoryFiles<File> {
  readonly files: readonly File[];
  /** Absolute. */
  readonly made: readonly string[];
  /** The segments that seem to count their steps anew, so that the rows of those before are lost. */
  readonly restarted: readonly string[];
}

/**
 * Files of the curves of nodes with each step once: where segments of a program tell of steps again, or kshot has
 * numbered their steps, each has another file with those that it counts for.
 *
 * @param folder where such files are made
 */
export async function withStepsOnce<File extends HistoryFile>(
  database: Database,
  nodes: readonly Pick<FinishedNode, 'node'>[],
  files: readonly File[],
  folder: string,
): Promise<HistoryFiles<File>> {
  const curves = await curvesToJoin(database, curvesOf(nodes, files));
  const replaced = new Map<File, string>();
  const restarted = new Set<string>();
  for (const pieces of curves) {
    const joined = await joinCurve(
      database,
      pieces.map(({ path }) => path),
    );
    if (joined === undefined) continue;
    for (const [index, piece] of pieces.entries()) {
      if (joined.restarted.includes(index)) restarted.add(piece.shownAs);
      const path = join(folder, `.curve-${replaced.size}.parquet`);
      await writeParquet(database, { query: joined.queryOf(index), orderBy: curveOrder, path });
      replaced.set(piece, path);
    }
  }
  return {
    files: files.map((file) => ({ ...file, path: replaced.get(file) ?? file.path })),
    made: [...replaced.values()],
    restarted: [...restarted],
  };
}

/**
 * The last step of the segment before, where a node that came to no result is a segment and its curve is of steps that
 * kshot has numbered: they count on from it. Else 0.
 *
 * @param files those of `withStepsOnce`
 */
export async function lastStepBefore(
  database: Database,
  nodes: readonly Pick<FinishedNode, 'node'>[],
  files: readonly HistoryFile[],
  {
    node,
    curve,
    curveNode,
  }: Pick<UnfinishedCurve, 'node' | 'curveNode'> & { readonly curve: Pick<WrittenCurve, 'isNumbered'> },
): Promise<number> {
  const before = segmentBefore(nodes.find((one) => one.node.id === node));
  const ofBefore = `${before}${curveNode?.slice(node.length)}`;
  const file = files.find((one) => one.node === ofBefore && one.shownAs === before);
  if (!curve.isNumbered || file === undefined) return 0;
  const [row] = await database.rows(`SELECT max(iteration) AS last FROM ${parquetFile(file.path)}`);
  return Number(row?.['last'] ?? 0);
}

/** The segment whose state a node takes, where it is a later segment of a program. */
function segmentBefore(of: Pick<FinishedNode, 'node'> | undefined): string | undefined {
  // Kshot's own trainings tell of each step once.
  if (of?.node.declarations === undefined || of.node.carriedAt === undefined) return undefined;
  const carried = own(of.node.inputs, of.node.carriedAt);
  const [before] = carried === undefined ? [] : [...leavesOf(carried)];
  return before?.leaf.node;
}

/** The files of each curve of a program in segments that has several. */
function curvesOf<File extends HistoryFile>(
  nodes: readonly Pick<FinishedNode, 'node'>[],
  files: readonly File[],
): readonly (readonly File[])[] {
  /** The first segment of each chain, by all others. */
  const heads = new Map<string, string>();
  for (const one of nodes) {
    const before = segmentBefore(one);
    if (before !== undefined) heads.set(one.node.id, heads.get(before) ?? before);
  }
  if (heads.size === 0) return [];
  const curves = new Map<string, File[]>();
  for (const file of files) {
    const { node, shownAs, output } = file;
    const head = heads.get(shownAs) ?? shownAs;
    const curve = JSON.stringify([head, node.slice(shownAs.length), output]);
    curves.set(curve, [...(curves.get(curve) ?? []), file]);
  }
  return [...curves.values()].filter((pieces) => pieces.length > 1);
}

/**
 * Those of the curves that tell of some step more than once, or whose later pieces kshot has numbered: asked of all
 * together, as most are neither.
 */
async function curvesToJoin<File extends HistoryFile>(
  database: Database,
  curves: readonly (readonly File[])[],
): Promise<readonly (readonly File[])[]> {
  if (curves.length === 0) return [];
  const places = curves.flatMap((pieces, curve) => pieces.map(({ path }) => `(${sqlText(path)}, ${curve})`));
  const paths = [...new Set(curves.flat().map(({ path }) => sqlText(withoutWildcards(path))))];
  const numbered = await numberedFiles(
    database,
    curves.flatMap((pieces) => pieces.slice(1).map(({ path }) => path)),
  );
  const repeating = await database.rows(
    `SELECT DISTINCT curve FROM (
       SELECT source.curve FROM read_parquet([${paths.join(', ')}], filename = true, union_by_name = true, hive_partitioning = false) AS content
       JOIN (VALUES ${places.join(', ')}) AS source (file, curve) ON source.file = content.filename
       GROUP BY source.curve, content.iteration HAVING count(*) > 1)`,
  );
  const found = new Set(repeating.map((row) => Number(row['curve'])));
  return curves.filter(
    (pieces, index) => found.has(index) || pieces.slice(1).some(({ path }) => numbered.has(path)),
  );
}
