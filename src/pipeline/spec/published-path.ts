import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, relative, resolve, sep } from 'node:path';
import { isFolderAt } from '../../base/files/user-path.js';
import { mayMatch } from '../../data/import/input-parts.js';

/** Folders of a project that hold what kshot keeps and what it reads; nothing is published into them. */
const keptFolders = ['cache', 'artifacts', 'pipelines', '.git'];

/** A path with the label of an element of a list in the place of `{label}`, as far as it can be in a file's name. */
export function withLabel(pattern: string, label: string): string {
  // A function, since `$&` in a text would stand for something.
  return pattern.replaceAll('{label}', () => asFileName(label));
}

/** A text without what means something to a shell or a file system; letters of all scripts stay, and tell texts apart. */
export function asFileName(text: string): string {
  return text.replaceAll(/[^\w.,=@+\-\u0080-\u{10ffff}]|[\p{C}\p{Z}]/gu, '_');
}

/** A path that something may be published at, or why not. */
export type CheckedPath = { readonly path: string } | { readonly message: string; readonly hint?: string };

/**
 * A path below the root as it is, without `.` and `..`; what is wrong with one that leads elsewhere, by a link too,
 * or onto what kshot keeps or reads.
 *
 * @param sources files and folders that the pipeline reads, and patterns that choose some, relative to the root or absolute
 */
export function checkPublishedPath(
  root: string,
  text: string,
  sources: { readonly read: readonly string[]; readonly patterns: readonly string[] },
): CheckedPath {
  const inside = 'name a file inside the project, such as results/summary.csv';
  const path = normalize(text);
  if (/\p{Cc}/u.test(text)) {
    return { message: 'a published file’s name cannot hold control characters', hint: inside };
  }
  if (/^~/.test(text)) {
    return {
      message: `${text} begins with ~, which is put in by a shell and not here`,
      hint: `${inside}; one that begins so is written ./${text}`,
    };
  }
  if (isAbsolute(text) || !isBelow(path)) {
    return { message: `${text} is outside the project`, hint: inside };
  }
  if (path.endsWith(sep) || path === '.')
    return { message: `${text} is a folder`, hint: 'name a file in it' };
  if (isFolderAt(resolve(root, path)))
    return { message: `${text} is a folder that is there already`, hint: 'name a file in it' };
  if (path.split(sep).some((name) => Buffer.byteLength(name) > 255)) {
    return { message: `${text} has a name of more than 255 bytes`, hint: inside };
  }
  const real = placeOf(root, path);
  if (real === undefined || !isBelow(real)) {
    return { message: `${text} leads outside the project by a link`, hint: inside };
  }
  for (const place of [path, real]) {
    const [top = ''] = place.split(sep);
    if (keptFolders.includes(top.toLowerCase())) {
      return { message: `${text} is in ${top}/, where nothing is published`, hint: inside };
    }
  }
  const source = sources.read.find((one) => covers(resolve(root, one), resolve(root, path)));
  if (source !== undefined) {
    return {
      message: `${text} would be written over ${source}, which this pipeline reads`,
      hint: 'choose another name',
    };
  }
  // What stands in braces is known when a run has ended.
  const name = resolve(root, path.replaceAll(/\{[^{}]*\}/g, '*'));
  const pattern = sources.patterns.find((one) =>
    [name, realPlace(name) ?? name].some((place) => mayMatch(place, one, root)),
  );
  if (pattern !== undefined) {
    return {
      message: `${text} would be one of the files ${pattern}, which this pipeline reads`,
      hint: 'publish it into another folder',
    };
  }
  return { path };
}

/** Where a path leads, relative to where the root is, links followed as far as there is something; undefined for a loop. */
function placeOf(root: string, path: string): string | undefined {
  const found = realPlace(resolve(root, path));
  return found === undefined ? undefined : relative(realpathSync(root), found);
}

function realPlace(path: string): string | undefined {
  try {
    // The file itself is replaced, not followed.
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return undefined;
    const above = realPlace(dirname(path));
    return above === undefined ? undefined : join(above, basename(path));
  }
}

/** Whether a file is the target, or a folder holds it, links followed or not. */
function covers(source: string, target: string): boolean {
  const targets = [target, realPlace(target) ?? target];
  return [source, followed(source)].some((one) => targets.some((place) => isBelow(relative(one, place))));
}

function followed(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isBelow(path: string): boolean {
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
