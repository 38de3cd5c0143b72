import { leavesOf } from '../base/files/tree.js';
import type { Content, PortShape } from '../kinds/port.js';
import type { ObjectReference } from '../store/entry.js';
import type { FinishedNode } from './finished-run.js';

/** A file that a node gave, with its place among the node's outputs. */
export interface OutputFile {
  /** Port, then path inside it: `train/pairs`. */
  readonly path: string;
  readonly reference: ObjectReference;
}

/** Every file that a finished node gave; none where it failed. */
export function outputFiles({ entry }: Pick<FinishedNode, 'entry'>): readonly OutputFile[] {
  if (entry === undefined) return [];
  return Object.entries(entry.outputs).flatMap(([port, tree]) =>
    [...leavesOf(tree, port)].map(({ path, leaf }) => ({ path, reference: leaf })),
  );
}

/** The files of one content that a finished node gave. */
export function outputsOfContent(
  finished: Pick<FinishedNode, 'entry' | 'node'>,
  content: Content,
): readonly OutputFile[] {
  if (finished.entry === undefined || Object.keys(finished.entry.outputs).length === 0) return [];
  const paths = Object.entries(finished.node.outputs).flatMap(([port, output]) =>
    pathsOfContent(output.shape, content, port),
  );
  return paths.length === 0 ? [] : outputFiles(finished).filter(({ path }) => paths.includes(path));
}

function pathsOfContent(shape: PortShape, content: Content, path: string): readonly string[] {
  if (shape.type === 'file') return shape.content === content ? [path] : [];
  if (shape.type === 'list') {
    return (shape.labels ?? []).flatMap((_, index) => pathsOfContent(shape.of, content, `${path}/${index}`));
  }
  if (shape.type !== 'bundle') return [];
  return Object.entries(shape.ports).flatMap(([name, port]) =>
    pathsOfContent(port, content, `${path}/${name}`),
  );
}
