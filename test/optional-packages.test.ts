import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../src/session/keeping/diagnosis.js';
import { kshot } from './support/kshot.js';
import { smallExperiment } from './support/small-experiment.js';
import { temporaryProject } from './support/temporary-project.js';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const { optionalDependencies } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
  optionalDependencies: { readonly [name: string]: string };
};
const optional = Object.keys(optionalDependencies);
/** Those that hold JavaScript alone, so that they can be installed on any machine. */
const portable = ['core', 'backend-cpu', 'backend-webgpu'].map((name) => `@tensorflow/tfjs-${name}`);
let folder = '';

/** Links to all that is installed but for the optional packages: what `npm ci` leaves where they cannot be had. */
function linkPackages(from: string, to: string, prefix = ''): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from)) {
    const name = prefix + entry;
    if (optional.includes(name)) continue;
    if (entry.startsWith('@') && prefix === '') linkPackages(join(from, entry), join(to, entry), `${entry}/`);
    else symlinkSync(join(from, entry), join(to, entry));
  }
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'kshot-test-')));
  for (const name of [
    'src',
    'test',
    'bench',
    'python',
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ]) {
    cpSync(join(checkout, name), join(folder, name), { recursive: true });
  }
  linkPackages(realpathSync(join(checkout, 'node_modules')), join(folder, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: folder, stdio: 'pipe' });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('where no optional package could be installed', () => {
  const main = () => join(folder, 'dist/cli/main.js');

  it('kshot is built with the same digests of code, so that a plan is the same everywhere', () => {
    const digests = (root: string) => readFileSync(join(root, 'dist/code-digests.json'), 'utf8');
    expect(digests(folder)).toBe(digests(checkout));
    const { engines } = JSON.parse(digests(folder)) as { engines: { [name: string]: { manifest: string } } };
    expect(engines['tfjs:webgpu']?.manifest).toMatch(/^webgpu@\d/m);
    expect(engines['tfjs:tensorflow']?.manifest).toMatch(/^@tensorflow\/tfjs-node-gpu@\d/m);
  });

  const project = temporaryProject({ files: { 'pipelines/small.yaml': smallExperiment } });

  it('it computes on wasm, and draws its report', async () => {
    const { exitCode, stderr } = await kshot(project, ['run', '--tag', 'first'], { main: main() });
    expect(exitCode, stderr).toBe(0);
    expect(project.read('artifacts/small/first/report.html')).toContain('<figure');
  });

  it('auto is wasm even where there is a GPU, and doctor says of each engine what to install', async () => {
    const project = temporaryProject({ files: { 'pipelines/small.yaml': smallExperiment } });
    const { exitCode, stdout } = await kshot(project, ['doctor', '--json'], {
      main: main(),
      environment: { KSHOT_GPUS: '0' },
    });
    expect(exitCode).toBe(0);
    const { automatic, engines } = JSON.parse(stdout) as Diagnosis;
    expect(automatic.engine).toBe('wasm');
    expect(automatic.why).toContain('tfjs:webgpu: the package webgpu is not installed');
    const webgpu = engines.find(({ name }) => name === 'tfjs:webgpu');
    expect(webgpu).toMatchObject({ available: false, remedy: 'npm install webgpu' });
    const tensorflow = engines.find(({ name }) => name === 'tfjs:tensorflow');
    expect(tensorflow).toMatchObject({ available: false });
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    const advised = /^node (\S+\/scripts\/tensorflow-library\.mjs), /.exec(String(Object(tensorflow).remedy));
    expect(existsSync(advised?.[1] ?? '')).toBe(true);
  });

  it.each([
    ['tfjs:webgpu', 'the package webgpu is not installed', 'npm install webgpu'],
    [
      'tfjs:cpu',
      'the packages @tensorflow/tfjs-core and @tensorflow/tfjs-backend-cpu are not installed',
      'npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu',
    ],
  ])('%s, asked for by name, is refused with what to install', async (engine, why, hint) => {
    const project = temporaryProject({ files: { 'pipelines/small.yaml': smallExperiment } });
    const { exitCode, stderr } = await kshot(project, ['run', '--engine', engine], { main: main() });
    expect(exitCode).toBe(36);
    expect(stderr).toContain(`${why}\n  hint: ${hint}`);
  });

  it('with those that can be installed anywhere tfjs:cpu computes, and the sources have the right types', async () => {
    mkdirSync(join(folder, 'node_modules/@tensorflow'), { recursive: true });
    for (const name of portable) {
      symlinkSync(join(checkout, 'node_modules', name), join(folder, 'node_modules', name));
    }
    const compiler = join(folder, 'node_modules/.bin/tsc');
    expect(execFileSync(compiler, ['--noEmit'], { cwd: folder, encoding: 'utf8' })).toBe('');
    const project = temporaryProject({ files: { 'pipelines/small.yaml': smallExperiment } });
    const run = ['run', 'meta_train@2', '--engine', 'tfjs:cpu'];
    const { exitCode, stderr } = await kshot(project, run, { main: main() });
    expect(exitCode, stderr).toBe(0);
  });

  it('without the part of DuckDB for this machine, doctor, run and sql say what to install', async () => {
    const packages = join(folder, 'node_modules/@duckdb');
    for (const name of readdirSync(packages)) {
      rmSync(join(packages, name));
      // A package is looked for around the place that a link leads to.
      const isPart = /^node-bindings-/.test(name);
      if (!isPart)
        cpSync(join(checkout, 'node_modules/@duckdb', name), join(packages, name), { recursive: true });
    }
    const lack = /the package (@duckdb\/node-bindings-\w+-\w+) is not installed\n {2}hint: npm install \1@\d/;
    for (const args of [['doctor'], ['report'], ['sql', 'FROM runs'], ['run', '--force']]) {
      const { exitCode, stderr } = await kshot(project, args, { main: main() });
      expect([args[0], exitCode, stderr]).toEqual([args[0], 36, expect.stringMatching(lack)]);
    }
  });
});
