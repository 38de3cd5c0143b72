// What `npm run bench:peers` runs: one sweep (three rates by three seeds, chosen on val, evaluated on test, summarized)
// in each tool, on the same scripts and two processes at a time. What ran is counted by the scripts themselves. Cold
// and nothing-to-do times are medians over interleaved repeats; what a change or a kill leads to is tried once.
//
//   node bench/peers/run.mjs [--venv FOLDER] [--repeats 3] [--only dvc,kshot] [--json FILE] [--times-only]
//
// Each tool has a virtual environment of its own below FOLDER, made from PyPI where it is not there yet.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { changes, inFolder, killTool, killWriter, measureChange, mustRun } from './cases.mjs';
import { environment, linesToWrite, project } from './project.mjs';
import { table, tables } from './tables.mjs';
import { tools } from './tools.mjs';

const { values: options } = parseArgs({
  options: {
    venv: { type: 'string', default: join(tmpdir(), 'kshot-peers') },
    repeats: { type: 'string', default: '3' },
    only: { type: 'string', default: Object.keys(tools).join(',') },
    json: { type: 'string' },
    'times-only': { type: 'boolean', default: false },
  },
});
const names = options.only.split(',');
const unknown = names.filter((name) => tools[name] === undefined);
if (unknown.length > 0) throw new Error(`--only takes ${Object.keys(tools).join(', ')}, not ${unknown}`);

const scratch = mkdtempSync(join(tmpdir(), 'kshot-peers-'));
const say = (text) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

/** Holds every tool to one answer: they would not be comparable otherwise. */
let answer;
function sameAnswer(tool, accuracy) {
  answer ??= accuracy;
  if (Math.abs(accuracy - answer) > 1e-9) throw new Error(`${tool.title} came to ${accuracy}, not ${answer}`);
}

function coldAndAgain(name, venvs, repeat) {
  const tool = tools[name];
  const sweep = project(tool, venvs[name], inFolder(scratch, name, String(repeat)));
  const cold = mustRun(tool, sweep);
  sameAnswer(tool, sweep.accuracy());
  const again = name === 'bare' ? undefined : mustRun(tool, sweep);
  return { sweep, cold: { wall: cold.wall, cpu: cold.cpu }, again };
}

/** Changes are made in a small sweep, since what runs again does not depend on its size; kills hit one of full size. */
async function changesAndKills(name, venvs) {
  const tool = tools[name];
  const finished = project(tool, venvs[name], inFolder(scratch, name, 'small'), { points: 3000 });
  mustRun(tool, finished);
  const around = { tool, venv: venvs[name], finished, project };
  const changed = {};
  for (const kase of changes) {
    say(`${tool.title}: ${kase.name}`);
    const ran = measureChange(kase, { ...around, folder: inFolder(scratch, name, kase.name) });
    if (ran !== undefined) changed[kase.name] = ran;
  }
  say(`${tool.title}: kills`);
  const killed = await killTool({ ...around, folder: inFolder(scratch, name, 'killed') });
  const half = await killWriter({ ...around, folder: inFolder(scratch, name, 'half') });
  return {
    changed,
    killed: { ...killed, right: killed.accuracy === answer },
    half: { ...half, right: half.accuracy === answer },
  };
}

try {
  const venvs = {};
  for (const name of names) {
    say(`${tools[name].title}: environment`);
    venvs[name] = environment(options.venv, tools[name].layers[0], tools[name].packages);
    venvs[name].install('1.0');
  }
  const results = Object.fromEntries(
    names.map((name) => [name, { title: tools[name].title, packages: tools[name].packages, times: [] }]),
  );
  for (let repeat = 0; repeat < Number(options.repeats); repeat++) {
    for (const name of repeat % 2 === 0 ? names : names.toReversed()) {
      say(`${tools[name].title}: cold and again, ${repeat + 1}`);
      const { sweep, cold, again } = coldAndAgain(name, venvs, repeat);
      results[name].times.push({ cold, again });
      sweep.remove();
    }
  }
  for (const name of names) {
    results[name].lines = linesToWrite(tools[name]);
    if (name === 'bare' || options['times-only']) continue;
    Object.assign(results[name], await changesAndKills(name, venvs));
  }
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    load: loadavg()[0],
  };
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
  console.log(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load}\n`);
  for (const rows of tables(results)) console.log(`${table(rows)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}
