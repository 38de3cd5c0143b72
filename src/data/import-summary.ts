import { formatCount } from '../base/quantities.js';
import { badData } from '../tables/bad-data.js';
import { sqlText } from '../tables/database.js';
import type { ImportTarget } from './import-target.js';
import { nullWords } from './interaction-format.js';
import type { RecordSplitter } from './split-records.js';
import { formatTime, implausibleTimes, isRelative, numberOfSeconds } from './times.js';

/** Rows that are left out for one reason, and where the first is. */
export interface LeftOut {
  readonly why: string;
  readonly count: number;
  readonly place: string;
}

// The year 5138: whatever is later was counted in something smaller than seconds.
const latestSecond = 1e11;

/**
 * What was read, in one line: rows, users, items, first and last time, rows left out and why.
 *
 * @param table of the rows that are kept
 * @throws FailureError `bad-data` where there are none, or where their times cannot be seconds
 */
export async function describeImport(
  target: ImportTarget,
  table: string,
  file: string,
  leftOut: readonly LeftOut[],
): Promise<string> {
  const [found] = await target.database.rows(
    `SELECT count(*) AS rows, count(DISTINCT user_id) AS users, count(DISTINCT item_id) AS items,
       min(timestamp) AS first, max(timestamp) AS last FROM ${table}`,
  );
  const number = (name: string) => Number(found?.[name]);
  const out = leftOut.reduce((sum, { count }) => sum + count, 0);
  const why = leftOut.map(
    (one) =>
      `${one.count === 1 ? '' : `${one.count} times `}${one.why} (${one.count === 1 ? '' : 'first '}${one.place})`,
  );
  const leftOutText = out === 0 ? '' : `; ${formatCount(out, 'row')} left out: ${why.join(', ')}`;
  if (number('rows') === 0) {
    throw badData(file, `holds no interaction that can be read${leftOutText}`, {
      hint: 'see the parameters of data.import',
    });
  }
  const [first, last] = [number('first'), number('last')];
  if (last > latestSecond) {
    const better = implausible(target, first, last);
    throw badData(file, `times reach ${last} seconds after 1970`, {
      hint: better ?? 'say time_unit: milliseconds or microseconds',
    });
  }
  const times = isRelative(first, last)
    ? `times ${first} to ${last} s`
    : `${formatTime(first)} to ${formatTime(last)} UTC`;
  const counts = [
    formatCount(number('rows'), 'row'),
    formatCount(number('users'), 'user'),
    formatCount(number('items'), 'item'),
  ];
  return `${counts.join(', ')}, ${times}${leftOutText}`;
}

/** What people should look at in what was read. */
export async function warningsOf(
  target: ImportTarget,
  table: string,
  texts: readonly { readonly file: string; readonly split: RecordSplitter }[],
): Promise<readonly string[]> {
  const words = nullWords.map(sqlText).join(', ');
  const [found] = await target.database.rows(
    `SELECT min(timestamp) AS first, max(timestamp) AS last,
       count(*) FILTER (user_id IN (${words})) AS users, min(user_id) FILTER (user_id IN (${words})) AS user,
       count(*) FILTER (item_id IN (${words})) AS items, min(item_id) FILTER (item_id IN (${words})) AS item
     FROM ${table}`,
  );
  const times = implausible(target, Number(found?.['first']), Number(found?.['last']));
  const named = (['user', 'item'] as const).flatMap((role) => {
    const count = Number(found?.[`${role}s`]);
    if (count === 0) return [];
    const word = String(found?.[role]);
    return [
      `${formatCount(count, 'row')} with the ${role} ${word}, taken as any other; if it stands for no value, say null_values: [${JSON.stringify(word)}]`,
    ];
  });
  return [
    ...(times === undefined ? [] : [times]),
    ...named,
    ...texts.flatMap(({ file, split }) => ofText(file, split)),
  ];
}

function ofText(file: string, { severalLines, ragged }: RecordSplitter): string[] {
  const warnings: string[] = [];
  if (severalLines !== undefined) {
    const { count, line, last } = severalLines;
    warnings.push(
      `${formatCount(count, 'row')} of ${file} ${count === 1 ? 'has' : 'have'} quoted cells that span lines, the first from line ${line} to ${last}; where a quotation mark means nothing, say quote: none`,
    );
  }
  if (ragged !== undefined) {
    warnings.push(
      `${formatCount(ragged.count, 'row')} of ${file} ${ragged.count === 1 ? 'has' : 'have'} another number of cells than there are columns, the first on line ${ragged.line}; only the columns asked for were read`,
    );
  }
  return warnings;
}

function implausible({ form, hasPlainTimes }: ImportTarget, first: number, last: number): string | undefined {
  const unit = hasPlainTimes && typeof form === 'string' && form !== 'iso' ? form : undefined;
  const numbers =
    unit === undefined
      ? undefined
      : { first: numberOfSeconds(first, unit), last: numberOfSeconds(last, unit), unit };
  return implausibleTimes(first, last, numbers, Date.now() / 1000);
}
