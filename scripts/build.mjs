// Builds dist/: the modules without their types, the types of what is exported, the assets beside them, and what is
// computed from the kinds (parameter validators, code digests). No network, no state: the same sources give the same bytes.
// What it leaves outside of dist/ is the engine's native kernel, in the user's cache, where there is a C compiler.
// With --without-types the types are left out, which take half of the time.
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundlePrograms } from './bundle-programs.mjs';
import { computeCodeDigests } from './code-digests.mjs';
import { writeDeclarations } from './declarations.mjs';
import { compileKernel } from './kernel.mjs';
import { packPackages } from './pack-packages.mjs';
import { compileValidators } from './validators.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');
const final = join(root, 'dist');
// Built beside dist and swapped in, so that a run under way never sees half a build.
const output = join(root, `.dist-${process.pid}`);

await compileKernel(source);
const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1));
const isModule = (file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts');

rmSync(output, { recursive: true, force: true });
try {
  const modules = build({
    entryPoints: files.filter(isModule).map((file) => join(source, file)),
    outbase: source,
    outdir: output,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    jsx: 'automatic',
    // For breakpoints in src/; they are not packed.
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  const withTypes = !process.argv.includes('--without-types');
  await Promise.all([modules, ...(withTypes ? [writeDeclarations(root, output)] : [])]);
  for (const file of files.filter((file) => !isModule(file) && !/\.(md|as|stamp|d\.ts)$/.test(file))) {
    mkdirSync(join(output, file, '..'), { recursive: true });
    cpSync(join(source, file), join(output, file));
  }
  // Figures are drawn with these on every machine; the package holds twenty more.
  for (const file of ['ttf/DejaVuSans.ttf', 'ttf/DejaVuSans-Bold.ttf', 'LICENSE']) {
    const name = file.split('/').at(-1);
    cpSync(join(root, 'node_modules/dejavu-fonts-ttf', file), join(output, 'fonts', name));
  }
  writeFileSync(join(output, 'validators.js'), await compileValidators(output));
  writeFileSync(
    join(output, 'code-digests.json'),
    `${JSON.stringify(await computeCodeDigests(root, output), null, 1)}\n`,
  );
  await packPackages(root, output);
  await bundlePrograms(output);
  const old = join(root, `.dist-old-${process.pid}`);
  try {
    renameSync(final, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(output, final);
  rmSync(old, { recursive: true, force: true });
} finally {
  rmSync(output, { recursive: true, force: true });
}
// Now, so that no step waits for it; without it the engine computes in WebAssembly.
const { nativeKernel } = await import(pathToFileURL(join(final, 'engines/wasm/native-kernel.js')).href);
await nativeKernel();
