// What people and other programs hand to kshot: arguments, names, pipelines outside of the root, damaged files.
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FailureError } from '../../dist/base/failure.js';
import { adam } from '../../dist/learning/adam.js';
import { readTrainingProgress } from '../../dist/learning/training-state.js';
import { readModel } from '../../dist/model/model-file.js';
import { mutations } from './cache.mjs';
import {
  experiment,
  filesBelow,
  flawsOf,
  kshot,
  makeProject,
  Tally,
  temporaryFolder,
  values,
} from './rig.mjs';

const commands = [
  'run',
  'plan',
  'status',
  'dag',
  'explain',
  'results',
  'diff',
  'report',
  'sql',
  'logs',
  'gc',
  'pin',
  'cache verify',
  'cache',
  'doctor',
  'schema',
  'completion',
  'help',
  '__complete',
  'cache nosuch',
  'nosuch',
];
const options = [
  '--root',
  '--json',
  '--quiet',
  '--no-color',
  '-j',
  '--jobs',
  '--set',
  '--tag',
  '--force',
  '--keep-going',
  '--dry-run',
  '--engine',
  '--format',
  '--help',
  '--version',
  '--limit',
  '--csv',
  '--check',
  '--open',
  '--keep',
  '--older-than',
  '--follow',
  '--list',
  '--remove',
  '--timeout',
  '--output',
  '--set=',
  '--jobs=',
  '--tag=',
  '--',
  '-',
  '--nosuch',
  '-x',
  '--force=',
];
const words = [
  '',
  ' ',
  '.',
  '..',
  '/',
  '-1',
  '0',
  '1e9',
  '99999999999999999999',
  'NaN',
  'one',
  'two',
  'one,two',
  'pipelines/small.yaml',
  'small',
  'nosuch.yaml',
  'latest',
  'small/first',
  '/etc/passwd',
  '/dev/null',
  '/proc/self/mem',
  'a'.repeat(300),
  'a/'.repeat(3000),
  '\n',
  '\u001b[31mred',
  '\u202eevil',
  '💥',
  '%s%n',
  '$(id)',
  "'; DROP TABLE runs; --",
  'SELECT 1',
  'FROM steps',
  'SELECT * FROM runs',
  'SELECT',
  '{',
  '[',
  '{}',
  'params.x=1',
  'steps.one.with.a=2',
  'steps.one.with.a=',
  'steps..=',
  '=',
  'steps.one.with.a=!!js/function "x"',
  'steps.one.with.a=&a [*a]',
  'steps.one.with.__proto__=1',
  'steps.__proto__.with.a=1',
  'steps.one.with.a=1e999',
  'steps.one.with.a=.nan',
  'steps.one.matrix.i=[1,2]',
  '__proto__',
  'constructor',
  'toString',
  'table',
  'csv',
  'json',
  'wasm',
  'reference',
  'tfjs',
  'auto',
  'bash',
  'zsh',
  '-h',
  '--',
  'one[i=1]',
  'one@1',
  '*',
  '?',
  '~',
  'C:\\x',
];

export function* fuzzedArguments({ random }) {
  const tally = new Tally('arguments of the command line');
  yield [tally];
  const root = makeProject(values);
  kshot(root, ['run', '--quiet', '--tag', 'first']);
  for (;;) {
    const args = random.pick(commands).split(' ');
    for (let count = random.below(5); count > 0; count--) {
      args.push(random.pick(random.below(2) === 0 ? options : words));
    }
    // Would wait for an end that does not come, or leave this project.
    if (args.includes('--follow') || args.includes('--open')) continue;
    yield () => {
      const answer = kshot(root, args, { timeout: 120_000, environment: { PATH: process.env.PATH } });
      tally.note(`exit ${answer.exitCode}`);
      const flaws = flawsOf(answer, [0, 1, 2, 3, 36]);
      if (flaws.length > 0) flaws.push(answer.text.slice(0, 900));
      tally.count(flaws, JSON.stringify(args).slice(0, 400));
    };
  }
}

const strange = [
  '<script>alert(1)</script>',
  '"quoted"',
  "it's",
  'a\nb',
  'a\tb',
  '\u001b[31mred\u001b[0m',
  '..',
  '../../escape',
  '/abs',
  'a/b',
  '.hidden',
  'CON',
  'x'.repeat(300),
  '💥',
  'ä',
  '\u202eevil',
  '&amp;',
  '${params.a}',
  '`id`',
  'a=b',
  'a,b',
  'a]b',
  '__proto__',
  'constructor',
  '-rf',
  ' lead',
  'latest',
  '%00',
  '\u0000',
  '{{x}}',
  '</title><img src=x onerror=alert(1)>',
];

export function* strangeNames({ random }) {
  const names = new Tally('names of pipelines, steps, params, tags and values with markup, quotes, newlines');
  const outside = new Tally('extends and files outside of the root, by path and by link');
  yield [names, outside];
  for (;;) {
    const text = random.pick(strange) + (random.below(3) === 0 ? random.pick(strange) : '');
    const place = random.below(8);
    yield () => checkStrangeName(text, place, names);
    yield () => checkOutside(random, outside);
  }
}

function checkStrangeName(text, place, names) {
  const quoted = JSON.stringify(text);
  const parent = temporaryFolder();
  const root = join(parent, 'project');
  mkdirSync(root);
  makeProject('', root);
  const pipelines = [
    `version: 1\nname: ${quoted}\nsteps:\n  one: { kind: value, with: { a: 1 } }\n`,
    `version: 1\nsteps:\n  ${quoted}: { kind: value, with: { a: 1 } }\n`,
    `version: 1\nparams: { ${quoted}: 1 }\nsteps:\n  one: { kind: value, with: { a: 1 } }\n`,
    `version: 1\nsteps:\n  one: { kind: value, with: { ${quoted}: ${quoted} } }\n`,
    `version: 1\nsteps:\n  one: { kind: value, with: { a: 1 }, matrix: { i: [${quoted}, 2] } }\n`,
    `version: 1\nsteps:\n  one: { kind: command, with: { argv: [echo, ${quoted}] } }\n`,
    `version: 1\nwaive: [{ step: one, reason: ${quoted} }]\nsteps:\n  one: { kind: value, with: { a: 1 } }\n`,
    values,
  ];
  writeFileSync(join(root, 'pipelines/small.yaml'), pipelines[place]);
  const flaws = [];
  const args = place === 7 && !text.includes('\u0000') ? ['run', `--tag=${text}`] : ['run'];
  for (const one of [
    args,
    ['plan'],
    ['status'],
    ['dag'],
    ['results'],
    ['logs', 'one'],
    ['sql', 'FROM steps'],
  ]) {
    const answer = kshot(root, one);
    flaws.push(...flawsOfText(answer, one));
    names.note(`exit ${answer.exitCode}`);
  }
  flaws.push(...flawsOfFiles(parent, root));
  names.count(
    flaws,
    `${['pipeline', 'step', 'param', 'with', 'matrix', 'argv', 'waive', 'tag'][place]} ${quoted}`,
  );
  rmSync(parent, { recursive: true, force: true });
}

function flawsOfText(answer, command) {
  const own = flawsOf(answer, [0, 1, 2, 3]);
  // What a log holds is passed on as it is.
  if (/\u202e/.test(command[0] === 'logs' ? answer.stderr : answer.text))
    own.push('a bidirectional override');
  if (own.length === 0) return [];
  return [`${command.join(' ')}: ${own.join(', ')}: ${JSON.stringify(answer.text.slice(0, 500))}`];
}

function flawsOfFiles(parent, root) {
  const flaws = [];
  for (const file of filesBelow(parent)) {
    if (!/^(pipelines|cache|artifacts)\//.test(file.slice(root.length + 1)) || !file.startsWith(`${root}/`))
      flaws.push(`wrote ${file}`);
    if (/[\u0000-\u001f\u007f<>"'`|*?\\]/.test(file.slice(root.length)))
      flaws.push(`an unsafe file name: ${JSON.stringify(file)}`);
    if (file.endsWith('report.html')) {
      const page = readFileSync(file, 'utf8');
      if (/<script>alert|<img src=x/.test(page)) flaws.push('markup in the report');
    }
  }
  return flaws;
}

function checkOutside(random, outside) {
  const parent = temporaryFolder();
  const root = join(parent, 'project');
  mkdirSync(root);
  makeProject(values, root);
  writeFileSync(join(parent, 'outside.yaml'), values);
  writeFileSync(join(parent, 'outside.txt'), 'text\n');
  symlinkSync(join(parent, 'outside.yaml'), join(root, 'pipelines/link.yaml'));
  symlinkSync(join(parent, 'outside.txt'), join(root, 'link.txt'));
  symlinkSync(parent, join(root, 'up'));
  const path = random.pick([
    '../outside.yaml',
    '../../outside.yaml',
    join(parent, 'outside.yaml'),
    'link.yaml',
    '/dev/null',
    '/etc',
    '/proc/self/mem',
    '../up/outside.yaml',
    '\u0000',
    '',
    '.',
    'small.yaml',
  ]);
  const file = random.pick([
    '../outside.txt',
    join(parent, 'outside.txt'),
    'link.txt',
    'up/outside.txt',
    '/dev/zero',
    '/etc',
    '',
    '.',
    '..',
    'cache',
    'link.txt/',
  ]);
  writeFileSync(join(root, 'pipelines/extends.yaml'), `extends: ${JSON.stringify(path)}\nversion: 1\n`);
  writeFileSync(
    join(root, 'pipelines/files.yaml'),
    `version: 1\nsteps:\n  one: { kind: command, with: { files: [${JSON.stringify(file)}], argv: [ls, -R] } }\n`,
  );
  const flaws = [];
  for (const args of [
    ['run', 'pipelines/extends.yaml'],
    ['run', 'pipelines/files.yaml'],
    ['plan', 'pipelines/files.yaml'],
  ]) {
    const answer = kshot(root, args, { timeout: 60_000 });
    outside.note(`exit ${answer.exitCode}`);
    const own = flawsOf(answer, [0, 1, 2, 3]);
    if (own.length > 0) flaws.push(`${args.join(' ')}: ${own.join(', ')}: ${answer.text.slice(0, 700)}`);
  }
  if (
    !existsSync(join(parent, 'outside.txt')) ||
    readFileSync(join(parent, 'outside.txt'), 'utf8') !== 'text\n'
  )
    flaws.push('a file outside was changed');
  outside.count(flaws, `extends ${JSON.stringify(path)}, files ${JSON.stringify(file)}`);
  rmSync(parent, { recursive: true, force: true });
}

/** Damaged safetensors read in this process, damaged parquet in another, which a fault of DuckDB's may end. */
export function* mutatedFiles({ random }) {
  const safetensors = new Tally('mutated safetensors: read whole, or refused with a reason');
  const parquet = new Tally('mutated parquet: read, or refused with a reason');
  yield [safetensors, parquet];
  const root = makeProject(experiment);
  const { exitCode, text } = kshot(root, ['run', '--quiet']);
  if (exitCode !== 0) throw new Error(text);
  const objects = [...filesBelow(join(root, 'cache/objects'))].map((file) => readFileSync(file));
  const tensors = objects.filter((bytes) => bytes.subarray(8, 10).toString() === '{"');
  const tables = objects.filter((bytes) => bytes.subarray(0, 4).toString() === 'PAR1');
  const optimizer = adam(0.01);
  const readers = [readModel, (bytes, source) => readTrainingProgress(bytes, source, optimizer)];
  const folder = temporaryFolder();
  for (;;) {
    yield () => {
      for (let count = 0; count < 500; count++) {
        const bytes = mutated(random.pick(tensors), random);
        try {
          random.pick(readers)(bytes, 'the file');
          safetensors.note('read');
          safetensors.count([], '');
        } catch (error) {
          const expected = error instanceof FailureError && error.failure.reason === 'bad-data';
          safetensors.note('refused');
          safetensors.count(expected ? [] : [`${error.stack}`], bytes.subarray(0, 300).toString('latin1'));
        }
      }
    };
    yield async () => {
      const files = Array.from({ length: 50 }, (_, index) => {
        const path = join(folder, `${index}.parquet`);
        writeFileSync(path, mutated(random.pick(tables), random));
        return path;
      });
      for (const { file, outcome, flaw } of await readTables(files)) {
        parquet.note(outcome);
        parquet.count(
          flaw === undefined ? [] : [flaw],
          flaw === undefined ? '' : readFileSync(file).toString('base64').slice(0, 200),
        );
      }
    };
  }
}

function mutated(bytes, random) {
  let copy = bytes;
  for (let count = 1 + random.below(3); count > 0; count--) {
    copy = mutations[
      random.pick(['flip', 'flip', 'digit', 'cut', 'longer', 'overwrite', 'zeros', 'garbage', 'twice'])
    ](copy, random);
  }
  return copy;
}

function readTables(files) {
  return new Promise((resolve) => {
    const outcomes = [];
    const child = fork(fileURLToPath(new URL('./read-tables.mjs', import.meta.url)), files, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.on('message', (message) => outcomes.push(message));
    child.on('close', (code, signal) => {
      const next = files[outcomes.length];
      if (next !== undefined)
        outcomes.push({
          file: next,
          outcome: 'ended the process',
          flaw: `reading it ended the process: ${code ?? signal}`,
        });
      resolve(outcomes);
    });
  });
}
