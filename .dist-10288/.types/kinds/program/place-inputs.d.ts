import type { KindContext } from '../kind.js';
import type { ListLabels } from './list-labels.js';
/**
 * Copies, sharing blocks where the file system can: a link would let a program that runs as root write through
 * to the cache, and a linked script would find its neighbours in the root, which no key knows.
 */
export declare function placeInputs(context: Pick<KindContext, 'inputs' | 'files' | 'scratch'>, labels?: ListLabels): Promise<void>;
/**
 * Where a path is in the fresh folder. Planning lets only those through that stay inside; one that it missed must
 * not write elsewhere.
 */
export declare function placeOf({ scratch }: Pick<KindContext, 'scratch'>, path: string): string;
export declare function isInside(path: string, folder: string): boolean;
