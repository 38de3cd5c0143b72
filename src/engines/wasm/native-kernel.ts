// The kernel for this processor: the same source as the WebAssembly beside it, built by the machine's C compiler where
// there is one, once, and kept in the user's cache under a name that says what it is.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isProgram, programIn } from '../../base/files/program-file.js';
import { rememberedJson, rememberJson } from '../../base/files/remembered-json.js';
import { buildNative, identityOfSources } from './build-native.js';
import { type KernelForm, openLibrary } from './open-kernel.mjs';

/** The library and the widest vectors of this processor, or why there is none. */
export type NativeKernel = Extract<KernelForm, { readonly width: number }> | { readonly missing: string };

/** How long a compiler that failed is not asked again: it may take as long as it is given, in every worker. */
const failureLastsMilliseconds = 3_600_000;

let found: Promise<NativeKernel> | undefined;

/** Built at the first call on a machine, which takes a few seconds; never rejects. */
export async function nativeKernel(): Promise<NativeKernel> {
  found ??= find().catch((error: unknown) => ({ missing: whatFailed(error) }));
  return await found;
}

/** As far as it is known without building one: `unbuilt` where that is still to be tried. */
export function keptNativeKernel(): NativeKernel | { readonly unbuilt: true } {
  try {
    const cache = userCache();
    const source = identityOfSources();
    return keptIn(cache, source) ?? failureOf(cache, source) ?? compilerOrNone();
  } catch (error) {
    return { missing: whatFailed(error) };
  }
}

function compilerOrNone(): { readonly unbuilt: true } | { readonly missing: string } {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return programIn(folders, 'cc', isProgram) === undefined ? { missing: noCompiler } : { unbuilt: true };
}

const noCompiler = 'there is no C compiler, cc';

async function find(): Promise<NativeKernel> {
  const cache = userCache();
  const source = identityOfSources();
  const kept = keptIn(cache, source) ?? failureOf(cache, source);
  if (kept !== undefined) return kept;
  try {
    // Whoever builds beside this one gives it the same name, for the same bytes, or another one.
    const nameOf = (lanes: number, library: string) =>
      join(cache, `kernel-${source}-${lanes}-${digestOf(library)}.node`);
    return await buildNative(cache, nameOf);
  } catch (error) {
    const missing = whatFailed(error);
    if (!isMissing(error)) rememberJson(noteOf(cache, source), { failed: missing, at: Date.now() });
    return { missing };
  }
}

function userCache(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kshot');
}

/**
 * A library from these sources, with the bytes that were compared with the WebAssembly, on as many lanes as this
 * processor has: its name says both. One with other bytes goes. One that this machine cannot open is another kind of
 * machine's, which has the same home.
 */
function keptIn(cache: string, source: string): NativeKernel | undefined {
  for (const name of namesIn(cache)) {
    const [, from, lanes, digest] = /^kernel-(\w+)-(\d+)-(\w+)\.node$/.exec(name) ?? [];
    if (from !== source) continue;
    const library = join(cache, name);
    try {
      if (digestOf(library) !== digest) {
        rmSync(library, { force: true });
        continue;
      }
      const { widest } = openLibrary(library);
      if (widest >= 4 && widest <= Number(lanes)) return { library, width: widest };
    } catch {
      // Gone meanwhile, not ours to remove, or not for this machine.
    }
  }
  return undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 32);
}

function noteOf(cache: string, source: string): string {
  return join(cache, `kernel-${source}.json`);
}

/** What the last build came to, if it failed and that is not long ago. */
function failureOf(cache: string, source: string): NativeKernel | undefined {
  const note = noteOf(cache, source);
  const { failed, at } = rememberedJson(note);
  if (typeof failed !== 'string' || typeof at !== 'number') return undefined;
  const age = Date.now() - at;
  if (age < 0 || age > failureLastsMilliseconds) return undefined;
  return { missing: `${failed} (not tried again for an hour, unless ${note} is removed)` };
}

/** Whether there was nothing to start, or nowhere to write: as soon found out again. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** In one line: of a program the error that it ended with. */
function whatFailed(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('syscall' in error && error.syscall === 'spawn cc') return noCompiler;
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  return /^(?:\w*Error|.*error): (.*)$/m.exec(said)?.[1] ?? error.message.split('\n')[0] ?? '';
}
