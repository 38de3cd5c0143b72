import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelFunctions } from '../src/engines/wasm/open-kernel.mjs';

/**
 * Compiles the engine's kernel, C in `kernel/`, to `kernel.wasm` beside the engine, by a Clang that is an npm package
 * and itself WebAssembly. The same sources and compiler give the same bytes, so what `kernel.stamp` says was compiled
 * from these stays: compiling takes ten times as long as the rest of the build.
 */
export async function compileKernel(source) {
  if (isCompiled(source)) return;
  const folder = join(source, 'engines/wasm');
  const sources = sourcesIn(folder);
  const binary = await compile(Object.fromEntries(sources));
  // Written outside the sources, which another build may be reading, and moved in.
  const written = join(source, '..', `.kernel-${process.pid}.wasm`);
  for (const [place, contents] of [
    [join(folder, 'kernel.wasm'), binary],
    [join(folder, 'kernel.stamp'), stampOf(sources, binary)],
  ]) {
    writeFileSync(written, contents);
    renameSync(written, place);
  }
}

/** Whether what is there was compiled from these sources, and is as it was then. */
export function isCompiled(source) {
  const folder = join(source, 'engines/wasm');
  const [target, stamp] = [join(folder, 'kernel.wasm'), join(folder, 'kernel.stamp')];
  if (!existsSync(target) || !existsSync(stamp)) return false;
  return readFileSync(stamp, 'utf8') === stampOf(sourcesIn(folder), readFileSync(target));
}

/** Names and texts; addon.c is for the native kernel alone. */
function sourcesIn(folder) {
  return readdirSync(join(folder, 'kernel'))
    .filter((name) => name !== 'addon.c')
    .sort()
    .map((name) => [name, readFileSync(join(folder, 'kernel', name), 'utf8')]);
}

function stampOf(sources, binary) {
  return `${digestOfInputs(sources)} ${sha256(binary)}\n`;
}

const exported = [
  ...kernelFunctions,
  // Threads share the memory, so each needs a stack elsewhere.
  '__stack_pointer',
];

async function compile(kernel) {
  const { runClang, runLLVM } = await import('@yowasp/clang');
  // Read beforehand, for it prints how far it is unless told otherwise, and Clang's driver tells it nothing.
  await runLLVM(null, {}, { fetchProgress: () => {} });
  const said = [];
  const tell = (bytes) => {
    if (bytes !== null) said.push(new TextDecoder().decode(bytes));
  };
  try {
    const { 'kernel.wasm': binary } = await runClang(
      [
        'clang',
        '--target=wasm32',
        '-nostdlib',
        '-O3',
        // A multiplication and an addition stay two roundings.
        '-ffp-contract=off',
        // A root is an instruction, and no call.
        '-fno-math-errno',
        // Pointers that move, as they are written, are better than indices: V8 does not fold those into addresses.
        '-mllvm',
        '-disable-lsr',
        '-msimd128',
        '-mbulk-memory',
        '-matomics',
        '-Wall',
        '-Wextra',
        '-Werror',
        '-Wl,--no-entry',
        ...exported.map((name) => `-Wl,--export=${name}`),
        '-Wl,--import-memory',
        '-Wl,--shared-memory',
        '-Wl,--max-memory=4294967296',
        '-Wl,-z,stack-size=4096',
        '-Wl,--strip-all',
        '-o',
        'kernel.wasm',
        'kernel/kernel.c',
      ],
      { kernel },
      { stdout: tell, stderr: tell },
    );
    return binary;
  } catch (error) {
    throw new Error(`the kernel does not compile\n${said.join('')}`, { cause: error });
  }
}

/** All that the kernel's bytes come from: its sources, the compiler, and how this script calls it. */
function digestOfInputs(sources) {
  const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  const { version } = packages['node_modules/@yowasp/clang'];
  return sha256(JSON.stringify([version, exported, readFileSync(new URL(import.meta.url), 'utf8'), sources]));
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}
