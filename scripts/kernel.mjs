import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Compiles the engine's kernel, AssemblyScript in `*.as` (a name of its own keeps it from the TypeScript tools), to
 * `kernel.wasm` beside the engine. The same sources and compiler give the same bytes, so what `kernel.stamp` says was
 * compiled from these stays: compiling takes four times as long as the rest of the build.
 */
export async function compileKernel(source) {
  const folder = join(source, 'engines/wasm');
  const target = join(folder, 'kernel.wasm');
  const stamp = join(folder, 'kernel.stamp');
  const inputs = digestOfInputs(join(folder, 'kernel'));
  const stampOf = (binary) => `${inputs} ${sha256(binary)}\n`;
  if (
    existsSync(target) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === stampOf(readFileSync(target))
  )
    return;
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await asc.main(
    [
      'kernel.ts',
      '--outFile=kernel.wasm',
      '-O3',
      '--noAssert',
      '--runtime=stub',
      '--enable=simd,threads',
      '--importMemory',
      '--sharedMemory',
      '--initialMemory=1',
      '--maximumMemory=65536',
    ],
    {
      readFile(name) {
        try {
          return readFileSync(join(folder, 'kernel', name.replace(/\.ts$/, '.as')), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile(name, contents) {
        if (name.endsWith('.wasm')) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) {
    throw new Error(`the kernel does not compile\n${stderr.toString()}`, { cause: error });
  }
  // Written outside the sources, which another build may be reading, and moved in.
  const written = join(source, '..', `.kernel-${process.pid}.wasm`);
  for (const [place, contents] of [
    [target, binary],
    [stamp, stampOf(binary)],
  ]) {
    writeFileSync(written, contents);
    renameSync(written, place);
  }
}

/** All that the kernel's bytes come from: its sources, the compiler, and how this script calls it. */
function digestOfInputs(folder) {
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
  const files = readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  return sha256(JSON.stringify([version, readFileSync(new URL(import.meta.url), 'utf8'), files]));
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}
