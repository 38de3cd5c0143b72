// What `npm run experiment` runs: the experiment over three seeds (pipelines/seeds.yaml) on the embedded data and on
// files of interactions, each with a cold cache, and prints the tables of docs/experiment.md.
//
//   npm run experiment -- [--data 'NAME=FILE']... [--set PATH=VALUE]... [--folder DIR] [--only-data]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dataTable, differencesTable, modelsTable, recommendedTable } from './experiment-rows.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    folder: { type: 'string' },
    'only-data': { type: 'boolean', default: false },
  },
});
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const pipelines = fileURLToPath(new URL('../pipelines', import.meta.url));
const folder = resolve(options.folder ?? mkdtempSync(join(tmpdir(), 'kshot-experiment-')));
const sets = options.set.flatMap((set) => ['--set', set]);

/** A project of its own for each data set, so that nothing of another run is a hit and the time is the whole time. */
function run(name, index, pipeline, more) {
  const root = join(folder, String(index));
  mkdirSync(root, { recursive: true });
  cpSync(pipelines, join(root, 'pipelines'), { recursive: true });
  console.error(`${name}, in ${root}`);
  kshot(root, ['run', `pipelines/${pipeline}.yaml`, '--tag', 'tables', ...more, ...sets]);
  const report = JSON.parse(readFileSync(join(root, 'artifacts', pipeline, 'tables', 'report.json'), 'utf8'));
  const table = join(root, 'recommended.json');
  kshot(root, ['get', 'recommended.recommended', '-o', table]);
  return { name, report, recommended: JSON.parse(readFileSync(table, 'utf8')) };
}

function kshot(root, args) {
  const { status } = spawnSync(process.execPath, [main, ...args, '--quiet'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`kshot ${args.join(' ')} ended with ${status}`);
}

const files = options.data.map((text) => {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`--data wants NAME=FILE, not ${text}`);
  return { name: text.slice(0, at), path: resolve(text.slice(at + 1)) };
});
const runs = options['only-data'] ? [] : [run('embedded, synthetic', 0, 'seeds', [])];
for (const [index, { name, path }] of files.entries()) {
  runs.push(run(name, index + 1, 'seeds_interactions', ['--set', `params.path=${path}`]));
}
console.log(`\n${cpus()[0]?.model}, ${availableParallelism()} threads\n`);
for (const table of [modelsTable, differencesTable, dataTable, recommendedTable]) console.log(table(runs));
