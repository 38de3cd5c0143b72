import { formatCount } from '../../base/quantities.js';
import { badData } from '../../tables/bad-data.js';
import { type ColumnPlaces, type ColumnRole, roles } from './column-places.js';
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
export function warningsOfFormat(
  file: string,
  format: InteractionFormat,
  places: ColumnPlaces,
  { columns }: AskedFormat,
): readonly FormatWarning[] {
  const warnings: FormatWarning[] = [];
  const { guessedHeader, rowAbove, rowNames, twofoldNames } = format;
  if (guessedHeader !== undefined) {
    warnings.push({
      about: 'header',
      text: `line ${guessedHeader.line} of ${file} was taken for a header, ${JSON.stringify(guessedHeader.text.slice(0, 80))}; say header: true if it is one, header: false if it is a row`,
    });
  }
  if (rowAbove !== undefined) {
    warnings.push({
      about: 'row above',
      text: `line ${rowAbove.line} of ${file} was passed over as a comment and looks like a row, ${JSON.stringify(rowAbove.text.slice(0, 80))}; if it is one, say comment: none`,
    });
  }
  const isByPosition = roles.every((role) => typeof columns[role] === 'number');
  if (rowNames?.header === 'unnamed' && format.layout?.ragged === 'refuse' && !isByPosition) {
    const { columns: more, moveTimes } = rowNames;
    const positions = roles.map((role) => `${role}: ${places[role].index + 1 + more}`).join(', ');
    throw badData(
      file,
      moveTimes
        ? `rows have ${formatCount(more, 'cell')} more than the header, and their times stand that much further on than their title: they begin with names of their own, as R writes`
        : 'rows have 1 cell more than the header: either they begin with a name of their own, as R writes, or something follows at the end',
      {
        hint: `${moveTimes ? 'say where the columns are' : 'say which'}: columns: { ${positions} }${moveTimes ? '' : ', or ragged_rows: accept'}`,
      },
    );
  }
  const first = roles.find((role) => Number(columns[role]) <= (rowNames?.columns ?? 0));
  if (first !== undefined) {
    warnings.push({
      about: 'row names',
      text: `column ${columns[first]} of ${file}, taken for the ${first}, has no title of its own, as the numbers of rows that R and pandas write: positions count it too`,
    });
  }
  for (const role of roles) {
    const name = columns[role];
    if (typeof name === 'string' && twofoldNames.includes(name))
      warnings.push({ about: `twofold ${role}`, text: twofoldName(file, role, name) });
  }
  return warnings;
}

/** That a name was taken for a column's, which is a path as well. */
export function twofoldName(file: string, role: ColumnRole, name: string): string {
  const [top, ...below] = name.split('.');
  return `${file} has both ${JSON.stringify(name)} and ${below.join('.')} inside ${top}: the first was taken for the ${role}; rename it if the second is meant`;
}
