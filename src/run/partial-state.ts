import { open, readFile, rename } from 'node:fs/promises';
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
      const unfinished = `${file}.new`;
      const handle = await open(unfinished, 'w');
      try {
        await handle.writeFile(state);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, file);
    },
  };
}
