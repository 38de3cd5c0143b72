import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { kshot } from './support/kshot.js';
import { smallExperiment } from './support/small-experiment.js';
import { type Project, temporaryProject } from './support/temporary-project.js';

const checkout = fileURLToPath(new URL('..', import.meta.url));

const script = `import { openProject, type Report } from 'kshot';
const project = await openProject({ root: '.' });
if (!project.ok) throw new Error(project.failure.map(({ reason, location }) => reason + location?.line).join());
const run = await project.value.run({ pipeline: 'pipelines/small.yaml', engine: 'wasm', signal: AbortSignal.timeout(60_000) });
if (!run.ok) throw new Error(run.failure[0]?.message);
for await (const event of run.value) if (event.event === 'step.finish' && event.outcome !== 'hit') throw new Error(event.node);
const results = await project.value.results();
const report: Report | undefined = results.ok ? results.value : undefined;
// @ts-expect-error a report has no such thing
export const nothing = report?.nothing;
process.stdout.write(String(report?.metrics[0]?.values['mrr']));
`;

/** A script of a user's passes the compiler, the declarations that it reaches too, and runs. */
function checkTypesOfExport(project: Project): void {
  project.write('script.mts', script);
  project.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2023',
        lib: ['es2023'],
        strict: true,
        exactOptionalPropertyTypes: true,
        types: ['node'],
        typeRoots: [join(checkout, 'node_modules/@types')],
      },
      files: ['script.mts'],
    }),
  );
  const at = { cwd: project.root, encoding: 'utf8' } as const;
  execFileSync(process.execPath, [join(checkout, 'node_modules/typescript/bin/tsc')], at);
  expect(Number(execFileSync(process.execPath, ['script.mjs'], at))).toBeGreaterThan(0);
}

it('what npm packs plans, runs, draws and reports beside its declared dependencies alone', async () => {
  const project = temporaryProject({ files: { 'pipelines/small.yaml': smallExperiment } });
  const packages = project.path('node_modules');
  mkdirSync(packages);
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', project.root], {
    cwd: checkout,
  });
  const archive = readdirSync(project.root).find((name) => name.endsWith('.tgz')) ?? '';
  execFileSync('tar', ['xzf', archive], { cwd: project.root });
  renameSync(project.path('package'), join(packages, 'kshot'));
  const { dependencies } = JSON.parse(readFileSync(join(packages, 'kshot/package.json'), 'utf8')) as {
    dependencies: { readonly [name: string]: string };
  };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    symlinkSync(join(checkout, 'node_modules', name), join(packages, name));
  }
  const main = join(packages, 'kshot/dist/cli/main.js');
  const ran = await kshot(project, ['run', '--engine', 'wasm', '--tag', 'first'], { main });
  expect(ran.exitCode, ran.stderr).toBe(0);
  const page = project.read('artifacts/small/first/report.html');
  expect(page).toContain('.page-header');
  expect(page).toContain('<figure');
  expect(readdirSync(project.path('artifacts/small/first/figures')).length).toBeGreaterThan(0);
  // The live view is drawn on a terminal only; that it can be loaded is enough here.
  const view = join(packages, 'kshot/dist/ui/live/live-app.js');
  execFileSync(process.execPath, ['--input-type=module', '-e', `await import(${JSON.stringify(view)})`]);
  checkTypesOfExport(project);
  for (const command of [['doctor'], ['completion', 'zsh'], ['schema'], ['plan', '--engine', 'tfjs:cpu']]) {
    const { exitCode, stderr } = await kshot(project, command, { main });
    expect([command, exitCode, stderr]).toEqual([command, 0, '']);
  }
  const made = await kshot(project, ['init', 'swept', '--python'], { main });
  expect(made.exitCode, made.stderr).toBe(0);
  // The page that it points at, and what that points at.
  const [guide] = made.stderr.match(/\/\S+own-script\.md/) ?? [];
  expect(guide).toBe(join(packages, 'kshot/docs/own-script.md'));
  expect(existsSync(join(packages, 'kshot/examples/sklearn/train.py'))).toBe(true);
  if (spawnSync('python3', ['--version']).status !== 0) return;
  const node = 'train[lr=0.01,seed=1]';
  const trained = await kshot(project, ['run', node, '--quiet'], { main, folder: 'swept' });
  expect(trained.exitCode, trained.stderr).toBe(0);
  const model = await kshot(project, ['get', `${node}.model`], { main, folder: 'swept' });
  expect(JSON.parse(model.stdout)).toHaveLength(3);
});
