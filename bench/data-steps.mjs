// What `npm run bench:data` runs: a file of interactions through import, pairs, split, episodes and fingerprint, by the
// command line and with a cold cache, beside DuckDB's bare scan of the same file and, up to 5 million events, the same
// chain in pandas. Prints the tables of docs/performance.md.
//
//   npm run bench:data -- [--events 1000000,5000000] [--users 200000] [--items 1000] [--actions 2] [--runs 3]
//                         [--folder DIR] [--main dist/cli/main.js] [--no-pandas]
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { writeEvents } from './events-file.mjs';
import { median } from './median.mjs';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000,5000000' },
    users: { type: 'string', default: '200000' },
    items: { type: 'string', default: '1000' },
    actions: { type: 'string', default: '2' },
    runs: { type: 'string', default: '3' },
    folder: { type: 'string' },
    main: { type: 'string', default: fileURLToPath(new URL('../dist/cli/main.js', import.meta.url)) },
    'no-pandas': { type: 'boolean', default: false },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const main = resolve(options.main);
const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'kshot-data-steps-'));
const steps = ['import', 'pairs', 'split', 'episodes', 'fingerprint'];
const python = '/usr/bin/python3';
const mostForPandas = 5_000_000;
const hasPandas = !options['no-pandas'] && spawnSync(python, ['-c', 'import pandas']).status === 0;
const pollMilliseconds = 50;

const pipeline = (path) => `version: 1
name: steps
steps:
  import: { kind: data.import, with: { path: ${JSON.stringify(path)} } }
  pairs: { kind: data.pairs, in: { interactions: import } }
  split: { kind: data.split, in: { pairs: pairs }, with: { seed: 1 } }
  episodes: { kind: data.episodes, in: { pairs: split } }
  fingerprint: { kind: data.fingerprint, in: { data: episodes } }
`;

/** What a process and all below it have used so far; nothing where there is no /proc. */
function usageOf(pid) {
  try {
    // The command's name stands in brackets and may hold spaces; user and system time are fields 14 and 15.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [user, system, userOfDead, systemOfDead] = fields.slice(11, 15).map(Number);
    const bytes = 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    const usage = { bytes, ticks: user + system + userOfDead + systemOfDead };
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      for (const child of readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)) {
        const below = usageOf(child);
        usage.bytes += below.bytes;
        usage.ticks += below.ticks;
      }
    }
    return usage;
  } catch {
    return { bytes: 0, ticks: 0 };
  }
}

/** Runs a program to its end: seconds, CPU seconds, the most memory that it and all below it held at once. */
async function measured(program, args, cwd) {
  const start = performance.now();
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const most = { bytes: 0, ticks: 0 };
  const timer = setInterval(() => {
    const { bytes, ticks } = usageOf(child.pid);
    most.bytes = Math.max(most.bytes, bytes);
    most.ticks = Math.max(most.ticks, ticks);
  }, pollMilliseconds);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const code = await new Promise((done) => child.on('close', done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${output}`);
  return {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: most.ticks / 100,
    bytes: most.bytes,
    output,
  };
}

/** A cold run; the steps' own seconds from their entries. */
async function runChain(path) {
  const project = join(folder, 'project');
  rmSync(project, { recursive: true, force: true });
  mkdirSync(join(project, 'pipelines'), { recursive: true });
  writeFileSync(join(project, 'pipelines/steps.yaml'), pipeline(path));
  const whole = await measured(process.execPath, [main, 'run', 'pipelines/steps.yaml', '--quiet'], project);
  const ofStep = {};
  const entries = join(project, 'cache/steps');
  for (const file of readdirSync(entries, { recursive: true }).filter((name) => name.endsWith('.json'))) {
    const { facts } = JSON.parse(readFileSync(join(entries, file), 'utf8'));
    ofStep[facts.kind.replace('data.', '')] = facts.seconds;
  }
  const result = { ...whole, ofStep, shape: await shapeOf(project) };
  rmSync(project, { recursive: true, force: true });
  return result;
}

async function shapeOf(project) {
  const objects = join(project, 'cache/objects');
  const entries = join(project, 'cache/steps');
  const outputs = readdirSync(entries, { recursive: true })
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(entries, name), 'utf8')))
    .find(({ facts }) => facts.kind === 'data.pairs').outputs;
  const { digest } = outputs.pairs.leaf;
  const file = join(objects, digest.slice(0, 2), digest.slice(2));
  const [row] = await queried(
    `SELECT count(*) AS pairs, quantile_disc(prefix_len, 0.5) AS p50, quantile_disc(prefix_len, 0.9) AS p90
     FROM read_parquet('${file}')`,
  );
  return `${row.pairs} pairs, prefix length p50 = ${row.p50}, p90 = ${row.p90}`;
}

async function queried(sql) {
  const database = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) });
  const connection = await database.connect();
  const reader = await connection.runAndReadAll(sql);
  const rows = reader.getRowObjectsJS();
  connection.closeSync();
  database.closeSync();
  return rows;
}

async function scanSeconds(path) {
  const start = performance.now();
  await queried(
    `SELECT count(user_id), count(item_id), count(timestamp) FROM read_csv('${path}', auto_detect = false, header = true,
     columns = { 'user_id': 'VARCHAR', 'item_id': 'VARCHAR', 'timestamp': 'VARCHAR' })`,
  );
  return (performance.now() - start) / 1000;
}

const seconds = (value) => value.toFixed(value < 10 ? 2 : 1);
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

async function measure(events) {
  const { users, items, actions } = options;
  const path = join(folder, `events-${events}-${users}-${items}-${actions}.csv`);
  if (!existsSync(path)) {
    writeEvents({
      path,
      events,
      users: Number(users),
      items: Number(items),
      actions: Number(actions),
      seed: 1,
    });
  }
  const withPandas = hasPandas && events <= mostForPandas;
  const runs = [];
  const scans = [];
  const peers = [];
  // In turn, so that what else the machine does weighs on all of them alike.
  for (let run = 0; run < Number(options.runs); run++) {
    scans.push(await scanSeconds(path));
    runs.push(await runChain(path));
    if (withPandas) peers.push(await measured(python, [here('data-steps-in-pandas.py'), path], folder));
  }
  const of = (list, value) => median(list.map(value));
  const scan = median(scans);
  const whole = of(runs, (run) => run.seconds);
  console.log(
    `\n${events} events of ${users} users on ${items} items (${(statSync(path).size / 1e6).toFixed(0)} MB), ${runs[0].shape}\n`,
  );
  row('', 'seconds', 'times the bare scan');
  row('---', '---', '---');
  for (const step of steps) {
    const median = of(runs, (run) => run.ofStep[step]);
    row(step, seconds(median), (median / scan).toFixed(1));
  }
  row('the whole command', seconds(whole), (whole / scan).toFixed(1));
  row('DuckDB scans the file', seconds(scan), '1');
  if (withPandas) {
    const peer = of(peers, (run) => run.seconds);
    row('pandas, the same chain', seconds(peer), (peer / scan).toFixed(1));
  }
  const cpu = of(runs, (run) => run.cpuSeconds);
  const megabytes = (list) => (of(list, (run) => run.bytes) / 1e6).toFixed(0);
  console.log(
    `\nCPU time ${seconds(cpu)} s; peak memory of all processes ${megabytes(runs)} MB${withPandas ? `, pandas ${megabytes(peers)} MB` : ''}`,
  );
  return { events, whole, cpu };
}

try {
  mkdirSync(folder, { recursive: true });
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)} at the start; medians of ${options.runs}`,
  );
  if (!hasPandas && !options['no-pandas']) console.log(`pandas: not measured; ${python} has none`);
  const found = [];
  for (const events of options.events.split(',').map(Number)) found.push(await measure(events));
  const [first] = found;
  for (const one of found.slice(1)) {
    const growth = (value) => (value / (one.events / first.events)).toFixed(2);
    console.log(
      `\nfrom ${first.events} to ${one.events} events each takes ${growth(one.whole / first.whole)} times as long (CPU time ${growth(one.cpu / first.cpu)})`,
    );
  }
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
