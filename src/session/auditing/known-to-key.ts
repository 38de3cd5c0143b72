import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../../base/files/built-file.js';
import { isJsonObject } from '../../base/json.js';
import { isAtOrIn } from '../../kinds/program/reads/file-entries.js';
import { absolutePath } from '../../pipeline/plan/make-plan.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import { distributionKey, sourceOf } from './python-places.js';

/** What the key of a node holds of what its program may read. */
export interface KnownToKey {
  /** Whether the content of a file is in it, or in that of an input. */
  hasFile(path: string): boolean;
  /** The version of its Python is. */
  readonly hasPython: boolean;
  /** So is all that its program imports by name, with what that requires. */
  readonly hasImports: boolean;
  /** Versions of what is installed for that, by `distributionKey`. */
  readonly distributions: ReadonlyMap<string, string>;
}

/** What the key of a node knows, now that its inputs are laid out as copies in a folder of its own. */
export function knownToKey({ node, preimage }: PlannedNode, root: string): KnownToKey {
  const known = new Set<string>();
  for (const { path } of node.files) {
    const place = absolutePath(root, path);
    known.add(place).add(withoutLinks(place));
  }
  // kshot's own, which a program may import: what it does shapes no result.
  const own = fileURLToPath(builtFile('../python'));
  const params = preimage?.['params'];
  const distributions = (node.imports?.manifest ?? '').split('\n').flatMap((line) => {
    const [sort, name = '', version = ''] = line.split('\t');
    return sort === 'distribution' ? [[distributionKey(name), version.split(' ')[0] ?? ''] as const] : [];
  });
  return {
    hasFile: (path) => known.has(path) || known.has(sourceOf(path)) || isAtOrIn(path, own),
    hasPython: isJsonObject(params) && params['python'] !== undefined,
    hasImports: node.imports !== undefined,
    distributions: new Map(distributions),
  };
}

/** The path without links; as it is where it leads nowhere. */
export function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
