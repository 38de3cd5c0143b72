import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';

/**
 * What processes are started with: the command line and the workers. `core` is what nearly every use of the program
 * needs, with all that it imports; `sooner` is what is loaded before it, or without it.
 */
const programs = [
  {
    name: 'cli/main',
    core: ['cli/commands/run', 'session/running/run-pipeline', 'run/scheduler', 'run/local/local-executor'],
    sooner: ['cli/start', 'cli/completion/answer-shell'],
  },
  { name: 'session/reading/query-process', core: ['report/query-rows', 'tables/row-formats'], sooner: [] },
  { name: 'run/local/worker', core: ['run/local/worker'], sooner: [] },
  { name: 'run/batch/job', core: ['run/batch/job'], sooner: [] },
];

/**
 * Puts the modules of each program together, in `bundled/` below the output, and has the program's own module load that.
 * A command takes some 200 modules of ours, and finding and scanning them takes Node half of all that a small one does.
 * What is loaded on use still is: it lies in files of its own. Modules stay as they are for whoever imports them, and a
 * module's `import.meta.url` stays what it is without a bundle, so that what lies beside it is found.
 */
export async function bundlePrograms(output) {
  for (const program of programs) await bundleProgram(output, program);
}

async function bundleProgram(output, { name, core, sooner }) {
  const folder = join(output, 'bundled');
  const fileOf = (module) => join(output, `${module}.js`);
  const options = {
    entryPoints: [{ in: fileOf(name), out: name.replaceAll('/', '-') }],
    // Else the names of chunks would depend on where it is built.
    absWorkingDir: output,
    outdir: folder,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  };
  const keepUrls = urlKeeper(output, folder);
  const { metafile } = await build({ ...options, plugins: [keepUrls([])], write: false, metafile: true });
  const loadedOnUse = Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  const early = reachedFrom(
    [name, ...sooner].map((module) => `${module}.js`),
    metafile.inputs,
  );
  // Modules that are reached from the same entries get into one file. Were each of those that are loaded on use to reach
  // a part of the core, that would be in a hundred files.
  const withCore = loadedOnUse.filter((module) => !early.has(module)).map((module) => join(output, module));
  await build({ ...options, plugins: [coreOf(core.map(fileOf), output), keepUrls(withCore)] });

  const path = fileOf(name);
  const first = readFileSync(path, 'utf8').startsWith('#!') ? '#!/usr/bin/env node\n' : '';
  const target = relative(dirname(path), join(folder, `${name.replaceAll('/', '-')}.js`));
  writeFileSync(path, `${first}import ${JSON.stringify(target.split(sep).join('/'))};\n`);
}

/** The modules that are loaded with some, by esbuild's list of all. */
function reachedFrom(modules, inputs) {
  const reached = new Set(modules);
  for (const module of reached) {
    for (const { path, kind } of inputs[module]?.imports ?? []) {
      if (kind === 'import-statement') reached.add(path);
    }
  }
  return reached;
}

/** The module `kshot:core`, which is all of the core. */
function coreOf(modules, output) {
  return {
    name: 'core',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^kshot:core$/ }, () => ({ path: 'core', namespace: 'kshot' }));
      onLoad({ filter: /^core$/, namespace: 'kshot' }, () => ({
        contents: modules.map((path) => `import ${JSON.stringify(path)};`).join('\n'),
        resolveDir: output,
      }));
    },
  };
}

/** Keeps what `import.meta.url` says in each module, and has those of `withCore` import the core. */
function urlKeeper(output, folder) {
  const beside = (path) => {
    const place = relative(folder, path).split(sep).join('/');
    return `new URL(${JSON.stringify(place)}, import.meta.url).href`;
  };
  return (withCore) => ({
    name: 'keep-urls',
    setup({ onLoad, onResolve }) {
      // It is one module already; and where its library cannot be loaded, Node 20 tells of that as an unhandled rejection
      // too when it is part of a chunk, beside the failed import() that is caught.
      onResolve({ filter: /\/packages\/duckdb-/ }, ({ path, resolveDir }) => ({
        path: relative(folder, join(resolveDir, path)).split(sep).join('/'),
        external: true,
      }));
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!path.startsWith(output + sep)) return undefined;
        const text = readFileSync(path, 'utf8').replaceAll('import.meta.url', beside(path));
        const contents = withCore.includes(path) ? `${text}\nimport 'kshot:core';\n` : text;
        return { contents, resolveDir: dirname(path), loader: 'js' };
      });
    },
  });
}
