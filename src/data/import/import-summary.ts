import { formatCount } from '../../base/quantities.js';
import { badData } from '../../tables/bad-data.js';
import { sqlText } from '../../tables/database.js';
import { nullWords } from './column-places.js';
import type { ImportTarget } from './import-target.js';
import type { RecordSplitter } from './split-records.js';
import { type Doubt, formatTime, implausibleTimes, isRelative, numberOfSeconds } from './times.js';

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
  /** How many times lie below 1,000 s, and the first of the others; null where there is none. */
  readonly early: { readonly count: number; readonly next: number | null };
  readonly users: Ids;
  readonly items: Ids;
}

/** How many ids there are, and which of them are suspicious. */
interface Ids {
  readonly count: number;
  /** Words that often are no value, and in how many rows each stands. */
  readonly nulls: readonly { readonly word: string; readonly rows: number }[];
  /** Whole numbers with a point: how many, and one of them. */
  readonly floats: { readonly count: number; readonly example: string };
  /** Numbers as spreadsheets shorten them, 1.2E+12: how many, and one of them. */
  readonly shortened: { readonly count: number; readonly example: string };
  /** How many begin with a byte order mark, which is not seen. */
  readonly marked: number;
}

/** Looks at a table of the rows that are kept. */
export async function surveyRows({ database }: ImportTarget, table: string): Promise<Found> {
  const words = nullWords.map(sqlText).join(', ');
  const idsOf = async (column: string): Promise<Ids> => {
    const [found] = await database.rows(
      `SELECT count(*) AS count,
         to_json(list({word: id, rows: rows} ORDER BY rows DESC, id) FILTER (is_null))::VARCHAR AS nulls,
         count(*) FILTER (is_float) AS floats, min(id) FILTER (is_float) AS float,
         count(*) FILTER (is_shortened) AS shortened, min(id) FILTER (is_shortened) AS short,
         count(*) FILTER (prefix(id, chr(65279))) AS marked
       FROM (SELECT ${column} AS id, count(*) AS rows, id IN (${words}) AS is_null,
           suffix(id, '.0') AND regexp_full_match(id, '-?\\d+\\.0') AS is_float,
           contains(id, '+') AND regexp_full_match(id, '-?\\d+([.,]\\d+)?[eE]\\+\\d+') AS is_shortened
         FROM ${table} GROUP BY id)`,
    );
    return {
      count: Number(found?.['count']),
      nulls: JSON.parse(String(found?.['nulls'] ?? '[]')) as Ids['nulls'],
      floats: { count: Number(found?.['floats']), example: String(found?.['float']) },
      shortened: { count: Number(found?.['shortened']), example: String(found?.['short']) },
      marked: Number(found?.['marked']),
    };
  };
  const [times] = await database.rows(
    `SELECT count(*) AS rows, min(timestamp) AS first, max(timestamp) AS last FROM ${table}`,
  );
  const [early] =
    Number(times?.['first']) < 1000
      ? await database.rows(
          `SELECT count(*) FILTER (timestamp < 1000) AS count, min(timestamp) FILTER (timestamp >= 1000) AS next FROM ${table}`,
        )
      : [{ count: 0, next: times?.['first'] }];
  return {
    rows: Number(times?.['rows']),
    first: Number(times?.['first']),
    last: Number(times?.['last']),
    early: { count: Number(early?.['count']), next: early?.['next'] == null ? null : Number(early['next']) },
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
  found: Found,
  file: string,
  leftOut: readonly LeftOut[],
): string {
  const { rows, first, last, users, items } = found;
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
  const doubt = doubtOf(target, found);
  if (last > latestSecond) {
    throw badData(file, `times reach ${last} seconds after 1970`, {
      hint: doubt === undefined ? 'say time_unit: milliseconds or microseconds' : describeDoubt(doubt),
    });
  }
  if (doubt?.likely !== undefined && !target.isFormAsked) {
    throw badData(file, `as seconds since 1970, ${doubt.span}`, {
      hint: `${doubt.likely.what}: write ${doubt.likely.write}; if they are seconds, time_unit: seconds`,
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
  found: Found,
  texts: readonly { readonly file: string; readonly split: RecordSplitter }[],
): readonly string[] {
  const { users, items } = found;
  const doubt = doubtOf(target, found);
  const { lostDigits } = target;
  return [
    ...(doubt === undefined ? [] : [describeDoubt(doubt)]),
    ...(lostDigits === undefined
      ? []
      : [`times have more digits than are kept, such as ${lostDigits}: what is below a microsecond is lost`]),
    ...ofIds('user', users),
    ...ofIds('item', items),
    ...texts.flatMap(({ file, split }) => ofText(file, split)),
  ];
}

function ofIds(role: string, { count, nulls, floats, shortened, marked }: Ids): string[] {
  const warnings: string[] = [];
  if (marked > 0) {
    warnings.push(
      `${formatCount(marked, role)} of ${count} ${marked === 1 ? 'begins' : 'begin'} with a byte order mark (U+FEFF), which nobody sees, and so ${marked === 1 ? 'is' : 'are'} others than without it: where files were joined, take it out of each`,
    );
  }
  const [first, ...others] = nulls;
  if (first !== undefined) {
    const rows = formatCount(
      nulls.reduce((sum, one) => sum + one.rows, 0),
      'row',
    );
    const words = nulls.map(({ word }) => JSON.stringify(word)).join(', ');
    const list = nulls.map((one) => `${one.word} (${one.rows})`).join(', ');
    warnings.push(
      others.length === 0
        ? `${rows} with the ${role} ${first.word}, taken as any other; if it stands for no value, say null_values: [${words}]`
        : `${rows} with the ${role}s ${list}, taken as any others; if they stand for no value, say null_values: [${words}]`,
    );
  }
  if (floats.count > 0) {
    const are = floats.count === 1 ? 'is a whole number' : 'are whole numbers';
    warnings.push(
      `${formatCount(floats.count, role)} of ${count} ${are} with a point, such as ${floats.example}: it is another ${role} than ${floats.example.replace('.0', '')}`,
    );
  }
  if (shortened.count > 0) {
    warnings.push(
      `${formatCount(shortened.count, role)} of ${count} ${shortened.count === 1 ? 'is a number' : 'are numbers'} as spreadsheets shorten them, such as ${shortened.example}: several may have become one; export the column as text`,
    );
  }
  return warnings;
}

function ofText(file: string, { severalLines, ragged, commentLike }: RecordSplitter): string[] {
  const warnings: string[] = [];
  if (severalLines !== undefined) {
    const { count, line, last } = severalLines;
    warnings.push(
      `${formatCount(count, 'row')} of ${file} ${count === 1 ? 'has' : 'have'} quoted cells that span lines, the first from line ${line} to ${last}; where a quotation mark means nothing, say quote: none`,
    );
  }
  if (commentLike !== undefined) {
    warnings.push(
      `${formatCount(commentLike.count, 'row')} of ${file} ${commentLike.count === 1 ? 'begins' : 'begin'} with #, the first on line ${commentLike.line}, and ${commentLike.count === 1 ? 'was' : 'were'} read as any other; if they are comments, say comment: '#'`,
    );
  }
  if (ragged !== undefined) {
    warnings.push(
      `${formatCount(ragged.count, 'row')} of ${file} ${ragged.count === 1 ? 'has' : 'have'} another number of cells than there are columns, the first on line ${ragged.line}; only the columns asked for were read`,
    );
  }
  return warnings;
}

function describeDoubt({ span, likely }: Doubt): string {
  const advice =
    likely === undefined ? 'see time_unit and date_format' : `${likely.what}; write ${likely.write}`;
  return `${span}, which is unlikely: ${advice}`;
}

function doubtOf(target: ImportTarget, { rows, first, last, early }: Found): Doubt | undefined {
  if (!isRelative(first, last) || early.next === null || early.count * 2 > rows) {
    return doubtBetween(target, first, last);
  }
  // A few zeros, which stand for no time, do not make all others count from a beginning of their own.
  const doubt = doubtBetween(target, early.next, last);
  return doubt?.likely === undefined ? undefined : doubt;
}

function doubtBetween({ form, hasPlainTimes }: ImportTarget, first: number, last: number): Doubt | undefined {
  const unit = hasPlainTimes && typeof form === 'string' && form !== 'iso' ? form : undefined;
  const numbers =
    unit === undefined
      ? undefined
      : { first: numberOfSeconds(first, unit), last: numberOfSeconds(last, unit), unit };
  return implausibleTimes(first, last, numbers, Date.now() / 1000);
}
