import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { leavesOf } from '../base/files/tree.js';
import { isJsonObject } from '../base/json.js';
import { own } from '../base/own-properties.js';
import { systemErrorOf } from '../base/system-error.js';
import type { PortShape } from '../kinds/port.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import { labelText } from '../pipeline/graph/label.js';
import type { Entry } from '../store/entry.js';
import type { Store } from '../store/store.js';
import { nodeFileName } from './step-log.js';

/**
 * Links in a run's folder by which people find what its nodes write: the folder of one that runs or failed, and the
 * outputs of one that is done. A file system that has no links, or takes no more, has none: a run does without.
 */
export class NodeLinks {
  private readonly folder: string;
  private readonly store: Pick<Store, 'objectPath'>;
  /** What stands there by now: of thousands of hits, looking costs as much as making. */
  private readonly made = new Set<string>();

  /** @param folder of a run, `artifacts/<pipeline>/<run>/nodes`, absolute; made when it is needed */
  constructor(folder: string, store: Pick<Store, 'objectPath'>) {
    this.folder = folder;
    this.store = store;
  }

  /** The node works in this folder. */
  point(node: GraphNode, target: string): string | undefined {
    return this.attempt(() => {
      const link = this.pathOf(node);
      this.clear(link);
      symlinkSync(relative(dirname(link), target), link);
      return link;
    });
  }

  /** The node failed, and what it had written is kept in this folder; what was kept of it before goes. */
  keep(node: GraphNode, target: string): string | undefined {
    this.attempt(() => this.dropEarlier(node, target));
    return this.point(node, target);
  }

  /** The node came to nothing, and left nothing. */
  remove(node: GraphNode): void {
    this.attempt(() => this.clear(this.pathOf(node)));
  }

  /** The node is done: its outputs under the names that its program gave them, else their ports'; none, no folder. */
  finish(node: GraphNode, outputs: Entry['outputs']): void {
    // What is derived is made of what stands there already.
    if (node.derivedFrom !== undefined) {
      if (this.made.has(this.pathOf(node))) this.remove(node);
      return;
    }
    if (this.made.size === 0 && Object.keys(outputs).length === 0) return;
    this.attempt(() => {
      const folder = this.pathOf(node);
      this.clear(folder);
      const made = new Set<string>();
      for (const [port, tree] of Object.entries(outputs)) {
        const shape = own(node.outputs, port)?.shape;
        for (const { path, leaf } of leavesOf(tree)) {
          const link = join(folder, fileNameOf(node, port), pathIn(shape, path));
          if (!made.has(dirname(link))) mkdirSync(dirname(link), { recursive: true });
          made.add(dirname(link));
          symlinkSync(relative(dirname(link), this.store.objectPath(leaf.digest)), link);
        }
      }
    });
  }

  private pathOf({ id }: GraphNode): string {
    return join(this.folder, nodeFileName(id));
  }

  /** Makes place for what takes a node's name. */
  private clear(path: string): void {
    if (this.made.size === 0) mkdirSync(this.folder, { recursive: true });
    if (this.made.has(path)) rmSync(path, { recursive: true, force: true });
    this.made.add(path);
  }

  /** What earlier runs of the pipeline kept of the node, under other keys. */
  private dropEarlier(node: GraphNode, target: string): void {
    const run = dirname(this.folder);
    for (const tag of readdirSync(dirname(run))) {
      const link = join(dirname(run), tag, basename(this.folder), nodeFileName(node.id));
      const kept = targetOf(link);
      if (kept === undefined || kept === target || tag === basename(run)) continue;
      if (dirname(dirname(kept)) !== dirname(dirname(target))) continue;
      rmSync(kept, { recursive: true, force: true });
      rmSync(link, { force: true });
    }
  }

  private attempt<Value>(act: () => Value): Value | undefined {
    try {
      return act();
    } catch (error) {
      if (systemErrorOf(error) === undefined) throw error;
      return undefined;
    }
  }
}

function targetOf(link: string): string | undefined {
  try {
    return resolve(dirname(link), readlinkSync(link));
  } catch {
    return undefined;
  }
}

/** A program's own name for the file of a port, since its ending says to other programs what it is. */
function fileNameOf({ parameters }: GraphNode, port: string): string {
  const { outputs } = parameters;
  const output = isJsonObject(outputs) ? own(outputs, port) : undefined;
  const path = isJsonObject(output) ? output['path'] : output;
  return typeof path === 'string' ? path.replace(/\/+$/, '.tar') : port;
}

/** A leaf's path with elements of lists by their labels. */
function pathIn(shape: PortShape | undefined, path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (first === '') return '';
  const below = rest.join('/');
  if (shape?.type === 'bundle') return join(first, pathIn(own(shape.ports, first), below));
  if (shape?.type !== 'list') return path;
  const label = shape.labels?.[Number(first)];
  return join(label === undefined ? first : nodeFileName(labelText(label)), pathIn(shape.of, below));
}
