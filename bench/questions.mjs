// What `npm run bench:questions` runs: how soon `kshot sql` and `kshot results` answer on a project with many runs. It
// makes such a project by runs of a small pipeline, each with other ranks, which takes minutes: `-- --project FOLDER`
// keeps it for the next time. Whole processes, medians; beside each figure what it is over a bare start of Node.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openProject } from '../dist/session/project.js';
import { median } from './median.mjs';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const { values: options } = parseArgs({
  options: {
    project: { type: 'string' },
    runs: { type: 'string', default: '200' },
    users: { type: 'string', default: '6670' },
    repeats: { type: 'string', default: '9' },
  },
});
const folder = options.project ?? mkdtempSync(join(tmpdir(), 'kshot-questions-'));

/** Three quarters of the users are test users, with ten query pairs each. */
const pipeline = `version: 1
name: questions
params: { seed: 0 }
steps:
  interactions: { kind: data.synthetic, with: { users: ${options.users}, items: 200, seed: 7 } }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.2, val: 0.05, seed: 7 } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 5, q: 10 } }
  random: { kind: baseline.random, in: { episodes: episodes.test }, with: { seed: "\${params.seed}" } }
`;

async function makeRuns() {
  mkdirSync(join(folder, 'pipelines'), { recursive: true });
  if (!existsSync(join(folder, 'pipelines/questions.yaml'))) {
    writeFileSync(join(folder, 'pipelines/questions.yaml'), pipeline);
  }
  const take = ({ ok, value, failure }) => {
    if (!ok) throw new Error(JSON.stringify(failure));
    return value;
  };
  const project = take(await openProject({ folder }));
  for (let seed = 0; seed < Number(options.runs); seed++) {
    const tag = `seed-${seed}`;
    if (existsSync(join(folder, 'artifacts/questions', tag, 'record.json'))) continue;
    const run = take(await project.run({ tag, inProcess: true, set: [`params.seed=${seed}`] }));
    const { exitCode, failures } = take(await run.ended);
    if (exitCode !== 0) throw new Error(JSON.stringify(failures));
  }
}

function milliseconds(args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

const questions = {
  'results (the latest run)': ['results'],
  'results of a run': ['results', 'seed-17'],
  'sql: SELECT * FROM latest_metrics': ['sql', 'SELECT * FROM latest_metrics'],
  'sql: the metrics of all runs': [
    'sql',
    "SELECT run, value FROM metrics WHERE metric = 'mrr' ORDER BY value DESC LIMIT 10",
  ],
  'sql: SELECT count(*) FROM runs': ['sql', 'SELECT count(*) FROM runs'],
  'sql: mean rank of a run': ['sql', "SELECT avg(1 / rank) FROM ranks WHERE run = 'questions/seed-17'"],
  'sql: ranks of the latest run': ['sql', 'SELECT avg(1 / rank) FROM latest_ranks'],
  'sql: SELECT count(*) FROM ranks': ['sql', 'SELECT count(*) FROM ranks'],
  'sql: mean rank of each run': [
    'sql',
    'SELECT run, avg(1 / rank) FROM ranks GROUP BY run ORDER BY 2 LIMIT 5',
  ],
};

try {
  await makeRuns();
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  const times = new Map([['Node', []], ...Object.keys(questions).map((name) => [name, []])]);
  for (let repeat = 0; repeat < Number(options.repeats); repeat++) {
    times.get('Node').push(milliseconds(['-e', '0']));
    for (const [name, args] of Object.entries(questions)) times.get(name).push(milliseconds([main, ...args]));
  }
  const bare = median(times.get('Node'));
  console.log(`bare start of Node: ${bare.toFixed(0)} ms`);
  for (const name of Object.keys(questions)) {
    const all = times.get(name);
    console.log(
      `${name.padEnd(36)} ${(median(all) - bare).toFixed(0).padStart(6)} ms over that (${(Math.min(...all) - bare).toFixed(0)} to ${(Math.max(...all) - bare).toFixed(0)}), target 250`,
    );
  }
} finally {
  if (options.project === undefined) rmSync(folder, { recursive: true, force: true });
}
