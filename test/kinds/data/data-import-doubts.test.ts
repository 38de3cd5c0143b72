import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { dataImport } from '../../../src/kinds/data/data-import.js';
import { withDatabase } from '../../../src/tables/database.js';
import { failureOf, rowsOf, runKind, temporaryFolder } from '../../support/run-kind.js';

type Triple = readonly [user: unknown, item: unknown, time: unknown];

async function read(root: string, path: string, parameters: JsonObject = {}) {
  const run = await runKind(dataImport, { root, with: { path, ...parameters } });
  const rows = await rowsOf(run.path('interactions'));
  return {
    rows: rows.map(({ user_id, item_id, timestamp }): Triple => [user_id, item_id, timestamp]),
    summary: run.logged[0],
    warnings: run.logged.slice(1).map((line) => line.replace(/^warning: /, '')),
  };
}

async function imported(content: string, parameters: JsonObject = {}) {
  const root = temporaryFolder();
  writeFileSync(join(root, 'events'), content);
  return await read(root, 'events', parameters);
}

const refused = async (content: string, parameters: JsonObject = {}) =>
  await failureOf(imported(content, parameters));

/** What DuckDB makes of a query, as a parquet file. */
async function parquetOf(query: string): Promise<string> {
  const root = temporaryFolder();
  await withDatabase({ threads: 1 }, (database) =>
    database.run(`COPY (${query}) TO '${join(root, 'events')}' (FORMAT parquet)`),
  );
  return root;
}

const positions = { columns: { user: 1, item: 2, time: 3 } };
const header = 'user,item,time\n';
const two: readonly Triple[] = [
  ['u1', 'x', 1_500_000_000],
  ['u2', 'y', 1_500_000_001],
];

test('a first row that was taken for a header by its time alone is said, once for all parts, and not where header says so', async () => {
  const text = 'u1,x,soon\nu1,x,1500000000\n';
  const { rows, warnings } = await imported(text, positions);
  expect(rows).toEqual([two[0]]);
  expect(warnings).toEqual([
    'line 1 of events was taken for a header, "u1,x,soon"; say header: true if it is one, header: false if it is a row',
  ]);
  expect((await imported(text, { ...positions, header: true })).warnings).toEqual([]);
  expect((await refused(text, { ...positions, header: false })).message).toContain('events:1: time soon');
  expect((await imported('a,b,time\nu1,x,1500000000\n', positions)).warnings).toEqual([]);
  const root = temporaryFolder();
  mkdirSync(join(root, 'parts'));
  for (const part of ['1', '2', '3']) writeFileSync(join(root, 'parts', part), text);
  expect((await read(root, 'parts', positions)).warnings).toEqual([
    expect.stringMatching(/^line 1 of parts\/1 was taken for a header.*; likewise in 2 more files$/),
  ]);
});

test('a key that a line of JSON has twice is refused with its line where it is asked for, at any depth and however written', async () => {
  const good = '{"user":"u1","item":"x","time":1500000000}\n';
  const twice = [
    '{"user":"a","user":"b","item":"y","time":1}',
    '{"us\\u0065r":"a","user":"b","item":"y","time":1}',
  ];
  for (const line of twice) {
    expect((await refused(`${good}${line}\n`)).message).toBe(
      'events:2: a key is there twice, one of "user", "item", "time"',
    );
    const left = await imported(`${good}${line}\n`, { skip_bad_rows: true });
    expect(left.rows).toEqual([two[0]]);
    expect(left.summary).toContain('1 row left out: a key is there twice');
  }
  const columns = { user: 'user.id', item: 'user.item' };
  const nested = (user: string) => `{"user":{${user}},"time":1500000000}\n`;
  const sound = nested('"id":"u1","item":"x"');
  expect((await imported(sound, { columns })).rows).toEqual([two[0]]);
  expect(
    (await refused(`${sound}${nested('"id":"u1","item":"x","id":"u2"')}`, { columns })).message,
  ).toContain('events:2: a key is there twice');
  expect((await imported('{"user":"u1","item":"x","time":1500000000,"more":1,"more":2}\n')).rows).toEqual([
    two[0],
  ]);
});

test('rows are longer than the header by one rule: all of them, or ragged_rows accepts it', async () => {
  const long = 'u1,x,1500000000,9,9\n';
  const short = 'u2,y,1500000001\n';
  expect((await refused(header + long + short)).message).toBe('events:2: has 5 cells, not 3');
  const lines = (count: number) => long.repeat(count);
  const late = await refused(header + lines(150) + short);
  expect(late.message).toBe("events:152: has 3 cells, where the first rows have more than the header's 3");
  expect(late.hint).toContain('ragged_rows: accept');
  const { rows, summary, warnings } = await imported(header + lines(150) + short, { skip_bad_rows: true });
  expect(rows).toHaveLength(150);
  expect(summary).toContain('1 row left out');
  expect(warnings[0]).toContain('150 rows of events have another number of cells');
  expect((await imported(header + long + short, { ragged_rows: 'accept' })).rows).toEqual(two);
  // Where the times are, the header is right about the columns.
  expect((await imported(`${header}u1,x,1500000000,9\nu2,y,1500000001,8\n`)).rows).toEqual(two);
  // A delimiter at the end of each row is no cell of its own.
  expect((await imported(`${header}u1,x,1500000000,\nu2,y,1500000001,\n`)).rows).toEqual(two);
});

test.each([
  ['commas', '"user","item","time"\n"1","u1","x",1500000000\n"2","u2","y",1500000001\n'],
  ['spaces', '"user" "item" "time"\n"17" "u1" "x" 1500000000\n"4" "u2" "y" 1500000001\n'],
])(
  'names of rows that the header leaves out, as R writes them with %s, are refused with what to write',
  async (_, text) => {
    const failure = await refused(text);
    expect(failure.message).toContain('events: rows have 1 cell more than the header, and their times stand');
    expect(failure.hint).toBe('say where the columns are: columns: { user: 2, item: 3, time: 4 }');
    const relative = await refused(text.replaceAll('15000000', ''));
    expect(relative.message).toContain(
      'either they begin with a name of their own, as R writes, or something',
    );
    expect(relative.hint).toBe('say which: columns: { user: 2, item: 3, time: 4 }, or ragged_rows: accept');
    const { rows, warnings } = await imported(text, { columns: { user: 2, item: 3, time: 4 }, header: true });
    expect(rows).toEqual(two);
    expect(warnings).toEqual([]);
  },
);

test('numbers of rows below an empty title are passed over by name, and warned of where a position takes them', async () => {
  const text = '"","user","item","time"\n"1","u1","x",1500000000\n"2","u2","y",1500000001\n';
  const { rows, warnings } = await imported(text);
  expect(rows).toEqual(two);
  expect(warnings).toEqual([]);
  expect((await imported(text, { columns: { user: 1, item: 3, time: 4 } })).warnings).toEqual([
    expect.stringContaining(
      'column 1 of events, taken for the user, has no title of its own, as the numbers of rows',
    ),
  ]);
});

test('lines that begin with # among the rows are said with the first, and named where rows are refused', async () => {
  const text = `${header}u1,x,1500000000\n#u2,y,1500000001\n# a,b,1500000002\n`;
  const { rows, warnings } = await imported(text);
  expect(rows).toHaveLength(3);
  expect(warnings).toEqual([
    "2 rows of events begin with #, the first on line 3, and were read as any other; if they are comments, say comment: '#'",
  ]);
  expect((await imported(text, { comment: '#' })).rows).toHaveLength(1);
  expect((await imported(text, { comment: 'none' })).warnings).toEqual([]);
  const failure = await refused(`${header}u1,x,1500000000\n# by hand\n`);
  expect(failure.message).toBe('events:3: has 1 cell, not 3');
  expect(failure.hint).toContain("(events:3), say comment: '#'");
});

test('a comment above the rows that looks like one is said, and no other', async () => {
  const rows = '#1,x,1500000000\nu1,x,1500000000\n';
  const { rows: read, warnings } = await imported(rows);
  expect(read).toEqual([two[0]]);
  expect(warnings).toEqual([
    'line 1 of events was passed over as a comment and looks like a row, "#1,x,1500000000"; if it is one, say comment: none',
  ]);
  expect((await imported(rows, { comment: 'none' })).rows).toHaveLength(2);
  expect((await imported(`# made, by, hand\n#user,item,time\n${rows.slice(16)}`)).warnings).toEqual([]);
  expect((await refused('#1,x,1500000000\n')).hint).toContain('say comment: none');
});

test('each word that may stand for no value is counted by itself', async () => {
  const rows = ['NA', 'NULL', 'NA', 'u1'].map((user, index) => `${user},x,${1_500_000_000 + index}\n`);
  const { warnings } = await imported(header + rows.join(''));
  expect(warnings).toEqual([
    '3 rows with the users NA (2), NULL (1), taken as any others; if they stand for no value, say null_values: ["NA", "NULL"]',
  ]);
});

test('names of columns are given as YAML needs them', async () => {
  const { hint } = await refused('user:id,"item, name",2014,true\nu1,x,1500000000,y\n');
  expect(hint).toContain('columns: { user: "user:id", item: "item, name", time: "2014" }');
});

test.each<[string, string, JsonObject]>([
  ['semicolons, with commas in each cell', 'u1;a, b, c;1500000000\nu2;a, b, c;1500000001\n', {}],
  [
    'semicolons, with commas in a title',
    'user;item, or course, or both;time\nu1;x;1500000000\nu2;y;1500000001\n',
    { columns: { item: 2 } },
  ],
  ['semicolons, with quoted commas', 'user;item;time\n"a,b,c";"x,y,z";1500000000\n', {}],
  ['commas, with semicolons in each cell', 'u1,x;y;z,1500000000\nu2,x;y;z,1500000001\n', {}],
  ['commas, with quoted semicolons', 'user,item,time\n"a;b;c","x;y;z",1500000000\n', {}],
  ['commas, with bars in each cell', 'user,item,time\na|b|c,x|y|z,1500000000\n', {}],
  ['tabs, with commas in each cell', 'a,b,c\tx,y,z\t1500000000\na,b,d\tx,y,z\t1500000001\n', {}],
  ['bars, with commas in each cell', 'u1|x,y,z|1500000000\nu2|x,y,z|1500000001\n', positions],
])('%s are told by what the cells hold', async (what, text, asked) => {
  const delimiter = { semicolons: ';', commas: ',', tabs: '\t', bars: '|' }[what.split(',')[0] as 'bars'];
  const { rows } = await imported(text, asked);
  const told = await imported(text, { ...asked, delimiter });
  expect(rows).toEqual(told.rows);
  expect(rows.every(([, , time]) => Number(time) >= 1_500_000_000)).toBe(true);
});

test('lines that two delimiters divide alike are refused, and read with the one that is said', async () => {
  const text = 'u1;x;1700000000,5;2,5\nu2;y;1700000001,5;3,5\n';
  const failure = await refused(text);
  expect(failure.message).toBe('events: its lines can be divided by "," and by ";"');
  expect(failure.hint).toBe('say which: delimiter: ",", or delimiter: ";"');
  expect((await imported(text, { delimiter: ',' })).rows).toHaveLength(2);
});

test('JSON as DuckDB reads it is read on the first line as on any other', async () => {
  const line = (more: string) => `{"user":"u1","item":"x","time":1500000000${more}}\n`;
  for (const more of [',', ',"a":nan', ',"a":-Infinity', ',"a":[1,]', ',"a":"NaN, ]"']) {
    expect((await imported(line(more) + line(more))).rows).toEqual([two[0], two[0]]);
  }
});

test('an id with a NUL is none, in JSON as in parquet', async () => {
  const failure = await refused('{"user":"a\\u0000b","item":"x","time":1}\n');
  expect(failure.message).toBe('events:1: user holds a NUL character');
  const root = await parquetOf("SELECT 'u' AS user, 'a' || chr(0) AS item, 1 AS time");
  expect((await failureOf(read(root, 'events'))).message).toBe('events: row 1: item holds a NUL character');
});

test('a number that is none is no id in parquet either, and whole numbers with a point are warned of', async () => {
  const root = await parquetOf(
    "SELECT 'u' AS user, unnest([7.0::DOUBLE, 'nan'::DOUBLE, 'inf'::DOUBLE]) AS item, 1500000000 AS time",
  );
  const failure = await failureOf(read(root, 'events'));
  expect([failure.message, ...(failure.details ?? [])]).toEqual([
    'events: row 2: no item',
    'events: row 3: no item',
  ]);
  const { rows, warnings } = await read(root, 'events', { skip_bad_rows: true });
  expect(rows).toEqual([['u', '7.0', 1_500_000_000]]);
  expect(warnings).toEqual([
    '1 item of 1 is a whole number with a point, such as 7.0: it is another item than 7',
  ]);
  const json = await imported('{"user":1e2,"item":10,"time":1500000000}\n');
  expect(json.warnings).toEqual([
    '1 user of 1 is a whole number with a point, such as 100.0: it is another user than 100',
  ]);
});

test('that a name is a key and a path as well is said, in JSON as in parquet', async () => {
  const columns = { user: 'user.id' };
  const warning =
    'events has both "user.id" and id inside user: the first was taken for the user; rename it if the second is meant';
  const line = '{"user":{"id":"nested"},"user.id":"flat","item":"x","time":1500000000}\n';
  const json = await imported(line, { columns });
  expect(json.rows).toEqual([['flat', 'x', 1_500_000_000]]);
  expect(json.warnings).toEqual([warning]);
  const root = await parquetOf(
    `SELECT {'id': 'nested'} AS user, 'flat' AS "user.id", 'x' AS item, 1500000000 AS time`,
  );
  const parquet = await read(root, 'events', { columns });
  expect(parquet.rows).toEqual([['flat', 'x', 1_500_000_000]]);
  expect(parquet.warnings).toEqual([warning]);
  const flat = '{"user":"u1","user.id":"flat","item":"x","time":1500000000}\n';
  expect((await imported(flat, { columns })).warnings).toEqual([]);
});

test.each([
  ['yyyymmdd', [20140407, 20140408, 0], "date_format: '%Y%m%d'"],
  ['days', [...Array.from({ length: 50 }, (_, day) => 16_160 + day), 0], 'time_unit: days'],
  ['years', [2014, 2015, 1], "date_format: '%Y'"],
])('one zero among times that are %s does not make them seconds', async (_, times, write) => {
  const text = `${header}${times.map((time, index) => `u,i${index},${time}\n`).join('')}`;
  expect((await refused(text)).hint).toContain(`write ${write}`);
  expect((await imported(text, { time_unit: 'seconds' })).rows).toHaveLength(times.length);
  // Times of their own beginning are no dates.
  const own = `${header}${times.map((_, index) => `u,i${index},${index * 300}\n`).join('')}`;
  expect((await imported(own)).warnings).toEqual([]);
});

test('rows that look like comments are said with small times too, and ids that begin with a byte order mark', async () => {
  expect((await imported('#u1,a,100\n#u1,b,200\nu2,c,300\n')).warnings).toEqual([
    expect.stringContaining('line 1 of events was passed over as a comment and looks like a row'),
  ]);
  expect((await imported('\ufeffu1,a,100\n\ufeffu1,b,200\n')).warnings).toEqual([
    expect.stringMatching(/^1 user of 2 begins with a byte order mark/),
  ]);
});

test('a key of JSON that differs from another in capitals alone is taken where it is asked for as it is', async () => {
  const text = '{"User":"A","user":"B","item":"x","time":1500000000}\n';
  expect((await refused(text)).message).toContain('more than one column is called "User"');
  for (const [user, id] of [
    ['User', 'A'],
    ['user', 'B'],
  ] as const) {
    expect((await imported(text, { columns: { user } })).rows).toEqual([[id, 'x', 1_500_000_000]]);
  }
});

test('a parquet file with names that differ in capitals alone, or decimals of over 38 digits, is refused', async () => {
  const root = await parquetOf("SELECT 'A' AS \"User\", 'B' AS xser, 'x' AS item, 1500000000 AS time");
  const file = join(root, 'events');
  // DuckDB writes neither; the length of a name stays.
  writeFileSync(
    file,
    Buffer.from(readFileSync(file).toString('latin1').replaceAll('xser', 'user'), 'latin1'),
  );
  expect((await failureOf(read(root, 'events'))).message).toContain('more than one column is called');
  expect((await read(root, 'events', { columns: { user: 'User' } })).rows).toEqual([
    ['A', 'x', 1_500_000_000],
  ]);
  const wide = await parquetOf("SELECT 1::DECIMAL(38, 0) AS user, 'x' AS item, 1500000000 AS time");
  const decimal = join(wide, 'events');
  expect((await read(wide, 'events')).rows).toEqual([['1', 'x', 1_500_000_000]]);
  // The precision as Thrift has it: a number of 32 bits, doubled.
  const bytes = readFileSync(decimal).toString('latin1').replaceAll('\x15\x4c', '\x15\x4e');
  writeFileSync(decimal, Buffer.from(bytes, 'latin1'));
  expect((await failureOf(read(wide, 'events'))).message).toContain('column user is a decimal of 39 digits');
});

test('titles that differ in spaces or types alone say no column, unless one is asked for as it stands', async () => {
  const text = 'user,user:token, item,time\nu1,u2,x,1500000000\n';
  expect((await refused(text)).message).toBe('events: more than one column is called "user"');
  for (const [user, id] of [
    ['user', 'u1'],
    ['user:token', 'u2'],
    [2, 'u2'],
  ] as const) {
    expect((await imported(text, { columns: { user } })).rows).toEqual([[id, 'x', 1_500_000_000]]);
  }
  expect((await refused('user:token,USER ,item,time\nu,v,x,1500000000\n')).message).toContain(
    'called "user:token"',
  );
});

test('ids of JSON keep all digits, or are refused', async () => {
  const line = (user: string) => `{"user":${user},"item":"x","time":1500000000}\n`;
  for (const user of ['9007199254740993', '123456789012345678901234567890', '-18446744073709551617']) {
    expect((await imported(line(user))).rows).toEqual([[user, 'x', 1_500_000_000]]);
  }
  expect((await imported(line('0.000123456789012'))).rows[0]?.[0]).toBe('0.000123456789012');
  for (const user of ['9007199254740993.0', '0.12345678901234567890']) {
    expect((await refused(line('1') + line(user))).message).toBe(
      'events:2: user is a decimal of more digits than are kept; write it in quotes',
    );
    expect((await imported(line('1') + line(user), { skip_bad_rows: true })).rows).toHaveLength(1);
  }
});

test('ids that a spreadsheet has shortened are warned of', async () => {
  const { warnings } = await imported(`${header}1.2E+12,C1+2,1500000000\n1.2E+12,1E5,1500000000\n`);
  expect(warnings).toEqual([
    '1 user of 1 is a number as spreadsheets shorten them, such as 1.2E+12: several may have become one; export the column as text',
  ]);
});

// As pyarrow writes them: DuckDB can write neither.
const stored = {
  nanoseconds:
    'UEFSMRUAFRYVFiwVAhUAFQYVBhwAAAACAAAAAgEBAAAAdRUAFRYVFiwVAhUAFQYVBhwAAAACAAAAAgEBAAAAeBUAFRwVHCwVAhUAFQYVBhwAAAACAAAAAgEVTQzkrq9iExUEGUw1ABgGc2NoZW1hFQYAFQwlAhgEdXNlciUATBwAAAAVDCUCGARpdGVtJQBMHAAAABUEJQIYBHRpbWVsjBEcPAAAAAAAFgIZHBk8JgAcFQwZJQYAGRgEdXNlchUAFgIWPBY8JghJHBUAFQAVAgA8FgIZBhkmAAIAAAAmABwVDBklBgAZGARpdGVtFQAWAhY8FjwmREkcFQAVABUCADwWAhkGGSYAAgAAACYAHBUEGSUGABkYBHRpbWUVABYCFkIWQiaAAUkcFQAVABUCADwpBhkmAAIAAAAWugEWAiYIFroBACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZPBwAABwAABwAAAASAQAAUEFSMQ==',
  half: 'UEFSMRUAFRYVFiwVAhUAFQYVBhwAAAACAAAAAgEBAAAAdRUAFRYVFiwVAhUAFQYVBhwAAAACAAAAAgEBAAAAeBUAFRAVECwVAhUAFQYVBhwAAAACAAAAAgEAZBUEGUw1ABgGc2NoZW1hFQYAFQwlAhgEdXNlciUATBwAAAAVDCUCGARpdGVtJQBMHAAAABUOFQQVAhgEdGltZWz8AAAAFgIZHBk8JgAcFQwZJQYAGRgEdXNlchUAFgIWPBY8JghJHBUAFQAVAgA8FgIZBhkmAAIAAAAmABwVDBklBgAZGARpdGVtFQAWAhY8FjwmREkcFQAVABUCADwWAhkGGSYAAgAAACYAHBUOGSUGABkYBHRpbWUVABYCFjYWNiaAAUkcFQAVABUCADwpBhkmAAIAAAAWrgEWAiYIFq4BACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZPBwAABwAABwAAAAPAQAAUEFSMQ==',
} as const;

test.each([
  [
    'nanoseconds',
    1_396_872_000.123456,
    'in nanoseconds with a zone and read to the microsecond, such as 2014-04-07',
  ],
  ['half', 1024, 'as FLOAT16 (16 bits), which near 1024 has steps of 1:'],
] as const)('times of a parquet file stored in %s are warned of', async (name, time, said) => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'events'), Buffer.from(stored[name], 'base64'));
  const { rows, warnings } = await read(root, 'events');
  expect(rows).toEqual([['u', 'x', time]]);
  expect(warnings[0]).toContain(`events: times are stored ${said}`);
});

test.each<[JsonObject, string]>([
  [{ delimiter: '\\t' }, 'the delimiter \\t is a backslash and a letter: YAML reads "\\t" as a tab'],
  [{ date_format: '%s' }, 'date_format cannot read %s: for numbers since 1970 write time_unit: seconds'],
  [
    { date_format: '%Y', time_unit: 'days' },
    'date_format stands in the place of time_unit: give one of them',
  ],
])('%o is objected to at planning', (parameters, message) => {
  const complete = dataImport.parameters.complete({ path: 'events', ...parameters });
  const planned = { parameters: complete, inputNames: [], lengths: {}, facts: {} };
  expect(dataImport.check?.(planned)).toEqual([
    expect.objectContaining({ message: expect.stringContaining(message) }),
  ]);
});
