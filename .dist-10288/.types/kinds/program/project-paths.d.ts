/**
 * A function from a line that a program printed to the line with paths of its fresh folder as those of the project,
 * which the files in it are copies of: `/…/scratch/train.py` becomes `train.py`.
 *
 * @param folders the absolute paths by which a program may know the folder
 */
export declare function projectPathsIn(folders: readonly string[]): (line: string) => string;
