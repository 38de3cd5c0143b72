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

/** What the rows that are kept are, as a whole. */
export interface Found {
  readonly rows: number;
  readonly first: number;
  readonly last: number;
  readonly users: Ids;
  readonly items: Ids;
}

/** How many ids there are, and in how many rows a word stands that often is no value. */
interface Ids {
  readonly count: number;
  readonly nulls: number;
  readonly word: string;
}

/** Looks at a table of the rows that are kept. */
export async function surveyRows({ database }: ImportTarget, table: string): Promise<Found> {
  const words = nullWords.map(sqlText).join(', ');
  const idsOf = async (column: string): Promise<Ids> => {
    const [found] = await database.rows(
      `SELECT count(*) AS count, coalesce(sum(rows) FILTER (id IN (${words})), 0)::BIGINT AS nulls,
         min(id) FILTER (id IN (${words})) AS word
       FROM (SELECT ${column} AS id, count(*) AS rows FROM ${table} GROUP BY id)`,
    );
    return {
      count: Number(found?.['count']),
      nulls: Number(found?.['nulls']),
      word: String(found?.['word']),
    };
  };
  const [times] = await database.rows(
    `SELECT count(*) AS rows, min(timestamp) AS first, max(timestamp) AS last FROM ${table}`,
  );
  return {
    rows: Number(times?.['rows']),
    first: Number(times?.['first']),
    last: Number(times?.['last']),
    users: await idsOf('user_id'),
    items: await idsOf('item_id'),
  };
}

/**
 * What was read, in one line: rows, users, items, first and last time, rows left out and why.
 *
 * @throws FailureError `bad-data` where there are no rows, or where their times cannot be seconds
 */
export function describeImport(
  target: ImportTarget,
  { rows, first, last, users, items }: Found,
  file: string,
  leftOut: readonly LeftOut[],
): string {
  const out = leftOut.reduce((sum, { count }) => sum + count, 0);
  const why = leftOut.map((one) =>
    one.count === 1 ? `${one.why} (${one.place})` : `${one.count} times ${one.why} (first ${one.place})`,
  );
  const leftOutText = out === 0 ? '' : `; ${formatCount(out, 'row')} left out: ${why.join(', ')}`;
  if (rows === 0) {
    throw badData(file, `holds no interaction that can be read${leftOutText}`, {
      hint: 'see the parameters of data.import',
    });
  }
  if (last > latestSecond) {
    throw badData(file, `times reach ${last} seconds after 1970`, {
      hint: implausible(target, first, last) ?? 'say time_unit: milliseconds or microseconds',
    });
  }
  const times = isRelative(first, last)
    ? `times ${first} to ${last} s`
    : `${formatTime(first)} to ${formatTime(last)} UTC`;
  const counts = [
    formatCount(rows, 'row'),
    formatCount(users.count, 'user'),
    formatCount(items.count, 'item'),
  ];
  return `${counts.join(', ')}, ${times}${leftOutText}`;
}

/** What people should look at in what was read. */
export function warningsOf(
  target: ImportTarget,
  { first, last, users, items }: Found,
  texts: readonly { readonly file: string; readonly split: RecordSplitter }[],
): readonly string[] {
  const times = implausible(target, first, last);
  const named = Object.entries({ user: users, item: items }).flatMap(([role, { nulls, word }]) =>
    nulls === 0
      ? []
      : [
          `${formatCount(nulls, 'row')} with the ${role} ${word}, taken as any other; if it stands for no value, say null_values: [${JSON.stringify(word)}]`,
        ],
  );
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
