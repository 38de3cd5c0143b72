import type { ImportTarget } from './import-target.js';
import { type TextPart } from './import-text.js';
/**
 * Looks among the rows whose time cannot be read for those that name the columns, as files that were joined have them,
 * and gives them that as their problem.
 *
 * @param rows those of the part within the target: from the first, up to before the second
 * @throws FailureError `bad-data` where the columns are in other places from there on
 */
export declare function findSecondHeaders({ database }: ImportTarget, part: TextPart, [first, end]: readonly [number, number]): Promise<void>;
