import type { Demand } from '../pipeline/graph/graph.js';
import { chooseNext, type Resources } from './resources.js';

/** What can start, the lowest rank first. */
export class ReadyNodes<Node extends Demand & { readonly rank: number }> {
  private readonly nodes: Node[] = [];

  get size(): number {
    return this.nodes.length;
  }

  /** That of the lowest rank. */
  get first(): Node | undefined {
    return this.nodes[0];
  }

  add(node: Node): void {
    let low = 0;
    let high = this.nodes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // The index is within the list.
      if (this.nodes[middle]!.rank < node.rank) low = middle + 1;
      else high = middle;
    }
    this.nodes.splice(low, 0, node);
  }

  remove(node: Node): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
  }

  /** Takes out the first that fits what is free. */
  take(free: Resources): { readonly node: Node; readonly granted: Resources } | undefined {
    const choice = chooseNext(this.nodes, free);
    if (choice !== undefined) this.remove(choice.node);
    return choice;
  }
}
