import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { dataImport } from '../../../src/kinds/data/data-import.js';
import { withDatabase } from '../../../src/tables/database.js';
import { failureOf, rowsOf, runKind, temporaryFolder } from '../../support/run-kind.js';

async function imported(times: readonly string[], parameters: JsonObject = {}) {
  const root = temporaryFolder();
  const rows = times.map((time, index) => `"u1","i${index}","${time}"\n`);
  writeFileSync(join(root, 'events'), `user,item,time\n${rows.join('')}`);
  const run = await runKind(dataImport, { root, with: { path: 'events', ...parameters } });
  const read = await rowsOf(run.path('interactions'));
  return { times: read.map(({ timestamp }) => timestamp), said: run.logged };
}

const noon = Date.UTC(2014, 3, 7, 12) / 1000;

test.each([
  ['2014-04-07T12:00:00Z', noon],
  ['2014-04-07 12:00:00', noon],
  ['2014-04-07T12:00Z', noon],
  ['2014-04-07T12Z', noon],
  ['2014-04-07T12:00', noon],
  ['2014-04-07', noon - 43_200],
  ['20140407T120000Z', noon],
  ['20140407T1200', noon],
  ['20140407', noon - 43_200],
  ['2014-04-07T20:00:00+08', noon],
  ['2014-04-07T20:00:00+0800', noon],
  ['2014-04-07T20:00+08:00', noon],
  ['2014-04-07 20:00:00 +08:00', noon],
  ['20140407T200000+0800', noon],
  ['2014-04-07T08:30:00.25-03:30', noon + 0.25],
  ['2014-04-07T12:00:00,5Z', noon + 0.5],
  ['2014-04-07T12:00:00.123456789Z', noon + 0.123456],
  ['2014-04-07 12:00:00 UTC', noon],
  ['2014-04-06T24:00:00Z', noon - 43_200],
  ['2014/4/7 12:00', noon],
])('%s is read as ISO 8601', async (text, seconds) => {
  const { times } = await imported([text], { time_unit: 'iso' });
  expect(times).toEqual([seconds]);
});

test('every form of a date gives what Date gives, whatever stands in the rows around it', async () => {
  const dates = Array.from(
    { length: 40 },
    (_, index) => new Date(Date.UTC(1991, 2, 28) + index * 12_345_678_901),
  );
  const forms = [
    (date: Date) => date.toISOString(),
    (date: Date) => date.toISOString().replace('T', ' ').replace('Z', ''),
    (date: Date) => date.toISOString().replaceAll(/[-:]/g, ''),
    (date: Date) => new Date(date.getTime() + 19_800_000).toISOString().replace('Z', '+05:30'),
    (date: Date) => new Date(date.getTime() - 36_000_000).toISOString().replace('Z', '-10').replace('.', ','),
  ];
  const texts = dates.flatMap((date) => forms.map((form) => form(date)));
  const { times } = await imported(texts, { time_unit: 'iso' });
  expect(times).toEqual(dates.flatMap((date) => forms.map(() => date.getTime() / 1000)));
});

test('a time zone by name is refused, and reaches no other row', async () => {
  const texts = ['2014-04-07 10:50:00 Asia/Shanghai', '2014-04-07 10:51:00', '2014-04-07 10:52:00 PST'];
  const failure = await failureOf(imported(texts));
  expect(failure.message).toBe(
    'events:2: time 2014-04-07 10:50:00 Asia/Shanghai names a time zone: an offset such as +08:00 can be read',
  );
  expect((await imported(texts, { skip_bad_rows: true })).times).toEqual([1_396_867_860]);
});

test.each([
  '2014-02-30',
  '2014-04-07T25:00:00Z',
  '2014-04-07T12:61:00Z',
  '2014-04-07T12:00:00+99:00',
  '2014-04-07T12:00:00+08:75',
  '2014-W15-1',
  '2014-097',
  '20140407T12000',
  '07/04/2014',
  'soon',
])('%s is no time', async (text) => {
  const failure = await failureOf(imported(['2014-04-07', text]));
  expect(failure.message).toBe(`events:3: time ${text} is not in iso`);
});

test.each<[string, JsonObject]>([
  ['1396872000', {}],
  ['1396872000000', { time_unit: 'milliseconds' }],
  ['1396872000000000', { time_unit: 'microseconds' }],
  ['1396872000000000000', { time_unit: 'nanoseconds' }],
  ['16167.5', { time_unit: 'days' }],
  ['41736.5', { time_unit: 'serial_days' }],
  ['07.04.2014 12:00', { date_format: '%d.%m.%Y %H:%M' }],
  ['7 Apr 2014 20:00 +0800', { date_format: '%d %b %Y %H:%M %z' }],
])('%s is read with %j, and nothing is warned of', async (text, asked) => {
  const { times, said } = await imported([text], asked);
  expect(times).toEqual([noon]);
  expect(said).toEqual(['1 row, 1 user, 1 item, 2014-04-07 12:00:00 to 2014-04-07 12:00:00 UTC']);
});

test.each([
  ['20140407', "looks like yyyymmdd: write date_format: '%Y%m%d'"],
  ['16167', 'looks like days since 1970: write time_unit: days'],
  ['41736.5', 'looks like the days of a spreadsheet: write time_unit: serial_days'],
  ['2014', "looks like a year: write date_format: '%Y'"],
])(
  '%s is refused as seconds with what to write, what is written is read, and seconds asked for are warned of',
  async (text, advice) => {
    const failure = await failureOf(imported([text, text], { skip_bad_rows: true }));
    expect(failure.message).toMatch(/^events: as seconds since 1970, times run from 1970-/);
    expect(failure.hint).toContain(advice);
    expect(failure.hint).toContain('if they are seconds, time_unit: seconds');
    const { times, said } = await imported([text, text], { time_unit: 'seconds' });
    expect(times).toEqual([Number(text), Number(text)]);
    expect(said[1]).toMatch(/^warning: times run from 1970-.*which is unlikely/);
    const [, name = '', value = ''] = /write (\w+): '?([^';]+)'?;/.exec(failure.hint ?? '') ?? [];
    const again = await imported([text], { [name]: value });
    expect(again.said).toHaveLength(1);
    expect(again.said[0]).toContain('2014-');
  },
);

test.each([
  ['1396872000000000000', 'nanoseconds'],
  ['1396872000000', 'milliseconds'],
  ['1396872000000000', 'microseconds'],
  ['20140407120000', '%Y%m%d%H%M%S'],
])('%s is too late for seconds, and the failure says what it is', async (text, unit) => {
  const failure = await failureOf(imported([text]));
  expect(failure.message).toContain(`times reach ${Number(text)} seconds after 1970`);
  expect(failure.hint).toContain(unit);
});

test.each([
  ['2014-04-07T12:00:00.123456789Z', {}, noon + 0.123456],
  ['1396872000.123456789', {}, noon + 0.1234567],
  ['1396872000123456789', { time_unit: 'nanoseconds' }, noon + 0.1234567],
  ['07.04.2014 12:00:00.123456789', { date_format: '%d.%m.%Y %H:%M:%S.%n' }, noon + 0.123456],
])('that digits of %s are lost is said once', async (text, asked, seconds) => {
  const { times, said } = await imported([text, text], asked);
  expect(times[0]).toBeCloseTo(seconds, 6);
  expect(said.slice(1)).toEqual([
    `warning: times have more digits than are kept, such as ${text}: what is below a microsecond is lost`,
  ]);
});

test.each([
  ['2014-04-07T12:00:00.123456000Z', {}],
  ['1396872000.123456000', {}],
  ['1396872000.1234567', {}],
  ['1396872000123456000', { time_unit: 'nanoseconds' }],
])('no digit of %s is lost', async (text, asked) => {
  expect((await imported([text], asked)).said).toHaveLength(1);
});

test('a time with a decimal comma is called that, as the first or below others', async () => {
  for (const times of [
    ['1700000000,5', '1700000001'],
    ['1700000001', '1700000000,5'],
  ]) {
    const { message, details } = await failureOf(imported(times));
    expect([message, ...(details ?? [])]).toEqual([
      `events:${times.indexOf('1700000000,5') + 2}: time 1700000000,5 has a decimal comma: a point can be read`,
    ]);
  }
  expect((await failureOf(imported(['07/04/2014']))).hint).toContain('date_format');
});

test('times that begin near 0 count from a beginning of their own', async () => {
  const { said } = await imported(['0', '6.5', '2678373']);
  expect(said).toEqual(['3 rows, 1 user, 3 items, times 0 to 2678373 s']);
});

test('times of a parquet file are what is stored, to the last digit, and steps of FLOAT are warned of', async () => {
  const root = temporaryFolder();
  const write = async (name: string, time: string) =>
    await withDatabase({ threads: 1 }, (database) =>
      database.run(
        `COPY (SELECT 'u' AS user, 'i' AS item, ${time} AS time) TO '${join(root, name)}' (FORMAT parquet)`,
      ),
    );
  const read = async (name: string, parameters: JsonObject = {}) => {
    const run = await runKind(dataImport, { root, with: { path: name, ...parameters } });
    return {
      times: (await rowsOf(run.path('interactions'))).map(({ timestamp }) => timestamp),
      said: run.logged,
    };
  };
  await write('float', '1396867860::FLOAT');
  const float = await read('float');
  expect(float.times).toEqual([Math.fround(1_396_867_860)]);
  expect(float.said[1]).toContain('stored as FLOAT (32 bits), which near 1396867840 has steps of 128:');
  await write('double', '1396867860.1234567::DOUBLE');
  expect((await read('double')).times).toEqual([1_396_867_860.1234567]);
  await write('number', '20140407');
  expect((await read('number', { date_format: '%Y%m%d' })).times).toEqual([noon - 43_200]);
  await write('zoned', "TIMESTAMP '2014-04-07 12:00:00'");
  expect((await read('zoned')).times).toEqual([noon]);
  await write('clock', "TIME '12:00:00'");
  expect((await failureOf(read('clock'))).message).toContain('column time is of type TIME, which is no time');
});

test.each([
  ['2014-04-07 11:00 PM', 'is of a 12-hour clock, which only date_format reads', /'%Y-%m-%d %I:%M %p'/],
  ['4/7/2014 1:05 a.m.', 'is of a 12-hour clock, which only date_format reads', /'%Y-%m-%d %I:%M %p'/],
  ['1_396_872_000', 'is not in seconds', /^correct these rows/],
])('the time %s %s', async (time, problem, hint) => {
  const failure = await failureOf(imported([time]));
  expect(failure.message).toBe(`events:2: time ${time} ${problem}`);
  expect(failure.hint).toMatch(hint);
});

test('the time of a 12-hour clock is read by date_format', async () => {
  const asked = { date_format: '%Y-%m-%d %I:%M %p' };
  expect((await imported(['2014-04-07 12:00 PM', '2014-04-07 12:00 am'], asked)).times).toEqual([
    noon,
    noon - 43_200,
  ]);
});
