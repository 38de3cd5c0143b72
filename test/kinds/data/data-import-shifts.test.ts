import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { dataImport } from '../../../src/kinds/data/data-import.js';
import { failureOf, rowsOf, runKind, temporaryFolder } from '../../support/run-kind.js';

type Files = string | { readonly [path: string]: string };

/** Imports a file, or a folder of parts; rows as user, item, time. */
async function imported(files: Files, parameters: JsonObject = {}) {
  const root = temporaryFolder();
  for (const [path, content] of Object.entries(typeof files === 'string' ? { events: files } : files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const path = typeof files === 'string' ? 'events' : 'parts';
  const run = await runKind(dataImport, { root, with: { path, ...parameters } });
  const rows = await rowsOf(run.path('interactions'));
  return {
    rows: rows.map(({ user_id, item_id, timestamp }) => `${user_id} ${item_id} ${timestamp}`),
    said: run.logged.join('\n'),
  };
}

const refused = async (files: Files, parameters: JsonObject = {}) =>
  await failureOf(imported(files, parameters));

const positions = { columns: { user: 1, item: 2, time: 3 } };
const skipping = { skip_bad_rows: true };
const good = 'u0,x,1396872000\n';
const read = ['u0 x 1396872000'];

test('a number with commas between its thousands and without quotes gives no time, in one row or in all', async () => {
  const header = 'user,item,time\n';
  const bad = 'u1,y,1,396,872,000\n';
  const message = 'has 6 cells, not 3: a number is divided at the commas between its thousands';
  const failure = await refused(header + good + bad);
  expect(failure.message).toBe(`events:3: ${message}`);
  expect(failure.hint).toMatch(/^write numbers without commas between their thousands/);
  for (const asked of [{}, positions, { ragged_rows: 'accept' }]) {
    expect((await refused(header + bad + bad, asked)).message).toBe(`events:2: ${message}`);
    const { rows, said } = await imported(header + good + bad + bad, { ...asked, ...skipping });
    expect(rows).toEqual(read);
    expect(said).toContain(`2 rows left out: 2 times ${message} (first events:3)`);
  }
  expect((await refused(bad + bad, positions)).message).toBe(
    'events: its times have commas between their thousands, which divide them into several cells',
  );
  expect((await refused(`user,item,time,title\nu1,y,1,396,872,000,a\n`)).message).toContain(
    'has 7 cells, not 4',
  );
  expect((await refused(`user,item,time\nu1,y,"1,396,872,000"\n`)).message).toBe(
    'events:2: time 1,396,872,000 has commas between its thousands',
  );
});

test('rows longer than the header are read where the times tell that nothing stands in another place', async () => {
  const features = 'user,item,time,label,features\n0,5,0.0,0,-0.1,0.2,0.3\n0,6,6.0,1,0.1,0.2\n';
  expect((await imported(features)).rows).toEqual(['0 5 0', '0 6 6']);
  // Of another column, the numbers do not grow.
  const names = 'user,item,time,label\n7,0,9,0.0,0\n7,0,5,6.0,0\n';
  expect((await refused(names)).message).toBe('events:2: has 5 cells, not 4');
  // Behind the time, nothing tells.
  const behind = 'time,user,item\n1396872000,u0,Intro, part 2\n1396872001,u0,Intro, part 3\n';
  expect((await refused(behind)).message).toBe('events:2: has 4 cells, not 3');
  const late = `user,item,time,title\n${'u0,x,1396872000,a,b\n'.repeat(120)}u1,Intro, part 2,7,a,b\n`;
  expect((await refused(late)).message).toBe(
    'events:122: has 6 cells, not 4: no time stands where the first rows have it',
  );
  expect((await imported(late, skipping)).rows).toHaveLength(120);
  const dates = 'user,item,time,title\nu0,x,07.04.2014,a,b\n';
  expect((await imported(dates, { date_format: '%d.%m.%Y' })).rows).toEqual(['u0 x 1396828800']);
});

test('names of rows that stand before the cells of a row twice, or again and again, are refused or left out', async () => {
  const header = 'user,item,time,rating\n';
  const twice = `${header}1,1,u0,x,1396872000,3\n1,1,u1,y,1396872001,3\n`;
  const failure = await refused(twice);
  expect(failure.message).toContain('rows have 2 cells more than the header, and their times stand');
  expect(failure.hint).toBe('say where the columns are: columns: { user: 3, item: 4, time: 5 }');
  expect((await imported(twice, { columns: { user: 3, item: 4, time: 5 }, header: true })).rows[0]).toBe(
    read[0],
  );
  const one = `${header}${good.replace('\n', ',3\n')}1,7,8,1396872001,3\n`;
  const accepted = await imported(one, { ragged_rows: 'accept', ...skipping });
  expect(accepted.rows).toEqual(read);
  expect(accepted.said).toContain('has 5 cells, not 4: its time stands in the place of another column');
  const short = await imported(`${header}${good.replace('\n', ',3\n')}9,1396872001,3\n`, {
    ragged_rows: 'accept',
    ...skipping,
  });
  expect(short.rows).toEqual(read);
  const pandas = 'Unnamed: 0,Unnamed: 0.1,user,item,time\n0,0,u0,x,1396872000\n1,0,u0,x,1396872000\n';
  expect((await imported(pandas)).said).not.toContain('warning');
  expect((await imported(pandas, { columns: { user: 2 } })).said).toContain(
    'column 2 of events, taken for the user, has no title of its own',
  );
});

test.each([
  ['%b %d %Y', 'Apr 07 2014'],
  ['%A, %d %B %Y', 'Monday, 07 April 2014'],
  ['%p %I:%M %d/%m/%Y', 'AM 12:00 07/04/2014'],
])(
  'with date_format %s a first row is one, and one without a date in its place names the columns',
  async (form, date) => {
    const rows = `u0,x,"${date}"\nu1,time,"${date}"\n`;
    for (const asked of [{}, positions]) {
      const with_ = { ...asked, date_format: form };
      expect((await imported(rows, with_)).rows).toEqual(['u0 x 1396828800', 'u1 time 1396828800']);
      expect((await imported(`user,item,date\n${rows}`, with_)).rows).toHaveLength(2);
    }
    const told = await imported(`user,item,seen on\n${rows}`, { ...positions, date_format: form });
    expect(told.rows).toHaveLength(2);
    expect(told.said).toContain('line 1 of events was taken for a header');
  },
);

test('parts that have other titles in the places asked for by number are refused with both files', async () => {
  const one = `user,item,time,title\n${good.replace('\n', ',a\n')}`;
  const other = `item,user,time,title\n${good.replace('\n', ',a\n')}`;
  const message = (names: string, others: string) =>
    `parts/2.csv: has ${names} in the places of the columns asked for, and parts/1.csv has ${others}`;
  const parts = (second: string) => ({ 'parts/1.csv': one, 'parts/2.csv': second });
  expect((await refused(parts(other), positions)).message).toBe(
    'parts/2.csv: has "item", "user", "time" in the places of the columns asked for, and parts/1.csv has "user", "item", "time"',
  );
  expect((await refused(parts(other), { columns: { item: 2, user: 'user' } })).message).toBe(
    message('"user"', '"item"'),
  );
  expect((await refused(parts('{"item":"a","user":"b","time":1}\n'), positions)).message).toContain(
    '"item", "user"',
  );
  // By name each part has its own order; other columns, capitals and types tell nothing.
  expect((await imported(parts(other.replace('u0,x', 'x,u0')))).rows).toEqual([...read, ...read]);
  const alike = `User:token, item,time,course\n${good.replace('\n', ',a\n')}`;
  expect((await imported(parts(alike), positions)).rows).toEqual([...read, ...read]);
});

test('a header inside a file is left out where it agrees with the first, and ends the import where it does not', async () => {
  const header = 'user,item,time,rating\n';
  const row = good.replace('\n', ',3\n');
  const agreeing = await imported(header + row + header + row, skipping);
  expect(agreeing.rows).toEqual([...read, ...read]);
  expect(agreeing.said).toContain('1 row left out: the columns are named again (events:3)');
  const failure = await refused(header + row + header + row);
  expect(failure.message).toBe('events:3: the columns are named again');
  expect(failure.hint).toMatch(/^files were joined: leave out the lines between them with skip_bad_rows/);
  for (const [second, names] of [
    ['item,user,time,rating', 'item, user, time'],
    ['time,user,item,rating', 'time, user, item'],
    ['user,rating,time,item', 'user, rating, time'],
    ['user,course,time,rating', 'user, course, time'],
    ['Item_ID:token,user_id:token,timestamp:float,rating', 'item_id, user_id, timestamp'],
  ]) {
    // The same word for the time came before, where it agreed.
    const text = `${header}${row}${header}${row}${second}\nx,u0,1396872000,3\n`;
    const refusal = await refused(text, skipping);
    expect(refusal.message).toBe(
      `events:5: the columns are named again, and not as they stood before: ${names} for user, item, time`,
    );
  }
  const bad = await imported(`${header}${row}u1,y,time,3\n`, skipping);
  expect(bad.said).toContain('1 row left out: a time that cannot be read (events:3)');
  const odd = `user,item,time,it's \0 odd\n${row}u1,y,soon,3\n`;
  expect((await imported(odd, skipping)).rows).toEqual(read);
});

test('what stands above a table is no row of it', async () => {
  const header = 'user,item,time\n';
  for (const [text, line, said] of [
    [`Report exported 2020-01-01\n${header}${good}`, 1, 'has 3 cells, and none below it has as many'],
    [
      `Report, exported, 2020-01-01\n${header}${good}`,
      2,
      'the columns are named here, below 1 row without a header',
    ],
    [
      `${good}item,user,time\nx,u0,1396872001\n`,
      2,
      'the columns are named here, below 1 row without a header',
    ],
  ] as const) {
    const failure = await refused(text, skipping);
    expect(failure.message).toContain(`events:${line}: `);
    expect(failure.message).toContain(said);
  }
  const anyLength = { ...positions, delimiter: ',', ragged_rows: 'accept' };
  const ragged = 'u0,x,1396872000,1,2\nu0,x,1396872000\nu0,x,1396872000,1\n';
  expect((await imported(ragged, anyLength)).rows).toEqual([...read, ...read, ...read]);
  expect(
    (await imported(`Report, exported, 2020-01-01\n${header}${good}`, { comment: 'Report' })).rows,
  ).toEqual(read);
});
