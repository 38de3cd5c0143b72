import { existsSync, realpathSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { runFolderOf } from '../../artifacts/register.js';
import { readManifest } from '../../artifacts/run-documents.js';
import { type Roles, unionOfRoles } from '../../base/role.js';
import type { FileOrigin } from '../../pipeline/graph/graph.js';
import { hashFile } from '../../store/hash-file.js';
import { type PublishedFile, rememberedDocuments } from './published-history.js';

/**
 * Tells of files of a project which splits they were computed from: of those that a run published, as long as they are
 * as it wrote them, and of those in the folders of runs. Of others it knows nothing.
 */
export function openFileOrigins(root: string): (path: string) => Promise<FileOrigin | undefined> {
  if (!existsSync(join(root, 'artifacts'))) return async () => undefined;
  const realRoot = realpathSync.native(root);
  let published: ReadonlyMap<string, readonly PublishedFile[]> | undefined;
  const rolesOfRuns = new Map<string, Roles>();
  const rolesOfRun = (run: string): Roles => {
    const roles = rolesOfRuns.get(run) ?? readRolesOfRun(root, run);
    rolesOfRuns.set(run, roles);
    return roles;
  };
  return async (path) => {
    const file = resolve(root, path);
    if (!existsSync(file)) return undefined;
    published ??= publishedByPath(root);
    // What a link leads to counts as well as where the link is.
    const places = new Set([relative(root, file), relative(realRoot, realpathSync.native(file))]);
    for (const place of places) {
      const origin = inRunFolder(place, rolesOfRun) ?? (await asPublished(file, published.get(place) ?? []));
      if (origin !== undefined) return origin;
    }
    return undefined;
  };
}

function publishedByPath(root: string): ReadonlyMap<string, readonly PublishedFile[]> {
  const files = new Map<string, PublishedFile[]>();
  for (const file of rememberedDocuments(root).flatMap((document) => document.files)) {
    // Earlier versions of kshot did not say of what it is.
    if ((file.roles ?? []).length > 0) files.set(file.path, [...(files.get(file.path) ?? []), file]);
  }
  return files;
}

/** The same bytes may have been published there of several splits: they are of all of them, test before the others. */
async function asPublished(path: string, files: readonly PublishedFile[]): Promise<FileOrigin | undefined> {
  if (files.length === 0) return undefined;
  const { digest } = await hashFile(path);
  const same = files.filter((file) => file.digest === digest);
  const named = same.findLast(({ roles }) => roles?.includes('test') === true) ?? same.at(-1);
  if (named === undefined) return undefined;
  return {
    roles: unionOfRoles(same.map(({ roles = [] }) => roles)),
    run: named.run ?? 'that published it',
    source: named.source,
  };
}

function inRunFolder(place: string, rolesOfRun: (run: string) => Roles): FileOrigin | undefined {
  const [artifacts, pipeline, run, ...name] = place.split(sep);
  if (artifacts !== 'artifacts' || pipeline === undefined || run === undefined) return undefined;
  const roles = name.length === 0 ? [] : rolesOfRun(`${pipeline}/${run}`);
  return roles.length === 0
    ? undefined
    : { roles, run: `${pipeline}/${run}`, source: `run/${name.join('/')}` };
}

/** The splits of all that a run has computed, which its documents and tables tell of. */
function readRolesOfRun(root: string, run: string): Roles {
  if (!existsSync(runFolderOf(root, run))) return [];
  try {
    const nodes = readManifest(root, run)?.nodes ?? [];
    return unionOfRoles(nodes.flatMap(({ roles = {} }) => Object.values(roles)));
  } catch {
    return []; // A manifest that is spoilt says nothing; whoever reads the run is told so.
  }
}
