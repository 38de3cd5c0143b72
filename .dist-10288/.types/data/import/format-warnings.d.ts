import { type ColumnPlaces, type ColumnRole } from './column-places.js';
import type { AskedFormat, InteractionFormat } from './interaction-format.js';
/** What people should look at in how a file is read. */
export interface FormatWarning {
    /** The same for warnings that differ in the file only. */
    readonly about: string;
    readonly text: string;
}
/**
 * What may be otherwise than it is taken in a text file.
 *
 * @throws FailureError `bad-data` where rows begin with a cell more than the header and nothing says how to take that
 */
export declare function warningsOfFormat(file: string, format: InteractionFormat, places: ColumnPlaces, { columns }: AskedFormat): readonly FormatWarning[];
/** That a name was taken for a column's, which is a path as well. */
export declare function twofoldName(file: string, role: ColumnRole, name: string): string;
