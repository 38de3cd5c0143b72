/**
 * A function from a line that a program printed to the line with paths of its fresh folder as those of the project,
 * which the files in it are copies of: `/…/scratch/train.py` becomes `train.py`.
 *
 * @param folders the absolute paths by which a program may know the folder
 */
export function projectPathsIn(folders: readonly string[]): (line: string) => string {
  const known = [...new Set(folders)].sort((one, other) => other.length - one.length);
  const names = known.map((folder) => folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  // Not that of a neighbour whose name only begins the same; a slash goes where a name follows.
  const pattern = new RegExp(`(?:file://)?(?:${names})(?![\\w.@-])(/(?=[\\w.@~+-]))?`, 'g');
  return (line) =>
    known.some((folder) => line.includes(folder))
      ? line.replace(pattern, (_, slash?: string) => (slash === undefined ? '.' : ''))
      : line;
}
