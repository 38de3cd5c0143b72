// What `npm run bench:scale` runs: how long the command line takes where nothing, or next to nothing, has to be
// computed. Whole processes, medians; each figure stands beside a bare start of Node in the same run, and steps of the
// program `true` beside ninja (where it is installed) and beside Node that only starts the programs, in CPU time: with
// other programs on the machine that is steadier than the clock.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.mjs';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kshot-scale-'));

const clean = () => rmSync(join(folder, 'cache'), { recursive: true, force: true });

function seconds(args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

const values = (count) => `version: 1
name: values_${count}
steps:
  value: { kind: value, with: { x: 1 }, matrix: { i: [${Array.from({ length: count }, (_, i) => i).join(', ')}] } }
`;

/** CPU time of a command and of all that it waited for, user and system, in seconds. */
function cpuSeconds(command, args, cwd = folder) {
  const script = 'TIMEFORMAT="cpu %U %S"; time "$@"';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', command, ...args], {
    cwd,
    encoding: 'utf8',
  });
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
  if (status !== 0 || user === undefined) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return Number(user) + Number(system);
}

/** A matrix of steps that run `true`, each with an argument of its own. */
const commands = (count) => `version: 1
name: commands_${count}
steps:
  t: { kind: command, with: { argv: ["true", "{i}"], params: { i: 0 } }, matrix: { i: [${Array.from({ length: count }, (_, i) => i).join(', ')}] } }
`;

/** As many steps in the place of a matrix. */
const commandSteps = (count) => `version: 1
name: steps_${count}
steps:
${Array.from({ length: count }, (_, i) => `  t${i}: { kind: command, with: { argv: ["true", ${i}] } }\n`).join('')}`;

const spawns = (count) => `
  const { spawn } = require('node:child_process');
  let left = ${count};
  const next = () => {
    if (left-- > 0) spawn('true', [], { stdio: ['ignore', 'pipe', 'pipe'] }).on('close', next);
  };
  next();
  next();
`;

/** Medians of three, each thing in turn, so that all meet the same machine. */
function compareCommands(count, { repeats = 3 } = {}) {
  const ninja = join(folder, 'ninja');
  mkdirSync(ninja, { recursive: true });
  const edges = Array.from({ length: count }, (_, i) => `build o${i}: t\n`);
  writeFileSync(join(ninja, 'build.ninja'), `rule t\n  command = touch $out\n${edges.join('')}`);
  const hasNinja = spawnSync('ninja', ['--version']).status === 0;
  const figures = new Map();
  const measure = (name, seconds) => figures.set(name, [...(figures.get(name) ?? []), seconds]);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const pipeline = `pipelines/commands-${count}.yaml`;
    clean();
    measure('kshot, cold', cpuSeconds(process.execPath, [main, 'run', pipeline, '--quiet', '-j', '2']));
    measure('kshot, nothing to do', cpuSeconds(process.execPath, [main, 'run', pipeline, '--quiet']));
    measure('kshot, plan, nothing to do', cpuSeconds(process.execPath, [main, 'plan', pipeline, '--quiet']));
    measure('Node, starting them', cpuSeconds(process.execPath, ['-e', spawns(count)]));
    if (!hasNinja) continue;
    spawnSync('ninja', ['-t', 'clean'], { cwd: ninja });
    rmSync(join(ninja, '.ninja_log'), { force: true });
    measure('ninja, cold (touch)', cpuSeconds('ninja', ['-j2'], ninja));
    measure('ninja, nothing to do', cpuSeconds('ninja', ['-j2'], ninja));
  }
  console.log(
    `${count.toLocaleString('en')} programs, CPU seconds${hasNinja ? '' : ' (ninja is not installed)'}`,
  );
  for (const [name, values] of figures) console.log(`  ${name.padEnd(44)} ${median(values).toFixed(2)}`);
}

/** Where there is nothing to do, and planning where nothing is there, of a matrix and of as many steps. */
function comparePlans(count, { repeats = 3 } = {}) {
  const figures = new Map();
  const measure = (name, seconds) => figures.set(name, [...(figures.get(name) ?? []), seconds]);
  for (const form of ['commands', 'steps']) {
    const pipeline = `pipelines/${form}-${count}.yaml`;
    clean();
    for (let repeat = 0; repeat < repeats; repeat++) {
      measure(`${form}: plan, all to run`, cpuSeconds(process.execPath, [main, 'plan', pipeline, '--quiet']));
    }
    spawnSync(process.execPath, [main, 'run', pipeline, '--quiet'], { cwd: folder });
    for (let repeat = 0; repeat < repeats; repeat++) {
      measure(
        `${form}: run, nothing to do`,
        cpuSeconds(process.execPath, [main, 'run', pipeline, '--quiet']),
      );
      measure(
        `${form}: plan, nothing to do`,
        cpuSeconds(process.execPath, [main, 'plan', pipeline, '--quiet']),
      );
    }
  }
  console.log(
    `${count.toLocaleString('en')} programs, of one matrix (commands) or as many steps, CPU seconds`,
  );
  for (const [name, values] of figures) console.log(`  ${name.padEnd(44)} ${median(values).toFixed(2)}`);
}

function report(name, target, measure, { runs = 5, before = () => undefined } = {}) {
  const times = Array.from({ length: runs }, () => {
    before();
    return measure();
  });
  console.log(
    `${name.padEnd(46)} ${median(times).toFixed(2)} s (${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)}), target ${target}`,
  );
}

try {
  mkdirSync(join(folder, 'pipelines'));
  for (const count of [1000, 10_000]) {
    writeFileSync(join(folder, `pipelines/values-${count}.yaml`), values(count));
    writeFileSync(join(folder, `pipelines/commands-${count}.yaml`), commands(count));
    writeFileSync(join(folder, `pipelines/steps-${count}.yaml`), commandSteps(count));
  }
  const run = (count) => [main, 'run', `pipelines/values-${count}.yaml`, '--quiet'];
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  report('bare start of Node', 'none', () => seconds(['-e', '0']));
  report('kshot --version', '0.30 s', () => seconds([main, '--version']));
  report('1,000 values, cold', '10 s', () => seconds(run(1000)), { runs: 3, before: clean });
  report('1,000 values, nothing to do', '0.50 s', () => seconds(run(1000)));
  report('1,000 values, plan, nothing to do', '0.50 s', () =>
    seconds([main, 'plan', 'pipelines/values-1000.yaml', '--quiet']),
  );
  report('10,000 values, plan', '3 s', () =>
    seconds([main, 'plan', 'pipelines/values-10000.yaml', '--quiet']),
  );
  compareCommands(1000);
  comparePlans(1000);
  comparePlans(10_000);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
