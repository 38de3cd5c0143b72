import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../base/atomic-file.js';
import type { PartialState } from '../kinds/kind.js';

/** Resumable state in one file, replaced as a whole: a killed process leaves the latest complete one. */
export function partialStateIn(file: string): PartialState {
  return {
    async load() {
      try {
        return await readFile(file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async save(state) {
      writeFileAtomic(file, state);
    },
  };
}
