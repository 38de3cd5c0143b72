import { formatCount } from '../../base/quantities.js';
import { badData } from '../../tables/bad-data.js';
import { sqlText } from '../../tables/database.js';
import { plainName, roleOfUsualName, roles, usualColumnNames } from './column-places.js';
import type { ImportTarget } from './import-target.js';
import { recordsOfRows, type TextPart } from './import-text.js';

const namedAgain = 'the columns are named again';

/**
 * Looks among the rows whose time cannot be read for those that name the columns, as files that were joined have them,
 * and gives them that as their problem.
 *
 * @param rows those of the part within the target: from the first, up to before the second
 * @throws FailureError `bad-data` where the columns are in other places from there on
 */
export async function findSecondHeaders(
  { database }: ImportTarget,
  part: TextPart,
  [first, end]: readonly [number, number],
): Promise<void> {
  const { file, format, places } = part;
  if (format.format === 'jsonl') return;
  const titles = format.header ? format.columnNames.map(plainName) : [];
  const words = [...new Set([...titles, ...usualColumnNames])].map(sqlText).join(', ');
  const found = await database.rows(
    `SELECT row FROM problems
     WHERE row >= ${first} AND row < ${end}
       AND regexp_replace(lower(trim(regexp_extract(problem, '^time (.+?) (?:is not|names a) ', 1))), ':(token|float)(_seq)?$', '') IN (${words})
     ORDER BY row`,
  );
  if (found.length === 0) return;
  const again: number[] = [];
  for (const { row, line, cells } of await recordsOfRows(
    part,
    found.map((one) => Number(one['row']) - first),
  )) {
    const names = roles.map((role) => plainName(cells[role]));
    const own = roles.map((role) => titles[places[role].index]);
    const isName = (name: string) => titles.includes(name) || roleOfUsualName(name) !== undefined;
    // A word in the place of the time and nothing else is a bad time.
    if (names.filter(isName).length < 2) continue;
    if (!format.header) {
      throw badData(file, `the columns are named here, below ${formatCount(row, 'row')} without a header`, {
        line,
        hint: 'take out what stands above, or name it by comment',
      });
    }
    if (names.some((name, index) => name !== own[index])) {
      throw badData(
        file,
        `${namedAgain}, and not as they stood before: ${names.join(', ')} for user, item, time`,
        {
          line,
          hint: 'files were joined whose columns differ: take them apart, and read them as parts in a folder',
        },
      );
    }
    again.push(first + row);
  }
  if (again.length === 0) return;
  await database.run(
    `UPDATE problems SET problem = ${sqlText(namedAgain)} WHERE row IN (${again.join(', ')})`,
  );
}
