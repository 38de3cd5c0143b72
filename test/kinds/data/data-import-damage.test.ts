import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { partsOf } from '../../../src/data/import/input-parts.js';
import { dataImport } from '../../../src/kinds/data/data-import.js';
import { failureOf, rowsOf, runKind, temporaryFolder, writeTable } from '../../support/run-kind.js';

async function imported(content: string | Uint8Array, parameters: JsonObject = {}) {
  const root = temporaryFolder();
  writeFileSync(join(root, 'events'), content);
  const run = await runKind(dataImport, { root, with: { path: 'events', ...parameters } });
  return { rows: await rowsOf(run.path('interactions')), said: run.logged };
}

async function refused(content: string | Uint8Array, parameters: JsonObject = {}) {
  return await failureOf(imported(content, parameters));
}

const lines = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `u${index % 7},i${from + index},${from + index}\n`).join('');

test('a gzip file that was cut off anywhere, or whose bytes changed, is refused, also where bad rows are left out', async () => {
  const whole = gzipSync(`user,item,time\n${lines(2000)}`);
  for (let cut = 3; cut < whole.length; cut += Math.ceil(whole.length / 25)) {
    const failure = await refused(whole.subarray(0, cut), { skip_bad_rows: true });
    expect(failure.message).toMatch(/^events: (is damaged or cut off|the file is empty)/);
  }
  for (const [place, what] of [
    [whole.length - 6, 'checksum'],
    [whole.length - 2, 'length'],
  ] as const) {
    const changed = Buffer.from(whole);
    changed[place] = (changed[place] ?? 0) ^ 1;
    expect((await refused(changed)).message, what).toContain('is damaged or cut off');
  }
});

test('what follows the last member of a gzip file is zeros to its end, or the file is damaged', async () => {
  const [first, second] = [gzipSync(`user,item,time\n${lines(1)}`), gzipSync(lines(1, 1))];
  expect((await imported(Buffer.concat([first, second]))).rows).toHaveLength(2);
  expect((await imported(Buffer.concat([first, Buffer.alloc(512)]))).rows).toHaveLength(1);
  const zero = Buffer.alloc(1);
  const broken = Buffer.from(second).fill(0, 0, 1);
  for (const parts of [
    [first, zero, second],
    [first, Buffer.alloc(1024), second],
    [first, broken],
    [first, second, zero, Buffer.from('AB')],
  ]) {
    expect((await refused(Buffer.concat(parts), { skip_bad_rows: true })).message).toMatch(
      /^events: is damaged: as gzip it ends after \d+ bytes, and what follows is not the next member$/,
    );
  }
});

test('a link in a folder that leads nowhere is said', () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'parts'));
  writeFileSync(join(root, 'parts/a'), lines(1));
  for (const name of ['b', 'c']) symlinkSync('nowhere', join(root, 'parts', name));
  for (const path of ['parts', 'parts/*']) {
    expect(partsOf(path, root)).toMatchObject({
      files: ['parts/a'],
      remarks: ['parts/b is a link that leads nowhere, and 1 more such link: nothing of it is read'],
    });
  }
});

test('the checksum of a gzip file is looked at behind its first megabytes too', async () => {
  const whole = gzipSync(`user,item,time\n${lines(150_000)}`, { level: 1 });
  const changed = Buffer.from(whole);
  changed[whole.length - 6] = (changed[whole.length - 6] ?? 0) ^ 1;
  expect((await refused(changed, { skip_bad_rows: true })).message).toContain('is damaged or cut off');
});

test('a gzip file of several members is read whole, and refused where something else follows', async () => {
  const first = gzipSync('user,item,time\nu1,a,1\n');
  const second = gzipSync('u2,b,2\n');
  expect((await imported(Buffer.concat([first, second]))).rows).toHaveLength(2);
  expect((await imported(Buffer.concat([first, Buffer.alloc(20)]))).rows).toHaveLength(1);
  const broken = Buffer.concat([first, Buffer.from([0x1f, 0x8c]), second.subarray(2)]);
  expect((await refused(broken)).message).toContain('is damaged or cut off');
});

test('of a quote that never closes only its own line is left out', async () => {
  const text = `user,item,time\n${lines(10)}u2,"Intro,50\n${lines(1000, 100)}`;
  const { rows, said } = await imported(text, { skip_bad_rows: true });
  expect(rows).toHaveLength(1010);
  expect(said[0]).toContain('1 row left out: a quote that opens here is not closed (events:12)');
  const failure = await refused(text);
  expect(failure.message).toBe('events:12: a quote that opens here is not closed');
  expect(failure.hint).toContain('quote: none');
});

test('titles that begin with a quotation mark are read as they are without quoting, and cells over lines are said with it', async () => {
  const text =
    'user_id\titem_id\ttimestamp\ttitle\nu1\ta\t100\t"Intro\nu1\tb\t200\tmiddle\nu1\tc\t300\tend"\nu1\td\t400\tx\nu1\te\t500\ty\n';
  expect((await imported(text, { quote: 'none' })).rows).toHaveLength(5);
  const { rows, said } = await imported(text);
  expect(rows).toHaveLength(3);
  expect(said[1]).toBe(
    'warning: 1 row of events has quoted cells that span lines, the first from line 2 to 4; where a quotation mark means nothing, say quote: none',
  );
});

test.each([
  ['CSV', 'user,item,time\r\nu1,a,1\nu2,b,2\ru3,"c",3\r\n\r\n', {}],
  ['TSV', 'user\titem\ttime\nu1\ta\t1\r\nu2\tb\t2\nu3\tc\t3\r\n', {}],
  [
    'JSON lines',
    '{"user":"u1","item":"a","time":1}\r\n\n{"user":"u2","item":"b","time":2}\n  \r{"user":"u3","item":"c","time":3}',
    {},
  ],
])('any mixture of line ends and blank lines is read in %s', async (_, text) => {
  expect((await imported(text)).rows).toEqual([
    { position: 0, user_id: 'u1', item_id: 'a', timestamp: 1 },
    { position: 1, user_id: 'u2', item_id: 'b', timestamp: 2 },
    { position: 2, user_id: 'u3', item_id: 'c', timestamp: 3 },
  ]);
});

test('errors in JSON lines name the true line, blank ones counted', async () => {
  const failure = await refused('{"user":"u1","item":"a","time":1}\n\n\n{"user":\n');
  expect(failure.message).toBe('events:4: not a JSON object');
});

test('NaN in JSON lines stands for no value, on the first line as on any other', async () => {
  const good = '{"user":"NaN","item":"a","time":1,"rating":NaN}\n';
  expect((await imported(good + good)).rows).toMatchObject([{ user_id: 'NaN' }, { user_id: 'NaN' }]);
  expect((await refused(`${good}{"user":NaN,"item":"a","time":1}\n`)).message).toBe('events:2: no user');
  expect((await refused('{"user":NaN,"item":"a","time":1}\n')).message).toBe('events:1: no user');
});

test('a first line of JSON of any length is read', async () => {
  const long = `{"user":"u1","item":"a","time":1,"text":"${'x'.repeat(3_000_000)}"}\n`;
  expect((await imported(`${long}{"user":"u2","item":"b","time":2}\n`)).rows).toHaveLength(2);
});

test('values inside nested records are found by their path, and a record is no id', async () => {
  const text =
    '{"user":{"id":7,"name":"a"},"item":{"course":{"id":"x"}},"time":1}\n{"item":{"course":{"id":"y"}},"user":{"id":8},"time":2}\n';
  const columns = { user: 'user.id', item: 'item.course.id' };
  expect((await imported(text, { columns })).rows).toMatchObject([
    { user_id: '7', item_id: 'x' },
    { user_id: '8', item_id: 'y' },
  ]);
  const failure = await refused(text);
  expect(failure.message).toBe('events:1: user is not one value; columns takes a path such as user: user.id');
});

test('structs of parquet are gone into likewise', async () => {
  const root = temporaryFolder();
  await writeTable(join(root, 'flat'), { user: 'VARCHAR', item: 'VARCHAR', time: 'BIGINT' }, [
    { user: 'u1', item: 'x', time: 1 },
  ]);
  const { withDatabase } = await import('../../../src/tables/database.js');
  await withDatabase({ threads: 1 }, (database) =>
    database.run(
      `COPY (SELECT {'id': user} AS user, item, time FROM read_parquet('${join(root, 'flat')}')) TO '${join(root, 'nested')}' (FORMAT parquet)`,
    ),
  );
  const run = await runKind(dataImport, {
    root,
    with: { path: 'nested', columns: { user: 'user.id' } },
  });
  expect(await rowsOf(run.path('interactions'))).toMatchObject([{ user_id: 'u1' }]);
  const failure = await failureOf(runKind(dataImport, { root, with: { path: 'nested' } }));
  expect(failure.message).toBe('nested: column user is of type STRUCT(id VARCHAR), which is no user');
});

test('parquet text whose writer left out its mark keeps its letters, and bytes that are no text are refused', async () => {
  const root = temporaryFolder();
  const { withDatabase } = await import('../../../src/tables/database.js');
  await withDatabase({ threads: 1 }, async (database) => {
    const rows = `SELECT encode('é') AS user, 'x'::BLOB AS item, 1 AS time`;
    await database.run(`COPY (${rows}) TO '${join(root, 'good')}' (FORMAT parquet)`);
    await database.run(
      `COPY (${rows} UNION ALL SELECT '\\xFF'::BLOB, 'x'::BLOB, 2) TO '${join(root, 'bad')}' (FORMAT parquet)`,
    );
  });
  const run = await runKind(dataImport, { root, with: { path: 'good' } });
  expect(await rowsOf(run.path('interactions'))).toMatchObject([{ user_id: 'é', item_id: 'x' }]);
  const failure = await failureOf(runKind(dataImport, { root, with: { path: 'bad' } }));
  expect(failure.message).toBe('bad: row 2: user is not UTF-8');
});

test.each([
  ['UTF-16', Buffer.from('\uFEFFuser,item,time\nu1,x,1\n', 'utf16le'), 'is text in UTF-16'],
  ['UTF-16 without its mark', Buffer.from('user,item,time\nu1,x,1\n', 'utf16le'), 'is text in UTF-16'],
  ['zip', Buffer.from('PK\x03\x04rest'), 'is a zip archive'],
  ['bzip2', Buffer.from('BZh91AY'), 'is compressed with bzip2'],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1]), 'is compressed with xz'],
  ['gzip twice', gzipSync(gzipSync('user,item,time\n')), 'is compressed with gzip twice'],
  ['a JSON array', '[{"user":"u1","item":"x","time":1}]', 'is a JSON array, not JSON lines'],
  ['HTML', '<!DOCTYPE html><html>', 'is a page of HTML'],
])('%s is named, not printed', async (_, content, named) => {
  const failure = await refused(content);
  expect(failure.message).toContain(named);
  expect(failure.hint).toBeDefined();
});

test('a row with a NUL byte or with bytes that are not UTF-8 is refused with its line; other columns may hold any bytes', async () => {
  expect((await refused('user,item,time\nu1,x,1\nu\0,x,2\n')).message).toBe('events:3: holds a NUL byte');
  const latin = (text: string) => Buffer.from(text, 'latin1');
  expect((await refused(latin('user,item,time\nu1,x,1\nu1,caf\xe9,2\n'))).message).toBe(
    'events:3: item is not UTF-8',
  );
  expect((await imported(latin('user,item,time,title\nu1,x,1,caf\xe9\n'))).rows).toHaveLength(1);
});

test('rows that are longer than the header where all are so are read, and it is said once', async () => {
  const layout =
    'user_id,item_id,timestamp,state_label,comma_separated_list_of_features\n0,0,0.0,0,-0.1,0.2,0.3\n0,1,6.0,0,-0.1,0.2,0.3\n';
  const { rows, said } = await imported(layout);
  expect(rows).toMatchObject([{ timestamp: 0 }, { timestamp: 6 }]);
  expect(said).toEqual([
    '2 rows, 1 user, 2 items, times 0 to 6 s',
    expect.stringContaining(
      '2 rows of events have another number of cells than there are columns, the first on line 2',
    ),
  ]);
  const stray = 'user,item,time\nu1,x,1\nu2,y,2,z\nu3,w\n';
  expect((await refused(stray)).message).toBe('events:3: has 4 cells, not 3');
  expect((await refused(stray, { ragged_rows: 'accept' })).message).toBe('events:4: has 2 cells, not 3');
  const more = 'user,item,time,a,b\nu1,x,1\n';
  expect((await imported(more, { ragged_rows: 'accept' })).rows).toHaveLength(1);
  expect((await refused(layout, { ragged_rows: 'refuse' })).message).toContain('has 7 cells, not 5');
});

test('a first row whose cell is a usual name of a column is no header where columns are given by position', async () => {
  const columns = { user: 1, item: 2, time: 3 };
  const text = 'u1,course,100\nu1,b,200\nu1,c,300\n';
  expect((await imported(text, { columns })).rows).toHaveLength(3);
  expect((await imported(text)).rows).toHaveLength(3);
  expect((await imported(`NA,b,NA\n${text}`, { columns, skip_bad_rows: true })).rows).toHaveLength(3);
});

test('words that often stand for no value are warned of, and are none where null_values says so', async () => {
  const text = 'user,item,time\nNA,x,1\nu1,y,2\nNA,z,3\n';
  const { rows, said } = await imported(text);
  expect(rows).toHaveLength(3);
  expect(said[1]).toBe(
    'warning: 2 rows with the user NA, taken as any other; if it stands for no value, say null_values: ["NA"]',
  );
  expect((await refused(text, { null_values: ['NA'] })).message).toBe('events:2: no user');
  const left = await imported(text, { null_values: ['NA'], skip_bad_rows: true });
  expect(left.rows).toHaveLength(1);
  expect(left.said).toEqual([
    '1 row, 1 user, 1 item, times 2 to 2 s; 2 rows left out: 2 times no user (first events:2)',
  ]);
});

test('the parts of a folder or pattern are read one after the other, sorted by name, each with or without its header', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'parts', "a 'b' é"), { recursive: true });
  const write = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(root, 'parts', name), content);
  write('part-2.csv', 'user,item,time\nu3,c,3\n');
  write('part-1.csv', 'user,item,time\nu1,a,1\nu2,b,2\n');
  write('part-3.csv', gzipSync('user,item,time\nu4,"d\n,",4\n'));
  write('_SUCCESS', '');
  write('.part-1.csv.crc', 'x');
  write("a 'b' é/part-4.csv", 'user,item,time\nu5,e,5\n');
  const users = async (path: string) => {
    const run = await runKind(dataImport, { root, with: { path } });
    return (await rowsOf(run.path('interactions'))).map(({ user_id }) => user_id);
  };
  expect(await users('parts')).toEqual(['u1', 'u2', 'u3', 'u4']);
  expect(await users('parts/part-[12].csv').catch(() => 'none')).toBe('none');
  expect(await users('parts/part-?.csv')).toEqual(['u1', 'u2', 'u3', 'u4']);
  expect(await users('parts/**/*.csv')).toEqual(['u5', 'u1', 'u2', 'u3', 'u4']);
  write('part-2.csv', 'user,item,time\nu3,c,3\nu3,c,soon\n');
  const failure = await failureOf(users('parts'));
  expect(failure.message).toBe(`${join('parts', 'part-2.csv')}:3: time soon is not in seconds`);
});

test('a part without a header has the columns of the one before it that has one, and is refused where a later one has others', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'parts'));
  const write = (name: string, content: string) => writeFileSync(join(root, 'parts', name), content);
  write('1', 'item,user,time\nx,u1,1500000000\n');
  write('2', 'y,u2,1500000001\n');
  write('3', 'z,u3,1500000002\n');
  const run = await runKind(dataImport, { root, with: { path: 'parts' } });
  expect((await rowsOf(run.path('interactions'))).map(({ user_id }) => user_id)).toEqual(['u1', 'u2', 'u3']);
  expect(run.logged[1]).toBe(
    `warning: ${join('parts', '2')} has no header: its columns were taken to be those of ${join('parts', '1')}; likewise in 1 more file`,
  );
  write('0', 'v,u0,1500000000\n');
  const failure = await failureOf(runKind(dataImport, { root, with: { path: 'parts' } }));
  expect(failure.message).toBe(
    `${join('parts', '1')}: names its columns in another order than ${join('parts', '0')}, which has no header`,
  );
});

test('a path that stands for nothing, or leads in a circle, is given back as it is; a folder or pattern says why it has no file', () => {
  const root = temporaryFolder();
  symlinkSync('loop', join(root, 'loop'));
  mkdirSync(join(root, 'round'));
  symlinkSync('.', join(root, 'round', 'again'));
  for (const path of ['missing', 'loop', 'a'.repeat(300), 'nul\0']) {
    expect(partsOf(path, root)).toEqual({ files: [path], remarks: [] });
  }
  for (const path of ['no/*.csv', 'round/**/*.csv']) {
    expect(partsOf(path, root)).toMatchObject({ files: [], lack: `no file matches ${path}` });
  }
  expect(partsOf('round', root)).toMatchObject({ files: [], lack: 'round is a folder that holds no file' });
  mkdirSync(join(root, 'outer', 'inner'), { recursive: true });
  writeFileSync(join(root, 'outer', '_SUCCESS'), '');
  expect(partsOf('outer', root).lack).toBe(
    'outer holds no file that is read: names that begin with . or _ are passed over, such as _SUCCESS',
  );
  writeFileSync(join(root, 'outer', 'inner', '1.csv'), '');
  expect(partsOf('outer', root)).toMatchObject({
    remarks: [],
    lack: 'outer holds folders alone; path: "outer/**/*" takes the files in them, such as outer/inner/1.csv',
  });
});

test('a file is read once, under its own name, whatever links lead to it or round in a circle', async () => {
  const root = temporaryFolder();
  const file = (path: string, user: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), `user,item,time\n${user},x,1500000000\n`);
  };
  const link = (target: string, path: string) => symlinkSync(target, join(root, path));
  file('parts/1.csv', 'u1');
  file('parts/deep/er/2.csv', 'u2');
  file('elsewhere/3.csv', 'u3');
  link('.', 'parts/loop');
  link('../..', 'parts/deep/er/up');
  link('deep', 'parts/a');
  link('1.csv', 'parts/0.csv');
  link('../elsewhere/3.csv', 'parts/x.csv');
  link('../elsewhere/3.csv', 'parts/y.csv');
  const { files, remarks } = partsOf('parts/**/*.csv', root);
  expect(files).toEqual(['parts/1.csv', 'parts/deep/er/2.csv', 'parts/x.csv']);
  expect(remarks).toEqual([
    'parts/0.csv leads to parts/1.csv, and 1 more name: a file is read once, however many links lead to it',
  ]);
  const run = await runKind(dataImport, { root, with: { path: 'parts/**/*.csv' } });
  expect((await rowsOf(run.path('interactions'))).map(({ user_id }) => user_id)).toEqual(['u1', 'u2', 'u3']);
});

test('files below a folder that are not read are said with the pattern that reads them', () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'parts', 'more', '.hidden'), { recursive: true });
  writeFileSync(join(root, 'parts', '1.csv'), '');
  expect(partsOf('parts', root)).toMatchObject({ files: ['parts/1.csv'], remarks: [] });
  writeFileSync(join(root, 'parts', 'more', '2.csv'), '');
  expect(partsOf('parts', root).remarks).toEqual([
    'files in the folders of parts are not read, such as parts/more/2.csv; path: "parts/**/*" takes them too',
  ]);
  expect(partsOf('parts/**/*', root)).toMatchObject({
    files: ['parts/1.csv', 'parts/more/2.csv'],
    remarks: [],
  });
});

test('a wrong name is answered with names that the file has', async () => {
  const failure = await refused('user_id,item_id,timestamp\nu1,x,1\n', { columns: { user: 'who' } });
  expect(failure.hint).toBe(
    'say which: columns: { user: user_id, item: item_id, time: timestamp }, by name or by position from 1',
  );
});
