import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Failure } from '../base/failure.js';
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
  if (folder === usual || !isWithin) return success(folder);
  const hint = 'name a folder outside of it, such as ../kshot-cache or /group/kshot-cache';
  const message = `within the project the cache is cache/, and not ${path}`;
  return failed([failureAt(placeOf('cache', 'path'), 'invalid-value', message, { hint })]);
}
