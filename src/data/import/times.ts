import { sqlText } from '../../tables/database.js';

export type TimeUnit =
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'nanoseconds'
  | 'days'
  | 'serial_days'
  | 'iso';

/** How times are written: in a unit, or by strptime's letters. */
export type TimeForm = TimeUnit | { readonly dateFormat: string };

// From 1899-12-30, where spreadsheets begin to count, to 1970.
const serialDaysOf1970 = 25_569;

/** SQL for the seconds since 1970 of a number. */
export function secondsOfNumber(number: string, unit: TimeUnit): string {
  switch (unit) {
    case 'milliseconds':
      return `(${number}) / 1000`;
    case 'microseconds':
      return `(${number}) / 1000000`;
    case 'nanoseconds':
      return `(${number}) / 1000000000`;
    case 'days':
      return `(${number}) * 86400`;
    case 'serial_days':
      return `((${number}) - ${serialDaysOf1970}) * 86400`;
    case 'seconds':
    case 'iso':
      return number;
  }
}

/** SQL for the seconds since 1970 of a text, null where it is no such time; needs the macros of epoch-seconds.sql. */
export function secondsOfText(text: string, form: TimeForm): string {
  if (typeof form === 'object') return `epoch(try_strptime(${text}, ${sqlText(form.dateFormat)}))`;
  if (form === 'iso') return `iso_seconds(${text})`;
  // DuckDB passes over underscores among digits, which most readers take for no number.
  return secondsOfNumber(`CASE WHEN NOT contains(${text}, '_') THEN try_cast(${text} AS DOUBLE) END`, form);
}

/** Whether times are written as numbers. */
export function isNumber(form: TimeForm): boolean {
  return typeof form === 'string' && form !== 'iso';
}

/** What the times have to be, for a message. */
export function describeForm(form: TimeForm): string {
  return typeof form === 'object' ? `in the form ${form.dateFormat}` : `in ${form.replace('_', ' ')}`;
}

/** A time for people, in UTC; seconds where it counts from a beginning of its own. */
export function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} s`;
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** Whether times count from a beginning of their own, as where the first event is at 0. */
export function isRelative(first: number, last: number): boolean {
  return first >= 0 && first < 1000 && last < earliest;
}

const earliest = Date.UTC(1990, 0) / 1000;
/** What a number is taken for must not depend on the day. */
const latest = Date.UTC(2100, 0) / 1000;

/** Whether a cell of text is a time since 1990 beyond doubt: a date, or a number of seconds or smaller units. */
export function isLikelyTime(cell: string): boolean {
  const text = cell.trim();
  if (/^(?:19|20)\d{2}(?:([-/])\d{1,2}\1\d{1,2}(?:[T ]|$)|\d{4}T\d{2})/.test(text)) return true;
  const number = /^\d{9,}(?:[.,]\d*)?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN;
  return [1, 1e3, 1e6, 1e9].some((perSecond) => number > earliest * perSecond && number < latest * perSecond);
}

/** The same, where the form of dates may be given. */
export function isTimeCell(cell: string, { datePattern }: { readonly datePattern?: RegExp }): boolean {
  return datePattern === undefined ? isLikelyTime(cell) : datePattern.test(cell);
}

/** What is unlikely about times. */
export interface Doubt {
  /** From when to when they run. */
  readonly span: string;
  /** What they look like, and the parameter that reads them so; where that can be told. */
  readonly likely?: { readonly what: string; readonly write: string };
}

/**
 * What is wrong with times between these two; undefined where they may well be right.
 *
 * @param numbers the smallest and largest number in the file, where its times are numbers
 * @param now seconds since 1970
 */
export function implausibleTimes(
  first: number,
  last: number,
  numbers: { readonly first: number; readonly last: number; readonly unit: TimeUnit } | undefined,
  now: number,
): Doubt | undefined {
  if (isRelative(first, last)) return undefined;
  if (first >= earliest && last < now + 366 * 86_400) return undefined;
  const form = numbers === undefined ? undefined : likelyForm(numbers.first, numbers.last, now);
  const span = `times run from ${formatTime(first)} to ${formatTime(last)}`;
  if (form === undefined || form.unit === numbers?.unit) return { span };
  return { span, likely: { what: `${numbers?.first} looks like ${form.what}`, write: form.write } };
}

/** What numbers in this range are as times, where that tells. */
function likelyForm(
  first: number,
  last: number,
  now: number,
): { readonly what: string; readonly write: string; readonly unit?: TimeUnit } | undefined {
  const within = (low: number, high: number) => first >= low && last <= high;
  const year = new Date(now * 1000).getUTCFullYear() + 1;
  if (within(1900, year)) return { what: 'a year', write: "date_format: '%Y'" };
  if (within(1900_01_01, (year + 1) * 10_000)) return { what: 'yyyymmdd', write: "date_format: '%Y%m%d'" };
  if (within(1900_01_01_000_000, (year + 1) * 1e10))
    return { what: 'yyyymmddHHMMSS', write: "date_format: '%Y%m%d%H%M%S'" };
  const units = [
    ['days', 86_400, 'days since 1970', 0],
    ['serial_days', 86_400, 'the days of a spreadsheet', serialDaysOf1970],
    ['seconds', 1, 'seconds', 0],
    ['milliseconds', 1e-3, 'milliseconds', 0],
    ['microseconds', 1e-6, 'microseconds', 0],
    ['nanoseconds', 1e-9, 'nanoseconds', 0],
  ] as const;
  for (const [unit, seconds, what, offset] of units) {
    if (within(earliest / seconds + offset, (now + 366 * 86_400) / seconds + offset))
      return { what, write: `time_unit: ${unit}`, unit };
  }
  return undefined;
}

/** In what steps floating-point numbers of 32 or 16 bits can tell times of this size apart, in the file's unit. */
export function floatResolution(largest: number, bits: 32 | 16): number {
  const fraction = bits === 32 ? 23 : 10;
  return largest === 0 ? 0 : 2 ** (Math.floor(Math.log2(Math.abs(largest))) - fraction);
}

/** The number that stands for these seconds in a unit, as it is likely to have been written. */
export function numberOfSeconds(seconds: number, unit: TimeUnit): number {
  const perSecond = { milliseconds: 1e3, microseconds: 1e6, nanoseconds: 1e9, days: 1 / 86_400 }[
    unit as 'days'
  ];
  if (unit === 'serial_days') return seconds / 86_400 + serialDaysOf1970;
  return perSecond === undefined ? seconds : seconds * perSecond;
}

/** SQL for whether a time, as text, has digits that seconds in 64 bits, or the microseconds of a date, cannot hold. */
export function losesDigits(text: string, form: TimeForm): string {
  if (typeof form === 'object' || form === 'iso') return `regexp_matches(${text}, '[.,]\\d{6}\\d*[1-9]')`;
  return `regexp_matches(${text}, '^\\s*[+-]?[\\d.]+\\s*$') AND length(trim(replace(${text}, '.', ''), ' +-0')) > 17`;
}
