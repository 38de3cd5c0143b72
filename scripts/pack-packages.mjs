import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';

/**
 * Packages of many files in CommonJS, which take Node several times longer to find and to scan for names than to run:
 * DuckDB's client 0.45 s of CPU time in each process, as one module 0.1 s.
 */
const packages = ['@duckdb/node-api', 'yaml', 'commander'];

/**
 * Makes one module of each, in `packages/` below the output, and lets all modules there import it in the place of the
 * package. What such a package itself depends on is still found where it is installed.
 */
export async function packPackages(root, output) {
  const require = createRequire(join(root, 'package.json'));
  const folder = join(output, 'packages');
  mkdirSync(folder);
  const files = new Map();
  for (const name of packages) {
    const file = join(folder, `${name.replace('@', '').replace('/', '-')}.js`);
    const names = Object.keys(await import(require.resolve(name))).filter((one) =>
      /^(?!default$|__esModule$)[A-Za-z_]\w*$/.test(one),
    );
    await build({
      stdin: {
        contents: `export { ${names.join(', ')} } from '${name}';\n`,
        resolveDir: root,
      },
      outfile: file,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      external: ['@duckdb/node-bindings'],
      banner: {
        js: `import { createRequire } from 'node:module';\nconst require = createRequire(createRequire(import.meta.url).resolve('${name}'));`,
      },
      legalComments: 'inline',
      logLevel: 'warning',
    });
    copyFileSync(join(root, 'node_modules', name, 'LICENSE'), file.replace(/\.js$/, '.LICENSE'));
    files.set(name, file);
  }
  await packForRequire(root, folder, 'string-width');
  const modules = readdirSync(output, { recursive: true, encoding: 'utf8' })
    .map((name) => join(output, name))
    .filter((path) => path.endsWith('.js') && dirname(path) !== folder);
  const specifier = new RegExp(`(\\bfrom |\\bimport\\()"(${packages.join('|')})"`, 'g');
  for (const path of modules) {
    const text = readFileSync(path, 'utf8');
    const packed = text.replace(specifier, (_, before, name) => {
      const target = relative(dirname(path), files.get(name)).split(sep).join('/');
      return `${before}"${target.startsWith('.') ? target : `./${target}`}"`;
    });
    if (packed !== text) writeFileSync(path, packed);
  }
}

/** Makes a module of CommonJS of a package, for what loads it only when it is first needed, and cannot wait for it. */
async function packForRequire(root, folder, name) {
  const outfile = join(folder, `${name}.cjs`);
  await build({
    stdin: { contents: `export { default } from '${name}';\n`, resolveDir: root },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  copyFileSync(join(root, 'node_modules', name, 'license'), outfile.replace(/\.cjs$/, '.LICENSE'));
}
