import { join } from 'node:path';
import type { JsonObject } from '../../base/json.js';
import { eventsFile } from '../../kinds/program/program-events.js';
import { readHistory } from '../../kinds/program/typed/read-history.js';
import { readUnfinishedCurve, type WrittenCurve } from '../../kinds/program/typed/written-curve.js';
import type { DatabaseOptions } from '../../tables/database.js';
import type { FinishedNode } from '../finished-run.js';

/** How far a program's training came that has no result. */
export interface UnfinishedCurve {
  readonly node: string;
  readonly step: string;
  readonly names: JsonObject;
  /** What became of the node. */
  readonly unfinished: 'failed' | 'cancelled';
  readonly curve: WrittenCurve;
  /** The node that would have been its curve, where its step declares one. */
  readonly curveNode?: string;
}

/** A file that a step declares as its history. */
interface DeclaredHistory {
  readonly path: string;
  readonly curveNode: string;
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
    const read = async (histories: readonly (Pick<DeclaredHistory, 'path'> & Partial<DeclaredHistory>)[]) => {
      const found = await Promise.all(
        histories.map(async ({ path, ...of }) => ({
          ...of,
          curve: await readUnfinishedCurve(folder, path, options),
        })),
      );
      return found.flatMap(({ curve, ...of }) => (curve === undefined ? [] : [{ ...of, curve }]));
    };
    const declared = await read(written.get(node.id) ?? []);
    for (const found of declared.length > 0 ? declared : await read([{ path: eventsFile }])) {
      curves.push({ node: node.id, step: node.step, names: node.names, unfinished: outcome, ...found });
    }
  }
  return curves;
}

/** By node: the files that it declares as its history. */
function historyFiles(nodes: readonly FinishedNode[]): ReadonlyMap<string, readonly DeclaredHistory[]> {
  const files = new Map<string, DeclaredHistory[]>();
  for (const { node } of nodes) {
    const { path } = node.parameters;
    if (node.kind !== readHistory.name || node.derivedFrom === undefined || typeof path !== 'string')
      continue;
    files.set(node.derivedFrom, [...(files.get(node.derivedFrom) ?? []), { path, curveNode: node.id }]);
  }
  return files;
}
