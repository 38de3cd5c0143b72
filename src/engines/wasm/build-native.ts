// Builds the kernel for this processor, and takes it only where it gives the WebAssembly's bits.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { killProcessGroup } from '../../base/process-group.js';

const beside = dirname(fileURLToPath(new URL('./kernel.wasm', import.meta.url)));
const sources = join(beside, 'kernel');

/** What every width takes of it. A root that need not set `errno` is one instruction, of which vectors have one, too. */
export const flags = ['-O3', '-fPIC', '-fvisibility=hidden', '-ffp-contract=off', '-fno-math-errno'];
/** What each width takes of the compiler, by processor. */
const widths: { readonly [arch: string]: { readonly [width: string]: readonly string[] } } = {
  x64: {
    4: ['-msse4.1'],
    8: ['-mavx2'],
    16: ['-mavx512f', '-mavx512vl', '-mavx512dq', '-mavx512bw'],
  },
  arm64: { 4: [] },
};

/** Many times what a compiler takes for a part, on a machine with other work. */
const patienceMilliseconds = 180_000;

/** Of all that a library comes from, but for the compiler. */
export function identityOfSources(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(sources).sort()) hash.update(readFileSync(join(sources, name)));
  hash.update(JSON.stringify([flags, widths, process.platform, process.arch]));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Builds a library in a folder of its own below `cache`, and moves it to where `nameOf` says, by the lanes that it was
 * compared on.
 */
export async function buildNative(
  cache: string,
  nameOf: (lanes: number, library: string) => string,
  limitMilliseconds = patienceMilliseconds,
): Promise<{ readonly library: string; readonly width: number }> {
  const own = widths[process.arch];
  if (own === undefined) throw new Error(`none is built for ${process.arch}`);
  const headers = createRequire(import.meta.url).resolve('node-api-headers/package.json');
  mkdirSync(cache, { recursive: true });
  removeLeftovers(cache);
  const folder = mkdtempSync(join(cache, leftoverPrefix));
  try {
    const objects = Object.entries(own).map(([width, more]) => {
      const object = join(folder, `${width}.o`);
      return { object, args: [...flags, ...more, `-DWIDTH=${width}`, '-c', '-o', object, 'kernel.c'] };
    });
    const cc = async (args: readonly string[]) => await run('cc', 'cc', args, limitMilliseconds);
    await Promise.all(objects.map(({ args }) => cc(args)));
    const linked = join(folder, 'kernel.node');
    const link = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
    const include = ['-I', join(dirname(headers), 'include')];
    const all = objects.map(({ object }) => object);
    await cc([...flags, ...include, '-shared', ...link, '-o', linked, 'addon.c', ...all]);
    const check = [join(beside, 'check-native.mjs'), linked];
    const width = Number(await run('what was built', process.execPath, check, limitMilliseconds));
    const library = nameOf(width, linked);
    // Whole at once: others may be looking for it.
    renameSync(linked, library);
    return { library, width };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const leftoverPrefix = 'kernel-build-';

/** Of builds that were killed, a good while ago. */
function removeLeftovers(cache: string): void {
  for (const name of readdirSync(cache)) {
    if (!name.startsWith(leftoverPrefix)) continue;
    const folder = join(cache, name);
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Number.NaN };
    if (Date.now() - mtimeMs > 10 * patienceMilliseconds) rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What a program printed; in a group of its own, which is ended as a whole when it takes too long: a compiler may be a
 * script that waits for others.
 */
async function run(
  name: string,
  program: string,
  args: readonly string[],
  limitMilliseconds: number,
): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: sources, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      if (child.pid !== undefined) killProcessGroup(child.pid, 'SIGKILL');
    }, limitMilliseconds);
    const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(stdout());
      const how = isLate
        ? `took longer than ${limitMilliseconds / 1_000} s`
        : `ended with ${signal ?? `exit code ${code}`}`;
      reject(Object.assign(new Error(`${name} ${how}`), { stderr: isLate ? '' : stderr() }));
    });
  });
}

function textOf(stream: ChildProcess['stdout']): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  return () => text;
}
