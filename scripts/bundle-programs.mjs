import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';

/** What processes are started with: the command line and the workers. */
const programs = ['cli/main', 'run/local/worker'];

/**
 * Puts the modules of each program together, in `bundled/` below the output, and has the program's own module load that.
 * A command takes some 130 modules of ours, and finding and scanning them takes Node a quarter of all that a small one
 * does. What is loaded on use still is: it lies in files of its own. Modules stay as they are for whoever imports them,
 * and a module's `import.meta.url` stays what it is without a bundle, so that what lies beside it is found.
 */
export async function bundlePrograms(output) {
  const folder = join(output, 'bundled');
  const beside = (path) => {
    const place = relative(folder, path).split(sep).join('/');
    return `new URL(${JSON.stringify(place)}, import.meta.url).href`;
  };
  const keepUrls = {
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
        const contents = readFileSync(path, 'utf8').replaceAll('import.meta.url', beside(path));
        return { contents, resolveDir: dirname(path), loader: 'js' };
      });
    },
  };
  await build({
    entryPoints: programs.map((name) => ({ in: join(output, `${name}.js`), out: name.replaceAll('/', '-') })),
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
    plugins: [keepUrls],
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  for (const name of programs) {
    const path = join(output, `${name}.js`);
    const first = readFileSync(path, 'utf8').startsWith('#!') ? '#!/usr/bin/env node\n' : '';
    const target = relative(dirname(path), join(folder, `${name.replaceAll('/', '-')}.js`));
    writeFileSync(path, `${first}import ${JSON.stringify(target.split(sep).join('/'))};\n`);
  }
}
