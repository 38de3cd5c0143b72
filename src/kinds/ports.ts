import { FailureError } from '../base/failure.js';
import type { Tree } from '../base/files/tree.js';
import type { KindContext } from './kind-body.js';

function bug(message: string): FailureError {
  return new FailureError({ reason: 'bug', message });
}

/** The port of that name; planning has proved that a required one is there. */
export function inputTree(context: KindContext, port: string): Tree<string> {
  const tree = context.inputs[port];
  if (tree === undefined) throw bug(`input port ${port} is not connected`);
  return tree;
}

/** The path of the file at `tree`, following bundle names (`filePath(tree, 'pairs')`). */
export function filePath(tree: Tree<string>, ...names: readonly string[]): string {
  const [name, ...rest] = names;
  if (name === undefined) {
    if (tree.type !== 'file') throw bug(`expected a file, found a ${tree.type}`);
    return tree.leaf;
  }
  const below = tree.type === 'bundle' ? tree.ports[name] : undefined;
  if (below === undefined) throw bug(`expected a bundle with ${name}, found a ${tree.type}`);
  return filePath(below, ...rest);
}

/** The elements of the list at `tree`. */
export function listElements(tree: Tree<string>): readonly Tree<string>[] {
  if (tree.type !== 'list') throw bug(`expected a list, found a ${tree.type}`);
  return tree.elements;
}
