import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Digest } from './entry.js';
import { namesIn } from './folders.js';
import type { Layout } from './layout.js';
import type { Workspace } from './store.js';

const stateName = 'state';

/**
 * Makes the folders in which a key is computed: `partial/<key>/<token>/`. Resumable state is beside them, at
 * `partial/<key>/state`, so that the next owner of the key finds it however this one ends. Whatever else earlier
 * owners left is removed: the lock says that they are gone.
 */
export function makeWorkspace(layout: Layout, key: Digest, token: string): Workspace {
  const shared = layout.partialOf(key);
  for (const name of namesIn(shared)) {
    if (name !== stateName) removeTree(join(shared, name));
  }
  const folder = join(shared, token);
  const outputs = join(folder, 'outputs');
  const scratch = join(folder, 'scratch');
  mkdirSync(outputs, { recursive: true });
  mkdirSync(scratch);
  return { key, folder, outputs, scratch, stateFile: join(shared, stateName) };
}

/** The token of the lock that the workspace came with. */
export function tokenOf(workspace: Workspace): string {
  return basename(workspace.folder);
}

/** Removes what a workspace holds, state too if asked; the folder of the key goes with the last of it. */
export function removeWorkspace(layout: Layout, workspace: Workspace, keepState: boolean): void {
  const shared = layout.partialOf(workspace.key);
  if (keepState && namesIn(shared).includes(stateName)) removeTree(workspace.folder);
  else removeTree(shared);
}

/** What cannot be removed now (a process still writes there, the disk refuses) is removed by the next owner or by gc. */
function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Left for later, as said above.
  }
}
