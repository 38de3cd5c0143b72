import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { temporaryProject } from './temporary-project.js';

/** Calls below one folder that are to fail or to be slow; what may be written stands in the source, `bench/faults/refusing-disk.c`. */
export interface RefusedCalls {
  readonly calls: string;
  /** errno */
  readonly error: number;
  /** The first call that fails, from 1; all that follow fail too. */
  readonly first: number;
  /** How much longer every fsync takes. */
  readonly delayMilliseconds?: number;
}

/** The library to preload so that a disk refuses; undefined where it cannot be built. */
export function buildRefusingDisk(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const library = temporaryProject({}).path('refusing-disk.so');
  const source = fileURLToPath(new URL('../../bench/faults/refusing-disk.c', import.meta.url));
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return status === 0 ? library : undefined;
}

/** The environment in which a process and all that it starts meet such a disk. */
export function refusing(library: string, root: string, refused: RefusedCalls) {
  const counter = temporaryProject({}).path('counter');
  writeFileSync(counter, Buffer.alloc(8));
  return {
    environment: {
      LD_PRELOAD: library,
      KSHOT_FAULT_UNDER: root,
      KSHOT_FAULT_COUNTER: counter,
      KSHOT_FAULT_CALLS: refused.calls,
      KSHOT_FAULT_ERROR: String(refused.error),
      KSHOT_FAULT_FIRST: String(refused.first),
      KSHOT_FAULT_DELAY: String(refused.delayMilliseconds ?? 0),
    },
  };
}
