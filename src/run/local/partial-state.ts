import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FailureError } from '../../base/failure.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { isExhaustion, systemErrorOf } from '../../base/system-error.js';
import type { PartialState } from '../../kinds/kind-body.js';

const digestBytes = 32;

/**
 * Resumable state in one file, replaced as a whole: a killed process leaves the latest complete one. Its sha256 stands
 * before it: a state that a disk has changed would be gone on from to a wrong result.
 */
export function partialStateIn(file: string): PartialState {
  return {
    async load() {
      const bytes = await readIfThere(file);
      if (bytes === undefined) return undefined;
      const state = bytes.subarray(digestBytes);
      if (bytes.length >= digestBytes && digestOf(state).equals(bytes.subarray(0, digestBytes))) return state;
      throw new FailureError({
        reason: 'bad-data',
        message: 'the saved state is not what was written',
      });
    },
    async save(state) {
      writeFileAtomic(file, Buffer.concat([digestOf(state), state]));
    },
    folder: file,
  };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const system = systemErrorOf(error);
    if (system?.code === 'ENOENT') return undefined;
    // A step can do without a state that cannot be read, such as a folder in its place; not without open files.
    if (system === undefined || (isExhaustion(system) && system.code !== 'EIO')) throw error;
    throw new FailureError({
      reason: 'bad-data',
      message: `the saved state cannot be read (${system.code})`,
      cause: error,
    });
  }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
