import { type Dirent, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { lookedOnce } from '../../base/files/looked-once.js';
import { isFolderAt, pathTrouble } from '../../base/files/user-path.js';
import { own } from '../../base/own-properties.js';
import type { ExternalFiles } from '../kind.js';
import { outputPaths } from './program-outputs.js';
import { filesOf, leaves, type ProgramGiven } from './program-parameters.js';
import { baseOf, isAtOrIn, isPattern, outsideName, patternOf } from './reads/file-entries.js';

/** More are better packed: each is hashed, copied and recorded by itself. */
const manyFiles = 10_000;
/** Folders of the root that hold nothing of the experiment's code and data. */
const keptByTools = new Set(['node_modules', '__pycache__', 'site-packages']);
const keptByKshot = new Set(['cache', 'artifacts']);

type Declared = Pick<ProgramGiven, 'files' | 'pass_env'> & { readonly written: readonly string[] };

/**
 * The files that the entries of `files` stand for, without those that the program itself writes; for all combinations
 * of a matrix the same object.
 */
export function declaredFiles({ files, pass_env, outputs }: ProgramGiven, root: string): ExternalFiles {
  const written = Object.values(outputPaths(outputs));
  return filesDeclared(JSON.stringify([{ files, pass_env, written } satisfies Declared, root]));
}

const filesDeclared = lookedOnce((wanted): ExternalFiles => {
  const [given, root] = JSON.parse(wanted) as [Declared, string];
  const own = filesOf(given);
  const found = own.flatMap((entry) => filesOfEntry(entry, root));
  const files = [...new Set(found)].filter(
    (path) => own.includes(path) || !given.written.some((output) => isAtOrIn(path, output)),
  );
  const many = files.length > manyFiles ? [tooMany(files.length)] : [];
  const placed = files.map((path) => ({ name: outsideName(path, own) ?? path, path }));
  return { files: placed, remarks: [...many, ...unsetVariables(given)] };
});

/** Whether a file, relative to the root, is one of those that `files` declares. */
export function isDeclared(path: string, given: Pick<ProgramGiven, 'files'>, root: string): boolean {
  return filesOf(given).some((entry) => {
    const place = placeOfEntry(entry, root);
    if (isPattern(place)) return patternOf(place).test(path);
    return isAtOrIn(path, place);
  });
}

/** Every Python module below the root, relative to it. */
export const pythonModules = lookedOnce((root): readonly string[] =>
  walk('', root).filter((path) => path.endsWith('.py')),
);

/** An absolute path inside the root as one relative to it. */
function placeOfEntry(entry: string, root: string): string {
  if (!isAbsolute(entry)) return entry;
  const inside = relative(root, entry);
  return leaves(inside) || inside === '' ? entry : inside + (entry.endsWith('/') ? '/' : '');
}

function filesOfEntry(entry: string, root: string): readonly string[] {
  const place = placeOfEntry(entry, root);
  if (isPattern(place)) {
    const pattern = patternOf(place);
    const found = walk(baseOf(place), root).filter((path) => pattern.test(path));
    return found.length === 0 ? [place] : found;
  }
  const path = place.replace(/\/+$/, '');
  if (!isFolderAt(resolve(root, path))) return [place];
  const found = walk(path, root);
  return found.length === 0 ? [place] : found;
}

/** All files below a folder (the root: empty), sorted; links are followed, each folder is gone into once. */
function walk(folder: string, root: string): readonly string[] {
  const files: string[] = [];
  const seen = new Set<string>();
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const path = resolve(root, next);
    const entries = entriesOf(path);
    if (entries.length === 0) continue;
    const real = realpathSync(path);
    if (seen.has(real)) continue;
    seen.add(real);
    for (const entry of entries) {
      const below = join(next, entry.name);
      const kind = kindOf(entry, resolve(root, below));
      if (kind === 'file') files.push(below);
      else if (kind === 'folder' && !isPassedOver(entry.name, next, resolve(root, below)))
        waiting.push(below);
    }
  }
  return files.sort();
}

/** None of a folder that is not there or may not be read: no program of the step could read it either. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (pathTrouble(error) === undefined) throw error;
    return [];
  }
}

function kindOf(entry: Dirent, path: string): 'file' | 'folder' | 'other' {
  const look = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry;
  if (look?.isFile()) return 'file';
  return look?.isDirectory() ? 'folder' : 'other';
}

/** Of hidden folders, what tools keep, and environments with an interpreter of their own. */
function isPassedOver(name: string, above: string, path: string): boolean {
  if (name.startsWith('.') || keptByTools.has(name)) return true;
  if (above === '' && keptByKshot.has(name)) return true;
  return existsSync(join(path, 'pyvenv.cfg'));
}

function tooMany(count: number): NonNullable<ExternalFiles['remarks']>[number] {
  return { message: `files stands for ${count} files; one archive of them is faster`, path: ['files'] };
}

/** Said at every plan; the step fails where it is to run all the same. */
function unsetVariables({ pass_env }: Pick<ProgramGiven, 'pass_env'>): NonNullable<ExternalFiles['remarks']> {
  return pass_env.flatMap((name, index) =>
    own(process.env, name) === undefined
      ? [
          {
            message: `pass_env: ${name} is not set here, and the step cannot run without it`,
            path: ['pass_env', String(index)],
          },
        ]
      : [],
  );
}
