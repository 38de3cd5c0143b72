import { type Tree } from '../../base/files/tree.js';
import type { PortShape } from '../../kinds/kind.js';
import type { StagedFile } from '../../store/store.js';
/**
 * The files that a body wrote for the output ports, hashed and synced to disk.
 *
 * @throws FailureError `output-missing` where a port's file is not there.
 */
export declare function stageOutputs(shapes: {
    readonly [port: string]: PortShape;
}, folder: string): Promise<{
    readonly [port: string]: Tree<StagedFile>;
}>;
