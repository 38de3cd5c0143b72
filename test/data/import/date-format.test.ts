import fc from 'fast-check';
import { expect, test } from 'vitest';
import { datePattern, problemOfDateFormat } from '../../../src/data/import/date-format.js';
import { sqlText, withDatabase } from '../../../src/tables/database.js';

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%1#'];

test('letters are known as far as DuckDB reads them, with a minus and without', async () => {
  const known = (part: string) => problemOfDateFormat(`%Y %p ${part}`) === undefined;
  await withDatabase({ threads: 1 }, async (database) => {
    for (const part of [...letters.map((one) => `%${one}`), ...letters.map((one) => `%-${one}`), '%']) {
      const read = database.rows(`SELECT try_strptime('x', ${sqlText(`%Y %p ${part}`)})`);
      const isRead = await read.then(
        () => true,
        () => false,
      );
      // Names of time zones would be looked up in a table that changes; a % with a minus stands for nothing.
      if (part !== '%Z' && part !== '%-%') expect([part, known(part)]).toEqual([part, isRead]);
    }
  });
});

test.each([
  ['%s', 'date_format cannot read %s: for numbers since 1970 write time_unit: seconds'],
  ['%Y-%m-%dT%H:%M:%S.%Q', 'date_format cannot read %Q: milliseconds are %g, as digits behind a point %f'],
  ['%Y-%m-%d %Z', 'date_format cannot read names of time zones (%Z): only offsets (%z)'],
  ['%Y-%m-%d %I:%M', 'date_format reads the hours of a 12-hour clock (%I) without their half of the day'],
  ['%d.%m.', 'date_format reads no year'],
  ['%Y%', 'date_format cannot read a % at its end'],
])('the format %s is objected to', (format, problem) => {
  expect(problemOfDateFormat(format)).toContain(problem);
});

test('whatever DuckDB writes in a format and reads again looks like a date in it', async () => {
  const pieces = [
    '%Y',
    '%m',
    '%d',
    '%H',
    '%M',
    '%S',
    '%b',
    '%B',
    '%a',
    '%j',
    '%p',
    '%I',
    '%f',
    '%-d',
    '%y',
    '%%',
  ];
  const formats = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 });
  const dividers = fc.constantFrom(' ', '-', '/', ', ', '.', ' [', '|');
  const seconds = fc.integer({ min: 0, max: 2_000_000_000 });
  await withDatabase({ threads: 1 }, async (database) => {
    await fc.assert(
      fc.asyncProperty(formats, dividers, seconds, async (parts, divider, at) => {
        const format = parts.join(divider);
        const [row] = await database.rows(
          `SELECT strftime(make_timestamp(${at}000000::BIGINT), ${sqlText(format)}) AS text`,
        );
        expect(datePattern(format).test(String(row?.['text']))).toBe(true);
        expect(datePattern(format).test(`${row?.['text']}x`)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
