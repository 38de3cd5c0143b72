import { relative } from 'node:path';

/** The absolute path as one would type it where the command was started. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}
