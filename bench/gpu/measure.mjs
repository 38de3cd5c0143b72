// What `run.sh` of the bundle runs: finds the GPU, then measures each case in a process of its own, holds its gradient
// to that of the wasm engine, and writes results.json and table.md after every one.

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { relativeError } from '../../dist/engines/relative-error.js';
import { gru } from '../../dist/model/gru/gru.js';
import { initialParameters } from '../../dist/model/gru/initial-parameters.js';
import { readModel, writeModel } from '../../dist/model/model-file.js';
import { shippedSettings, shippedSizes } from '../shipped-settings.mjs';
import { describeMachine, findPython } from './describe-machine.mjs';
import { findAdapter, loaderMessages } from './find-adapter.mjs';
import { planCases } from './plan-cases.mjs';
import { comparisons, spread, tableOf } from './table.mjs';

const help = `usage: ./run.sh [options]

  --adapter hardware|software|none   which WebGPU adapter to measure on: a GPU (default), a software one (for a test of
                                     the bundle), or none (the CPU engines and PyTorch only)
  --tasks 32,256,1024                tasks of a meta-iteration
  --repeats 30                       at most so many iterations of each case
  --minutes 8                        for all of it; a case that no longer fits is left out, and said to be
  --no-pytorch                       without PyTorch
  --out FOLDER                       where results.json and table.md go; default: the current folder`;

const options = readOptions({
  adapter: { type: 'string', default: 'hardware' },
  tasks: { type: 'string', default: '32,256,1024' },
  repeats: { type: 'string', default: '30' },
  minutes: { type: 'string', default: '8' },
  'no-pytorch': { type: 'boolean', default: false },
  out: { type: 'string', default: '.' },
  help: { type: 'boolean', default: false },
});
if (options.help) {
  console.log(help);
  process.exit(0);
}
const deadline = performance.now() + 60_000 * positive('minutes');
const repeats = positive('repeats');
const taskCounts = options.tasks.split(',').map(Number);
/** A gradient further than this from the wasm engine's is not the same gradient; nor is anything else the same. */
const largestError = 1e-3;

const bundle = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = resolve(options.out);
const work = mkdtempSync(join(tmpdir(), 'kshot-gpu-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
mkdirSync(out, { recursive: true });

const episodeFiles = readdirSync(join(bundle, 'episodes'))
  .map((name) => ({ file: join(bundle, 'episodes', name), most: Number(/\d+/.exec(name)?.[0]) }))
  .sort((one, other) => one.most - other.most);
for (const tasks of taskCounts) {
  if (!Number.isInteger(tasks) || tasks < 1 || tasks > episodeFiles.at(-1).most) {
    fail(2, `--tasks: ${tasks} is not a number from 1 to ${episodeFiles.at(-1).most}`);
  }
}
if (!['hardware', 'software', 'none'].includes(options.adapter)) {
  fail(2, '--adapter is hardware, software or none');
}

const results = { machine: describeMachine(), settings: { ...shippedSettings, ...shippedSizes }, rows: [] };
console.log(results.machine.lines.join('\n'));

let gpuEnvironment;
if (options.adapter !== 'none') {
  const { found, tried } = findAdapter(options.adapter, work);
  for (const { how, seen } of tried) console.log(`Vulkan: ${how}: ${seen}`);
  if (found === undefined) {
    for (const { how, environment } of new Set([tried[0], tried.at(-1)])) {
      console.log(`\nwhat the Vulkan loader says with ${how}:\n${loaderMessages(environment)}`);
    }
    fail(36, `Vulkan lists no ${options.adapter} device; --adapter none measures what needs none`);
  }
  const { vendor, architecture, device, description } = found.adapter;
  results.adapter = { vendor, architecture, device, driver: description, names: found.names, how: found.how };
  console.log(`Vulkan: ${found.how}: ${found.names.join(', ')}`);
  console.log(`adapter: ${vendor} ${architecture}, ${device}; driver: ${description}`);
  for (const name of ['VK_DRIVER_FILES', 'LD_LIBRARY_PATH']) {
    if (found.environment[name]) console.log(`  ${name}=${found.environment[name]}`);
  }
  gpuEnvironment = found.environment;
}
const python = options['no-pytorch'] ? { absent: 'left out by --no-pytorch' } : findPython();
console.log(
  python.absent === undefined
    ? `PyTorch: ${python.torch} by ${python.path}, ${python.cuda ? `CUDA ${python.cuda}` : 'no CUDA device, so on the CPU'}`
    : `PyTorch: not measured, ${python.absent}`,
);
results.pytorch = python;

const initial = join(work, 'initial.safetensors');
const references = new Map();
const cases = planCases({
  taskCounts,
  cores: availableParallelism(),
  adapter: options.adapter,
  python,
});
let wrong = 0;
for (const [index, planned] of cases.entries()) {
  const row = await measureCase(planned, index);
  results.rows.push(row);
  if (row.wrong) wrong++;
  console.log(`${row.label}, ${row.tasks} tasks: ${describeRow(row)}`);
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(out, 'table.md'), tableOf(results));
}
console.log(`\n${tableOf(results)}`);
for (const line of comparisons(results.rows)) console.log(line);
console.log(`\nwritten: ${join(out, 'results.json')}, ${join(out, 'table.md')}`);
process.exitCode = wrong > 0 ? 1 : 0;

/** Writes the model that every case begins with. */
function writeInitial(episodes) {
  const { items } = JSON.parse(readFileSync(episodes, 'utf8'));
  const shape = { items, embedding: shippedSizes.embedding, hidden: shippedSizes.hidden };
  writeFileSync(
    initial,
    writeModel({ layout: gru.layout(shape), parameters: Float32Array.from(initialParameters(shape, 1)) }),
  );
  results.items = items;
}

/** Runs one case in a process of its own, for its own time and no longer than what is left of all. */
async function measureCase(planned, index) {
  const { label, tasks, program } = planned;
  const row = { label, family: planned.family, tasks, milliseconds: [] };
  const left = (deadline - performance.now()) / 1000;
  if (left < 5) return { ...row, failed: 'no time was left for it' };
  const { file } = episodeFiles.find(({ most }) => most >= tasks);
  if (!existsSync(initial)) writeInitial(file);
  const gradient = join(work, `gradient-${index}.safetensors`);
  const caseFile = join(work, `case-${index}.json`);
  const seconds = Math.min(planned.seconds, left - 3);
  const contents = {
    ...planned.options,
    allowSoftware: options.adapter === 'software',
    tasks,
    episodes: file,
    initial,
    gradient,
    settings: shippedSettings,
    repeats,
    seconds,
  };
  writeFileSync(caseFile, JSON.stringify(contents));
  const isEngine = program === 'engine';
  const [command, script] = isEngine
    ? [process.execPath, join(bundle, 'program/engine-case.mjs')]
    : [python.path, join(bundle, 'pytorch/time_forms.py')];
  const environment = isEngine ? gpuEnvironment : { PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' };
  const ended = await childLines(command, [script, caseFile], {
    environment,
    // Starting, compiling and warming up come on top of the time for measuring.
    seconds: Math.min(seconds + 60, left),
    heard: (line) => {
      const { milliseconds, ...rest } = line;
      if (milliseconds !== undefined) row.milliseconds.push(milliseconds);
      Object.assign(row, rest);
    },
  });
  compareWithReference(row, planned, gradient);
  if (row.checks?.some(({ error }) => !(error < largestError))) row.wrong = true;
  if (row.milliseconds.length === 0) row.failed = ended ?? 'it ended without a measurement';
  return { ...row, ...spread(row.milliseconds) };
}

/** Says of a row how far its loss and gradient are from those of the reference, which the first such row is. */
function compareWithReference(row, { tasks, reference: isReference }, gradient) {
  if (!existsSync(gradient) || row.loss === undefined || row.tasks_timed !== undefined) return;
  const own = { loss: row.loss, gradient: readModel(readFileSync(gradient), gradient).parameters };
  if (isReference && !references.has(tasks)) references.set(tasks, own);
  const reference = references.get(tasks);
  if (reference === undefined || reference === own) return;
  row.lossError = Math.abs(own.loss - reference.loss) / Math.abs(reference.loss);
  row.gradientError = relativeError(own.gradient, reference.gradient);
  row.wrong = !(row.lossError < largestError && row.gradientError < largestError);
}

/** Hears a child's JSON lines; resolves to why it did not end well, or undefined. */
async function childLines(command, args, { environment, seconds, heard }) {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-8000);
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, 1000 * seconds);
  createInterface({ input: child.stdout }).on('line', (line) => {
    try {
      heard(JSON.parse(line));
    } catch {
      errors += `${line}\n`;
    }
  });
  const [code, signal] = await new Promise((resolved) => {
    child.on('error', (error) => resolved([error.message, null]));
    child.on('close', (...how) => resolved(how));
  });
  clearTimeout(timer);
  if (late) return `stopped after ${seconds.toFixed(0)} s`;
  if (code === 0) return undefined;
  const lines = errors.trim().split('\n');
  const why = lines.findLast((line) => /^\w*(Error|Exit)\b/.test(line)) ?? lines.at(-1);
  return `it ended with ${signal ?? code}${why ? `: ${why}` : ''}`;
}

function describeRow(row) {
  if (row.failed !== undefined) return `not measured: ${row.failed}`;
  const against =
    row.gradientError === undefined
      ? ''
      : `; against wasm: loss ${row.lossError.toExponential(1)}, gradient ${row.gradientError.toExponential(1)}${row.wrong ? ' WRONG' : ''}`;
  const checks = row.checks?.map(
    ({ call, error }) =>
      `\n  ${call}: ${error.toExponential(1)} from the reference${error < largestError ? '' : ' WRONG'}`,
  );
  const part = row.tasks_timed === undefined ? '' : `, from its first ${row.tasks_timed} tasks`;
  return `${row.median.toFixed(2)} ms (${row.best.toFixed(2)} to ${row.worst.toFixed(2)}, ${row.milliseconds.length} iterations${part}) on ${row.device}${against}${checks?.join('') ?? ''}`;
}

function readOptions(known) {
  try {
    return parseArgs({ options: known }).values;
  } catch (error) {
    return fail(2, `${error.message}\n\n${help}`);
  }
}

function positive(name) {
  const value = Number(options[name]);
  if (!(value > 0)) fail(2, `--${name} wants a number above 0`);
  return value;
}

function fail(code, message) {
  console.error(`kshot-gpu: ${message}`);
  process.exit(code);
}
