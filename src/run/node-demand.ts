import { engines } from '../engines/registry.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import type { Demand } from './resources.js';

/** What a node asks for: all free slots only where more than one thread makes it faster. */
export function demandOf({ slots, gpus, engine }: Pick<GraphNode, 'slots' | 'gpus' | 'engine'>): Demand {
  const parallel = engine === undefined || engines[engine]?.parallel === true;
  return { slots: slots === 'free' && parallel ? 'free' : 'one', gpus };
}
