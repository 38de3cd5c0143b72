import { join } from 'node:path';
import type { JsonObject } from '../base/json.js';
import { eventsFile } from '../kinds/program/program-events.js';
import { readHistory } from '../kinds/program/typed/read-history.js';
import { readUnfinishedCurve, type WrittenCurve } from '../kinds/program/typed/written-curve.js';
import type { DatabaseOptions } from '../tables/database.js';
import type { FinishedNode } from './finished-run.js';

/** How far a program's training came that has no result. */
export interface UnfinishedCurve {
  readonly node: string;
  readonly step: string;
  readonly names: JsonObject;
  /** What became of the node. */
  readonly unfinished: 'failed' | 'cancelled';
  readonly curve: WrittenCurve;
}

/**
 * The curves of programs that failed or were cancelled, from the folders in which they are kept: what the step declares
 * as its history, else what the program told while it ran.
 *
 * @param root of the project, absolute
 */
export async function unfinishedCurves(
  nodes: readonly FinishedNode[],
  root: string,
  options: DatabaseOptions,
): Promise<readonly UnfinishedCurve[]> {
  const written = historyFiles(nodes);
  const curves: UnfinishedCurve[] = [];
  for (const { node, outcome, left } of nodes) {
    const isProgram = node.declarations !== undefined;
    if (!isProgram || left === undefined || (outcome !== 'failed' && outcome !== 'cancelled')) continue;
    const folder = join(root, left);
    const read = async (paths: readonly string[]) => {
      const found = await Promise.all(paths.map((path) => readUnfinishedCurve(folder, path, options)));
      return found.filter((curve) => curve !== undefined);
    };
    const declared = await read(written.get(node.id) ?? []);
    for (const curve of declared.length > 0 ? declared : await read([eventsFile])) {
      curves.push({ node: node.id, step: node.step, names: node.names, unfinished: outcome, curve });
    }
  }
  return curves;
}

/** By node: the files that it declares as its history. */
function historyFiles(nodes: readonly FinishedNode[]): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  for (const { node } of nodes) {
    const { path } = node.parameters;
    if (node.kind !== readHistory.name || node.derivedFrom === undefined || typeof path !== 'string')
      continue;
    files.set(node.derivedFrom, [...(files.get(node.derivedFrom) ?? []), path]);
  }
  return files;
}
