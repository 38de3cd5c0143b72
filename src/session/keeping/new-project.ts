import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../../base/failure.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { builtFile } from '../../base/files/built-file.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { lookAtPath, pathFailure } from '../../base/files/user-path.js';
import { failed, type Result, success } from '../../base/result.js';
import { pipelinesIn } from '../planning/find-pipeline.js';

/** What project to make, and where. */
export interface NewProject {
  /** Made where it is not there; default: the one that the process works in. */
  readonly folder?: string;
  /** Whether it trains with scripts in Python; default: with kinds of kshot's own. */
  readonly python?: boolean;
}

/** What was made. */
export interface CreatedProject {
  /** Absolute. */
  readonly root: string;
  /** Relative to it, sorted. */
  readonly written: readonly string[];
  /** Likewise: what was there already and says how the folder is used, which is for its owner to add to. */
  readonly kept: readonly string[];
  readonly pipeline: string;
  /** Whether the project has others, so that commands want its name. */
  readonly hasOthers: boolean;
  /** The page that goes on from there, absolute. */
  readonly documentation: string;
}

interface Template {
  /** A whole project that ships. */
  readonly example: string;
  readonly pipeline: string;
  readonly documentation: string;
  /** Further files of the package, by where they go. */
  readonly beside: { readonly [path: string]: string };
}

const schema = { 'schemas/pipeline.schema.json': 'schemas/pipeline.schema.json' };
const settingsSchema = { 'schemas/project.schema.json': 'schemas/project.schema.json' };

const templates: { readonly [name in 'few_shot' | 'sweep']: Template } = {
  few_shot: {
    example: 'examples/few_shot',
    pipeline: 'pipelines/few_shot.yaml',
    documentation: 'docs/pipelines.md',
    beside: schema,
  },
  sweep: {
    example: 'examples/sweep',
    pipeline: 'pipelines/sweep.yaml',
    documentation: 'docs/own-script.md',
    // Beside the script, so that this finds it when it is run by hand.
    beside: { ...schema, ...settingsSchema, 'sweep/kshot.py': 'python/kshot.py' },
  },
};

/** Files that a folder with code, or a project, has of its own. */
const ownFiles = ['.gitignore', 'README.md', 'kshot.yaml'];

/**
 * Makes a project that runs, in a folder that may hold other things: all of its files, or none where one of them is
 * there already and says something else. A README, a .gitignore and a kshot.yaml that are there stay as they are.
 */
export async function makeProject({
  folder = '.',
  python = false,
}: NewProject): Promise<Result<CreatedProject, Failure[]>> {
  if (folder === '') return failed([noFolder]);
  const root = resolve(folder);
  const template = templates[python ? 'sweep' : 'few_shot'];
  const files = filesOf(template);
  const folders = new Set([...files.keys()].map((path) => dirname(join(root, path))));
  const obstacles = [...folders].flatMap((one) => obstacleAbove(one) ?? []);
  if (obstacles[0] !== undefined) return failed([obstacles[0]]);
  const others = [...files].filter(
    ([path, content]) => isAnythingAt(join(root, path)) && !isSame(join(root, path), content),
  );
  const kept = others.map(([path]) => path).filter((path) => ownFiles.includes(path));
  const taken = others.map(([path]) => path).filter((path) => !ownFiles.includes(path));
  if (taken.length > 0) {
    return failed([
      {
        reason: 'usage',
        message: `${taken.length === 1 ? 'a file is' : `${taken.length} files are`} in ${root} already: ${taken.join(', ')}`,
        hint: 'nothing was written; name another folder, or move them away',
      },
    ]);
  }
  const written = [...files.keys()].filter((path) => !kept.includes(path)).sort();
  for (const path of written) {
    makeFolders(dirname(join(root, path)));
    writeFileAtomic(join(root, path), files.get(path) ?? '', { sync: 'file' });
  }
  const { pipeline, documentation } = template;
  const hasOthers = pipelinesIn(root).length > 1;
  return success({ root, written, kept, pipeline, hasOthers, documentation: packageFile(documentation) });
}

const noFolder: Failure = {
  reason: 'usage',
  message: 'the name of the folder is empty',
  hint: 'name a folder; . is the one that you are in',
};

/** A link that leads nowhere, too. */
function isAnythingAt(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** What stands in the place of a folder, or of one above it. */
function obstacleAbove(folder: string): Failure | undefined {
  const look = lookAtPath(folder);
  const hint = 'name another folder, or move it away';
  if (look.ok) {
    return look.value.isDirectory()
      ? undefined
      : { reason: 'usage', message: `${folder} is no folder`, hint };
  }
  if (look.failure === 'absent' && isAnythingAt(folder)) {
    return { reason: 'usage', message: `${folder} is a link that leads nowhere`, hint };
  }
  const mayBeMade = look.failure === 'absent' || look.failure === 'below-a-file';
  return mayBeMade ? obstacleAbove(dirname(folder)) : pathFailure(folder, look.failure);
}

/** The files of a project, by their paths in it. */
function filesOf({ example, beside }: Template): ReadonlyMap<string, Uint8Array> {
  const folder = packageFile(example);
  const own = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return new Map([
    // npm packs no file that is called .gitignore.
    ...own.map(
      (path) => [path === 'gitignore' ? '.gitignore' : path, readFileSync(join(folder, path))] as const,
    ),
    ...Object.entries(beside).map(([path, from]) => [path, readFileSync(packageFile(from))] as const),
  ]);
}

/** A file or folder that ships beside `dist/`. */
function packageFile(path: string): string {
  return fileURLToPath(builtFile(`../${path}`));
}

function isSame(path: string, content: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(content);
  } catch {
    return false;
  }
}
