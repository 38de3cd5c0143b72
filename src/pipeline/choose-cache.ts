import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Failure } from '../base/failure.js';
import { blockadeOf } from '../base/files/folders.js';
import { failed, type Result, success } from '../base/result.js';
import { cacheFolder } from '../store/cache-folder.js';
import { readProjectSettings } from './project-settings.js';
import { failureAt } from './text/located-value.js';

/** The folder of a project's cache, absolute: the one that kshot.yaml names, else `cache/` at the root. */
export async function chooseCacheFolder(root: string): Promise<Result<string, Failure[]>> {
  const usual = cacheFolder(root);
  const read = await readProjectSettings(root);
  if (!read.ok) return read;
  const { settings, placeOf } = read.value;
  const path = settings.cache?.path;
  if (path === undefined) return success(usual);
  const folder = path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(root, path);
  // What looks for files of the project passes `cache/` over and nothing else.
  const isWithin = !/^\.\.(\/|$)/.test(relative(root, folder));
  const place = placeOf('cache', 'path');
  if (folder !== usual && isWithin) {
    const hint = 'name a folder outside of it, such as ../kshot-cache or /group/kshot-cache';
    const message = `within the project the cache is cache/, and not ${path}`;
    return failed([failureAt(place, 'invalid-value', message, { hint })]);
  }
  const blockade = blockadeOf(folder);
  if (blockade === undefined) return success(folder);
  const { path: at, isDeadLink } = blockade;
  const what = isDeadLink ? 'a link that leads nowhere' : 'no folder';
  const message = `the cache cannot be in ${folder}: ${at === folder ? 'that' : at} is ${what}`;
  const remedy = isDeadLink ? 'mount or make what it leads to' : 'move it away';
  return failed([
    failureAt(place, 'cache-unwritable', message, {
      hint: `${remedy}, or name another folder in cache.path`,
    }),
  ]);
}
