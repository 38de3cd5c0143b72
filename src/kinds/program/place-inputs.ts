import { constants } from 'node:fs';
import { chmod, copyFile, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { FailureError } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { leavesOf } from '../../base/files/tree.js';
import type { KindContext } from '../kind.js';
import { isPackedFolder, unpackFolder } from './folder/unpack-folder.js';

/**
 * Copies, sharing blocks where the file system can: a link would let a program that runs as root write through
 * to the cache, and a linked script would find its neighbours in the root, which no key knows.
 */
export async function placeInputs(context: KindContext): Promise<void> {
  const inputs = Object.entries(context.inputs).flatMap(([port, tree]) =>
    [...leavesOf(tree, port)].map(({ path, leaf }) => ({ path, source: leaf })),
  );
  const files = Object.entries(context.files).map(([path, source]) => ({ path, source }));
  for (const { path, source } of [...inputs, ...files]) {
    const target = placeOf(context, path);
    makeFolders(dirname(target));
    const isPacked = inputs.some((input) => input.path === path) && (await isPackedFolder(source));
    try {
      if (isPacked) await unpackFolder(source, target);
      else await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new FailureError({
        reason: 'invalid-value',
        message: `${path} is both an input and one of the files, or twice an input`,
        hint: 'rename the input under `in`',
      });
    }
    if (!isPacked) await chmod(target, (await stat(source)).mode & 0o555);
  }
}

/**
 * Where a path is in the fresh folder. Planning lets only those through that stay inside; one that it missed must
 * not write elsewhere.
 */
export function placeOf({ scratch }: Pick<KindContext, 'scratch'>, path: string): string {
  const place = join(scratch, path);
  if (isInside(place, scratch)) return place;
  throw new FailureError({
    reason: 'invalid-value',
    message: `${path} leaves the step's folder`,
    hint: 'rename the input, or change the path of the file or output',
  });
}

export function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}
