import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { dataImport } from '../../../src/kinds/data/data-import.js';
import { canonicalOf } from '../../support/kind-context.js';
import { failureOf, rowsOf, runKind, temporaryFolder, typesOf, writeTable } from '../../support/run-kind.js';

const expected = [
  { position: 0, user_id: 'u1', item_id: 'x', timestamp: 100 },
  { position: 1, user_id: 'u2', item_id: 'y', timestamp: 90.5 },
  { position: 2, user_id: 'u1', item_id: 'x', timestamp: 100 },
];

function fileOf(content: string | Uint8Array, name = 'events'): { root: string; path: string } {
  const root = temporaryFolder();
  writeFileSync(join(root, name), content);
  return { root, path: name };
}

async function imported(content: string | Uint8Array, parameters: JsonObject = {}) {
  const { root, path } = fileOf(content);
  return await runKind(dataImport, { root, with: { path, ...parameters } });
}

async function rowsOfImport(content: string | Uint8Array, parameters: JsonObject = {}) {
  return await rowsOf((await imported(content, parameters)).path('interactions'));
}

async function failureOfImport(content: string | Uint8Array, parameters: JsonObject = {}) {
  return await failureOf(imported(content, parameters));
}

test.each<[string, string | Uint8Array, JsonObject]>([
  ['CSV with the usual names', 'user_id,item_id,timestamp\nu1,x,100\nu2,y,90.5\nu1,x,100\n', {}],
  [
    'CSV with quotes, CRLF, a byte order mark, blank lines and no last line end',
    '\uFEFFuser,item,time\r\n"u1",x,100\r\n\r\nu2,"y",90.5\r\nu1,x,100',
    {},
  ],
  [
    'TSV with RecBole’s header',
    'user_id:token\titem_id:token\trating:float\ttimestamp:float\nu1\tx\t3\t100\nu2\ty\t4\t90.5\nu1\tx\t1\t100\n',
    {},
  ],
  [
    'columns separated by spaces below comments, without a header',
    '# made by hand\n# u i t\nu1 x 100\nu2 y 90.5\nu1 x 100\n',
    {},
  ],
  [
    'other names',
    'when,who,what\n100,u1,x\n90.5,u2,y\n100,u1,x\n',
    { columns: { user: 'who', item: 'what', time: 'when' } },
  ],
  [
    'columns by position, no header',
    'x,5,u1,100\ny,5,u2,90.5\nx,5,u1,100\n',
    { columns: { user: 3, item: 1, time: 4 } },
  ],
  [
    'columns by position below a header',
    'a,b,c,d\nx,5,u1,100\ny,5,u2,90.5\nx,5,u1,100\n',
    { columns: { user: 3, item: 1, time: 4 } },
  ],
  [
    'JSON lines',
    '{"user_id":"u1","item_id":"x","timestamp":100}\n{"timestamp":90.5,"item_id":"y","user_id":"u2","more":[1]}\n{"user_id":"u1","item_id":"x","timestamp":100}\n',
    {},
  ],
  ['milliseconds', 'user,item,time\nu1,x,100000\nu2,y,90500\nu1,x,100000\n', { time_unit: 'milliseconds' }],
  [
    'ISO dates, in UTC where they name no zone',
    'user,item,time\nu1,x,1970-01-01T00:01:40\nu2,y,1970-01-01 00:01:30.5Z\nu1,x,1970-01-01T02:01:40+02:00\n',
    {},
  ],
  ['gzip', gzipSync('user,item,time\nu1,x,100\nu2,y,90.5\nu1,x,100\n'), {}],
])('%s are read in the order of the file', async (_, content, parameters) => {
  expect(await rowsOfImport(content, parameters)).toEqual(expected);
});

test('parquet is read, its dates and whole numbers too', async () => {
  const root = temporaryFolder();
  await writeTable(
    join(root, 'a'),
    { place: 'INTEGER', user: 'BIGINT', course_id: 'VARCHAR', time: 'TIMESTAMP' },
    [
      { place: 1, user: 7, course_id: 'x', time: new Date(100_000) },
      { place: 2, user: 8, course_id: 'y', time: new Date(90_500) },
    ],
  );
  const run = await runKind(dataImport, { root, with: { path: 'a' } });
  expect(await rowsOf(run.path('interactions'))).toEqual([
    { position: 0, user_id: '7', item_id: 'x', timestamp: 100 },
    { position: 1, user_id: '8', item_id: 'y', timestamp: 90.5 },
  ]);
  expect(await typesOf(run.path('interactions'))).toEqual({
    position: 'BIGINT',
    user_id: 'VARCHAR',
    item_id: 'VARCHAR',
    timestamp: 'DOUBLE',
  });
});

test('the format comes from the bytes, not from the name, and the path is in no canonical parameter', async () => {
  const { root, path } = fileOf('user,item,time\nu1,x,100\n', 'events.parquet');
  const run = await runKind(dataImport, { root, with: { path } });
  expect(await rowsOf(run.path('interactions'))).toEqual(expected.slice(0, 1));
  expect(canonicalOf(dataImport, { path: 'a' })).toEqual(
    canonicalOf(dataImport, { path: 'b', format: 'auto' }),
  );
});

test('rows without a value or with a broken time are errors with their lines, blank lines and quoted breaks counted', async () => {
  const failure = await failureOfImport('user,item,time\nu1,"a\nb",1\n\nu2,,2\nu3,x,soon\n,x,3\n');
  expect(failure).toMatchObject({
    reason: 'bad-data',
    message: 'events:5: no item',
    details: ['events:6: time soon is not in seconds', 'events:7: no user'],
    hint: expect.stringContaining('skip_bad_rows: true'),
  });
});

test('rows with too few or too many cells are errors with their lines', async () => {
  const failure = await failureOfImport('user,item,time\nu1,x,1\nu2,x\nu3,x,3,4\n');
  expect(failure.message).toBe('events:3: has 2 cells, not 3');
  expect(failure.details).toEqual(['events:4: has 4 cells, not 3']);
});

test('of many bad rows the first five are shown and the rest counted', async () => {
  const failure = await failureOfImport(`user item time\n${'u1  5\n'.repeat(12)}`, { format: 'ssv' });
  expect(failure.message).toBe('events:2: no item');
  expect(failure.details).toHaveLength(5);
  expect(failure.details?.at(-1)).toBe('and 7 more');
});

test.each([
  [
    'CSV',
    'user,item,time\nu1,x,100\nu2,x\nu3,,5\nu2,y,90.5\nu1,x,100\nu5,x,never\n',
    '3 rows left out: has 2 cells, not 3 (events:3), no item (events:4), a time that cannot be read (events:7)',
  ],
  [
    'JSON lines',
    '{"user":"u1","item":"x","time":100}\n{"user":\n{"user":"u2","item":"y","time":90.5}\n{"user":"u1","item":"x","time":100}\n',
    '1 row left out: not a JSON object (events:2)',
  ],
])('bad rows of %s are left out and said where that is asked for', async (_, content, leftOut) => {
  const run = await imported(content, { skip_bad_rows: true });
  expect(await rowsOf(run.path('interactions'))).toEqual(expected);
  expect(run.logged).toEqual([`3 rows, 2 users, 2 items, times 90.5 to 100 s; ${leftOut}`]);
});

test('a malformed JSON line is named by its line', async () => {
  const failure = await failureOfImport(
    '{"user":"u1","item":"x","time":100}\n{"user": oops}\n{"user":null,"item":"x","time":1}\n',
  );
  expect(failure.reason).toBe('bad-data');
  expect(failure.message).toBe('events:2: not a JSON object');
  expect(failure.details).toEqual(['events:3: no user']);
});

test('a missing column is named with what the file has', async () => {
  const failure = await failureOfImport('name,course,time\nu1,x,1\n');
  expect(failure.message).toBe('events: no column for user; the file has columns "name", "course", "time"');
  expect(failure.hint).toContain('columns: { user: name, item: course, time: time }');
  expect((await failureOfImport('u1 x 3 100\n')).message).toContain(
    'no column for user, item, time; the file has 4 columns and no header',
  );
  expect((await failureOfImport('a,b,c\n1,2,3\n', { columns: { user: 'zz' } })).message).toContain(
    'user ("zz")',
  );
});

test('a column name that the header gives twice is refused where it is to be used, unless a position says which', async () => {
  const twice = 'user_id,item_id,timestamp,User_ID\nu1,x,100,other\n';
  expect(await failureOfImport(twice)).toMatchObject({
    reason: 'bad-data',
    message: 'events: more than one column is called "user_id"',
    hint: expect.stringContaining('by position from 1'),
  });
  expect(await rowsOfImport(twice, { columns: { user: 1 } })).toEqual(expected.slice(0, 1));
  expect(await rowsOfImport('user,item,time,note,note\nu1,x,100,a,b\n')).toEqual(expected.slice(0, 1));
});

test.each<[string, JsonObject, string]>([
  ['semicolons', {}, 'user_id;item_id;timestamp\nu1;x;100\n'],
  ['semicolons where CSV is asked for', { format: 'csv' }, 'user_id;item_id;timestamp\nu1;x;100\n'],
  ['double colons', {}, 'u1::x::100\n'],
  ['bars', {}, 'user|item|time\nu1|x|100\n'],
  ['several spaces', {}, '  user  item \t time\n u1  x  100 \n'],
  ['a delimiter of one’s own', { delimiter: '~~' }, 'user~~item~~time\nu1~~x~~100\n'],
  ['a control character', { delimiter: '\u0001' }, 'u1\u0001x\u0001100\n'],
  ['single quotes', { quote: "'" }, "user,item,time\n'u1','x',100\n"],
  ['comments among the rows', { comment: '%' }, '% made\nuser,item,time\n%by\nu1,x,100\n% hand'],
])('columns divided by %s are read', async (_, asked, text) => {
  expect(await rowsOfImport(text, asked)).toEqual(expected.slice(0, 1));
});

test('a damaged parquet file is said to be one in our words, with what DuckDB says below', async () => {
  const failure = await failureOfImport('PAR1 and nothing more PAR1');
  expect(failure.message).toBe('events: cannot be read');
  expect(failure.details).toEqual([expect.stringMatching(/^DuckDB says: /)]);
  expect(failure.hint).toContain('damaged');
});

test.each([
  ['nothing', '', 'the file is empty'],
  ['comments only', '# a\n# b\n', 'holds nothing but comments'],
  ['one word', 'hello\n', 'cannot tell the format'],
  ['a header only', 'user,item,time\n', 'holds no interaction'],
  [
    'milliseconds taken for seconds',
    'user,item,time\nu1,x,1700000000000\n',
    'times reach 1700000000000 seconds after 1970',
  ],
  ['a parquet file cut off', 'PAR1 and nothing more', 'events: '],
  [
    'bytes that are not UTF-8',
    Buffer.from('user,item,time\nu\xff,x,1\n', 'latin1'),
    'events:2: user is not UTF-8',
  ],
])('%s is bad data', async (_, content, problem) => {
  const failure = await failureOfImport(content);
  expect(failure.reason).toBe('bad-data');
  expect(failure.message).toContain(problem);
});
