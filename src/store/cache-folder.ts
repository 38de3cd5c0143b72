import { join } from 'node:path';

/** The folder of a project's cache. */
export function cacheFolder(root: string): string {
  return join(root, 'cache');
}
