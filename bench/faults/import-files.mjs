// Files of interactions that were spoilt in every way: data.import must read each as a reader in Python does that was
// written apart from it, or refuse it. Exit code 1 where they disagree, or where anything but a refusal was thrown.
//   node bench/faults/import-files.mjs [--files 2000] [--seed 1] [--keep FOLDER]
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { FailureError } from '../../dist/base/failure.js';
import { randomStream } from '../../dist/base/random.js';
import { dataImport } from '../../dist/kinds/data/data-import.js';
import { withDatabase } from '../../dist/tables/database.js';
import { parquetFile } from '../../dist/tables/parquet.js';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'kshot-import-'));
const body = await dataImport.load();
const reader = fileURLToPath(new URL('./read_interactions.py', import.meta.url));

const words = [
  'a',
  'course-7',
  'é',
  '漢字',
  'Intro, part 2',
  'say "hi"',
  '"',
  ' x ',
  "o'k",
  '#1',
  '\u{1f600}',
  '5" disk',
  'two\nlines',
];
const pick = (random, of) => of[random.integer(of.length)];

/** What a good file holds. */
function goodRows(random) {
  return Array.from({ length: 5 + random.integer(60) }, () => ({
    user: `u${random.integer(9)}`,
    item: pick(random, words),
    time:
      random.integer(3) === 0 ? `${random.integer(2e9)}.${random.integer(1000)}` : `${random.integer(2e9)}`,
  }));
}

/** The ways to write a good file, and how each is asked for. */
const forms = {
  csv: { format: 'csv', delimiter: ',', quote: '"' },
  tsv: { format: 'tsv', delimiter: '\t', quote: '"' },
  unquoted: { format: 'tsv', delimiter: '\t', quote: 'none' },
  colons: { format: 'csv', delimiter: '::', quote: '"' },
  bars: { format: 'csv', delimiter: '|', quote: "'" },
  jsonl: { format: 'jsonl' },
  parquet: { format: 'parquet' },
};

function writeText(rows, { format, delimiter, quote }, random) {
  const end = pick(random, ['\n', '\n', '\r\n', '\r']);
  if (format === 'jsonl') {
    return (
      rows
        .map((row) => JSON.stringify({ ...row, time: Number(row.time), extra: [1, { a: null }] }))
        .join(end) + end
    );
  }
  const cell = (text) => {
    if (quote === 'none') return text.replaceAll(/[\t\n\r]/g, ' ');
    const isNeeded = text.includes(delimiter) || /[\n\r]/.test(text) || text.startsWith(quote);
    return isNeeded || random.integer(8) === 0 ? quote + text.replaceAll(quote, quote + quote) + quote : text;
  };
  const lines = [
    ['user', 'item', 'time', 'title'],
    ...rows.map(({ user, item, time }) => [user, item, time, pick(random, words)]),
  ];
  return lines.map((line) => line.map(cell).join(delimiter) + end).join('');
}

const anywhere = (bytes, random) => random.integer(bytes.length + 1);
const insert = (bytes, at, what) =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(what), bytes.subarray(at)]);

/** Ways to spoil bytes. */
const mutations = {
  none: (bytes) => bytes,
  flip(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = random.integer(copy.length);
    copy[at] ^= 1 << random.integer(8);
    return copy;
  },
  byte(bytes, random) {
    const copy = Buffer.from(bytes);
    copy[random.integer(copy.length)] = random.integer(256);
    return copy;
  },
  cut: (bytes, random) => bytes.subarray(0, anywhere(bytes, random)),
  repeat(bytes, random) {
    const [from, to] = [anywhere(bytes, random), anywhere(bytes, random)].sort((a, b) => a - b);
    return insert(bytes, to, bytes.subarray(from, to));
  },
  remove(bytes, random) {
    const at = anywhere(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.integer(20))]);
  },
  insert: (bytes, random) =>
    insert(
      bytes,
      anywhere(bytes, random),
      pick(random, [
        '"',
        '""',
        "'",
        ',',
        '\t',
        '\n',
        '\r',
        '\r\n',
        '\n\n',
        '\0',
        '\u000e',
        '\u0001',
        '::',
        '#',
        '{',
        '}',
        ' ',
        '\u2028',
        'NaN',
        Buffer.from([0xe9]),
        Buffer.from([0xff, 0xfe]),
      ]),
    ),
  long: (bytes, random) => insert(bytes, anywhere(bytes, random), 'x'.repeat(1 + random.integer(3_000_000))),
  mark: (bytes) => insert(bytes, 0, Buffer.from([0xef, 0xbb, 0xbf])),
  latin1: (bytes) => Buffer.from(bytes.toString('utf8'), 'latin1'),
  utf16: (bytes) => Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le'),
};

async function makeFile(index, random) {
  const name = pick(random, Object.keys(forms));
  const asked = forms[name];
  const path = join(folder, `${index}`);
  const rows = goodRows(random);
  if (name === 'parquet') {
    const list = rows.map(
      ({ user, item, time }) => `('${user}', '${item.replaceAll("'", "''")}', ${time}::DOUBLE)`,
    );
    await withDatabase({ threads: 1 }, (database) =>
      database.run(
        `COPY (SELECT * FROM (VALUES ${list.join(', ')}) t(user, item, time)) TO '${path}' (FORMAT parquet)`,
      ),
    );
  }
  let bytes = name === 'parquet' ? readFileSync(path) : Buffer.from(writeText(rows, asked, random));
  const spoilt = [];
  const spoil = () => {
    const mutation = pick(random, Object.keys(mutations));
    spoilt.push(mutation);
    bytes = bytes.length === 0 ? bytes : mutations[mutation](bytes, random);
  };
  const isGzip = name !== 'parquet' && random.integer(3) === 0;
  if (!isGzip || random.integer(3) > 0) spoil();
  if (!isGzip && random.integer(4) === 0) spoil();
  if (isGzip) {
    bytes = gzipSync(bytes);
    if (random.integer(2) === 0) spoil();
  }
  writeFileSync(path, bytes);
  return { path, name, asked, rows, spoilt: `${isGzip ? 'gzip ' : ''}${spoilt.join('+')}` };
}

/** What kshot makes of a file: rows and how many were left out, or its refusal. */
async function imported({ path, asked, name }, index) {
  const scratch = join(folder, `scratch-${index}`);
  mkdirSync(scratch);
  const columns = name === 'parquet' || name === 'jsonl' ? {} : { user: 1, item: 2, time: 3 };
  const { delimiter, quote, format } = asked;
  const parameters = {
    path,
    format,
    columns,
    comment: 'none',
    ragged_rows: 'refuse',
    skip_bad_rows: true,
    time_unit: 'seconds',
    ...(delimiter === undefined ? {} : { delimiter, quote, header: true }),
  };
  const notes = [];
  try {
    await body.run({
      parameters: dataImport.parameters.canonical(dataImport.parameters.complete(parameters)),
      files: { path },
      root: '/',
      scratch,
      threads: 2,
      memoryBytes: 2 ** 29,
      output: () => join(scratch, 'out.parquet'),
      log: () => {},
      note: (line) => notes.push(line),
      signal: new AbortController().signal,
    });
    return await withDatabase({ threads: 1 }, async (database) => {
      const rows = await database.rows(
        `SELECT user_id, item_id, timestamp FROM ${parquetFile(join(scratch, 'out.parquet'))} ORDER BY position`,
      );
      const bad = Number(/; (\d+) rows? left out/.exec(notes[0] ?? '')?.[1] ?? 0);
      return { rows: rows.map(({ user_id, item_id, timestamp }) => [user_id, item_id, timestamp]), bad };
    });
  } catch (error) {
    if (error instanceof FailureError && error.failure.reason === 'bad-data')
      return { refused: error.failure.message };
    return { bug: String(error?.stack ?? error) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What the reader in Python makes of the files. */
function readByPython(files) {
  const requests = files.map(({ path, asked: { format, delimiter = ',', quote = '' } }) =>
    JSON.stringify({ path, format, delimiter, quote: quote === 'none' ? '' : quote }),
  );
  const { stdout, status, stderr } = spawnSync('python3', [reader], {
    input: requests.join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** One word for what came out; `disagree` and `bug` are faults. */
function judge(file, ours, theirs) {
  if (ours.bug !== undefined) return 'bug';
  if (file.name === 'parquet') return judgeParquet(file, ours);
  if (theirs.refused !== undefined) return ours.refused === undefined ? 'disagree' : 'refused';
  if (ours.refused !== undefined) {
    const isForeign =
      /: is (text in UTF|a JSON array|an? |compressed|XML)|cannot tell|the file is empty|more than one column|no column for|not a JSON object|nothing but comments|seconds after 1970/.test(
        ours.refused,
      );
    return theirs.rows.length === 0 || isForeign ? 'refused' : 'disagree';
  }
  const same = JSON.stringify(ours.rows) === JSON.stringify(theirs.rows) && ours.bad === theirs.bad.length;
  if (!same) return 'disagree';
  return ours.bad === 0 ? 'read' : 'read, rows left out';
}

function judgeParquet(file, ours) {
  if (ours.refused !== undefined) return 'refused';
  const rows = file.rows.map(({ user, item, time }) => [user, item, Number(time)]);
  if (JSON.stringify(ours.rows) === JSON.stringify(rows)) return 'read';
  // Parquet as DuckDB writes it has no checksums: that a value is another one cannot be seen.
  return /flip|byte|repeat|remove|insert|latin1|long/.test(file.spoilt) ? 'unseen (parquet)' : 'disagree';
}

const counts = {};
const faults = [];
const total = Number(options.files);
for (let from = 0; from < total; from += 200) {
  const files = [];
  for (let index = from; index < Math.min(total, from + 200); index++) {
    files.push(await makeFile(index, randomStream(Number(options.seed), 'import-files', index)));
  }
  const text = files.filter(({ name }) => name !== 'parquet');
  const answers = new Map(
    text.length === 0 ? [] : readByPython(text).map((answer, index) => [text[index], answer]),
  );
  for (const [index, file] of files.entries()) {
    const ours = await imported(file, from + index);
    const theirs = answers.get(file);
    const verdict = judge(file, ours, theirs);
    counts[file.name] ??= {};
    counts[file.name][verdict] = (counts[file.name][verdict] ?? 0) + 1;
    if (verdict === 'disagree' || verdict === 'bug') {
      faults.push(`${from + index} ${file.name} ${file.spoilt}: ${ours.bug ?? difference(ours, theirs)}`);
      if (options.keep !== undefined) {
        mkdirSync(options.keep, { recursive: true });
        copyFileSync(file.path, join(options.keep, `${from + index}`));
      }
    }
    rmSync(file.path);
  }
}
rmSync(folder, { recursive: true });

function difference(ours, theirs) {
  if (ours.refused !== undefined)
    return `refused: ${ours.refused.slice(0, 300)}; Python reads ${theirs.rows.length} rows`;
  if (theirs?.rows === undefined) return `read ${ours.rows.length} rows; Python: ${theirs?.refused}`;
  const at = ours.rows.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(theirs.rows[index]));
  const shown = (rows) => JSON.stringify(rows[at < 0 ? ours.rows.length : at])?.slice(0, 150);
  return `${ours.rows.length} rows and ${ours.bad} left out, Python ${theirs.rows.length} and ${theirs.bad.length} (lines ${theirs.bad.slice(0, 5)}); first other row ${at}: ${shown(ours.rows)}, Python ${shown(theirs.rows)}`;
}

console.table(counts);
for (const fault of faults.slice(0, 20)) console.log(fault);
console.log(`${total} files, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
