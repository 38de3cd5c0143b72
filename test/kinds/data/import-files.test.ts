import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { dataImport } from '../../../src/kinds/data/data-import.js';
import { rowsOf, runKind, temporaryFolder } from '../../support/run-kind.js';

const campaign = fileURLToPath(new URL('../../../bench/faults/import-files.mjs', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('skipped: spoilt files against a reader in Python, because python3 is missing');

test.skipIf(!hasPython)('spoilt files are read as a reader in Python reads them, or refused', () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [campaign, '--files', '40', '--seed', '20260107'],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(stdout).toContain('40 files, 0 faults');
  expect(status).toBe(0);
});

const pandas = '/usr/bin/python3';
const hasPandas = spawnSync(pandas, ['-c', 'import pandas']).status === 0;
if (!hasPandas) console.warn(`skipped: the comparison with pandas, because ${pandas} has none`);

const script = `
import json, sys, pandas
path, options = sys.argv[1], json.loads(sys.argv[2])
lines = options.pop("lines", False)
dates = options.pop("dates", False)
if lines:
    table = pandas.read_json(path, lines=True, dtype=False, convert_dates=False, precise_float=True, **options)
else:
    table = pandas.read_csv(path, dtype=str, keep_default_na=False, engine="python", encoding="utf-8-sig", **options)
table = table.iloc[:, :3]
table.columns = ["user", "item", "time"]
if dates:
    table["time"] = pandas.to_datetime(table["time"], utc=True).astype("int64") // 1000 / 1e6
rows = [[u, i, float(t)] for u, i, t in table.itertuples(index=False)]
print(json.dumps(rows))
`;

// A cell of every sort that a well-formed file may hold.
const items = [
  'x',
  'é',
  '漢字 🙂',
  'Intro, part 2',
  'say "hi"',
  'two\nlines',
  ' padded ',
  '7',
  '5" disk',
  'a;b|c',
];
const rows = Array.from({ length: 300 }, (_, index) => ({
  user: `u${(index * 7) % 41}`,
  item: items[index % items.length] ?? '',
  time: index % 3 === 0 ? `${1_400_000_000 + index * 977}.25` : String(1_400_000_000 + index * 977),
}));
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const needed = (delimiter: string) => (text: string) =>
  text.includes(delimiter) || /["\n]/.test(text) ? quoted(text) : text;
function table(delimiter: string, cell: (text: string) => string, end = '\n'): string {
  const lines = [['user', 'item', 'time'], ...rows.map(({ user, item, time }) => [user, item, time])];
  return lines.map((line) => line.map(cell).join(delimiter) + end).join('');
}
const flat = (text: string) => text.replaceAll(/[\n"]/g, ' ');
const date = (time: string) => new Date(Number(time) * 1000).toISOString();

test.skipIf(!hasPandas).each<[string, string | Uint8Array, JsonObject, JsonObject]>([
  ['CSV', table(',', needed(',')), {}, {}],
  ['CSV with a mark, CRLF and all cells quoted', `\uFEFF${table(',', quoted, '\r\n')}`, {}, {}],
  ['TSV', table('\t', needed('\t')), {}, { sep: '\t' }],
  ['TSV without quoting', table('\t', flat), { quote: 'none' }, { sep: '\t', quoting: 3 }],
  ['semicolons', table(';', needed(';')), {}, { sep: ';' }],
  ['bars in gzip', gzipSync(table('|', needed('|'))), {}, { sep: '|', compression: 'gzip' }],
  ['double colons', table('::', flat), { quote: 'none' }, { sep: '::', quoting: 3 }],
  [
    'several spaces',
    table('   ', (text) => text.replaceAll(/[\s"]/g, '_')),
    { delimiter: 'spaces' },
    { sep: '\\s+' },
  ],
  [
    'JSON lines',
    rows.map((row) => `${JSON.stringify({ ...row, time: Number(row.time) })}\n`).join(''),
    {},
    { lines: true },
  ],
  [
    'dates',
    `user,item,time\n${rows.map(({ user, item, time }) => `${user},${quoted(item)},${date(time)}\n`).join('')}`,
    {},
    { dates: true },
  ],
])('pandas reads the same rows of %s', async (_, content, asked, options) => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'events'), content);
  const run = await runKind(dataImport, { root, with: { path: 'events', ...asked } });
  const read = await rowsOf(run.path('interactions'));
  const output = execFileSync(pandas, ['-c', script, join(root, 'events'), JSON.stringify(options)], {
    maxBuffer: 1 << 26,
  });
  expect(read.map(({ user_id, item_id, timestamp }) => [user_id, item_id, timestamp])).toEqual(
    JSON.parse(output.toString()),
  );
  expect(read).toHaveLength(rows.length);
});
