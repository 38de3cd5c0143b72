import { statSync } from 'node:fs';
import { rememberedJson, rememberJson } from '../../base/files/remembered-json.js';
import { type Result, success } from '../../base/result.js';
import { layoutOf } from '../../store/local/layout.js';
import { lookOf, showsLaterChanges } from '../../store/local/stat-index.js';
import type { TracedImports } from './traced-imports.js';

/** What was told of a program, and all that it depends on. */
interface KeptTrace {
  /** What `stat` said of each file and folder before it was read; null where there was none. */
  readonly looked: { readonly [path: string]: string | null };
  readonly imports: TracedImports;
}

type KnownTraces = { readonly [name: string]: KeptTrace };

/** A project has fewer programs; the oldest go first. */
const tracesLimit = 200;

/** The traces that are kept in a cache, by the digest of what was asked. */
export function openKeptTraces(cacheFolder: string): {
  /** Undefined where there is none, or something that it depends on has changed. */
  find(name: string): Result<TracedImports, never> | undefined;
  /** Keeps it unless a later change might not show: where something was changed just before it was looked at. */
  keep(name: string, trace: KeptTrace, lookedAt: number): void;
} {
  const file = layoutOf(cacheFolder).traces;
  let known: KnownTraces | undefined;
  return {
    find(name) {
      known ??= readKnown(file);
      const trace = Object.hasOwn(known, name) ? known[name] : undefined;
      return trace !== undefined && isAsItWas(trace) ? success(trace.imports) : undefined;
    },
    keep(name, trace, lookedAt) {
      const looks = Object.values(trace.looked).filter((look) => look !== null);
      if (!looks.every((look) => showsLaterChanges(look, lookedAt))) return;
      // Another process may have kept some since.
      const { [name]: _, ...others } = readKnown(file);
      const latest = Object.entries(others).slice(1 - tracesLimit);
      known = Object.fromEntries([...latest, [name, trace]]);
      rememberJson(file, { traces: known });
    },
  };
}

function isAsItWas({ looked }: KeptTrace): boolean {
  return Object.entries(looked).every(([path, look]) => lookAt(path) === look);
}

function lookAt(path: string): string | null {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? null : lookOf(stat);
  } catch {
    // Below a file, or not to be looked at: nothing can be imported from there.
    return null;
  }
}

function readKnown(file: string): KnownTraces {
  return (rememberedJson(file)['traces'] ?? {}) as unknown as KnownTraces;
}
