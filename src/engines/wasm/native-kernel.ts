// The kernel for this processor: the same source as the WebAssembly beside it, built by the machine's C compiler where
// there is one, once, and taken only where it gives the same bits.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type KernelForm, openLibrary } from './open-kernel.mjs';

/** The library and the widest vectors of this processor, or why there is none. */
export type NativeKernel = Extract<KernelForm, { readonly width: number }> | { readonly missing: string };

const run = promisify(execFile);
const beside = dirname(fileURLToPath(new URL('./kernel.wasm', import.meta.url)));
const sources = join(beside, 'kernel');

const flags = ['-O3', '-fPIC', '-fvisibility=hidden', '-ffp-contract=off'];
/** What each width takes of the compiler, by processor. */
const widths: { readonly [arch: string]: { readonly [width: string]: readonly string[] } } = {
  x64: {
    4: ['-msse4.1'],
    8: ['-mavx2'],
    16: ['-mavx512f', '-mavx512vl', '-mavx512dq', '-mavx512bw'],
  },
  arm64: { 4: [] },
};

let found: Promise<NativeKernel> | undefined;

/** Built at the first call on a machine, which takes a few seconds; never rejects. */
export async function nativeKernel(): Promise<NativeKernel> {
  found ??= open().catch((error: unknown) => ({ missing: whatFailed(error) }));
  return await found;
}

/** In one line: of a program the error that it ended with. */
function whatFailed(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  return /^(?:\w*Error|.*error): (.*)$/m.exec(said)?.[1] ?? error.message.split('\n')[0] ?? '';
}

async function open(): Promise<NativeKernel> {
  const library = libraryPath();
  if (!existsSync(library)) await build(library);
  return { library, width: openLibrary(library).widest };
}

/** Of these sources for this kind of machine, in the user's cache. */
function libraryPath(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(sources).sort()) hash.update(readFileSync(join(sources, name)));
  hash.update(JSON.stringify([flags, widths, process.platform, process.arch]));
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(caches, 'kshot', `kernel-${hash.digest('hex').slice(0, 16)}.node`);
}

async function build(library: string): Promise<void> {
  const own = widths[process.arch];
  if (own === undefined) throw new Error(`none is built for ${process.arch}`);
  const headers = createRequire(import.meta.url).resolve('node-api-headers/package.json');
  mkdirSync(dirname(library), { recursive: true });
  const folder = mkdtempSync(`${library}-`);
  try {
    const objects = Object.entries(own).map(([width, more]) => {
      const object = join(folder, `${width}.o`);
      return { object, args: [...flags, ...more, `-DWIDTH=${width}`, '-c', '-o', object, 'kernel.c'] };
    });
    await Promise.all(objects.map(({ args }) => run('cc', args, { cwd: sources })));
    const linked = join(folder, 'kernel.node');
    const link = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
    const include = ['-I', join(dirname(headers), 'include')];
    const all = objects.map(({ object }) => object);
    await run('cc', [...flags, ...include, '-shared', ...link, '-o', linked, 'addon.c', ...all], {
      cwd: sources,
    });
    await run(process.execPath, [join(beside, 'check-native.mjs'), linked]);
    // Whole at once: others may be looking for it.
    renameSync(linked, library);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
