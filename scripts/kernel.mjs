import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

/**
 * Compiles the engine's kernel, AssemblyScript in `*.as` (a name of its own keeps it from the TypeScript tools), to
 * `kernel.wasm` beside the engine. The same sources and compiler give the same bytes.
 */
export async function compileKernel(source) {
  const folder = join(source, 'engines/wasm');
  const target = join(folder, 'kernel.wasm');
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
  writeFileSync(written, binary);
  renameSync(written, target);
}
