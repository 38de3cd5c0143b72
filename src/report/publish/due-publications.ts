import type { FinishedRun } from '../../artifacts/finished-run.js';
import { outputFiles } from '../../artifacts/outputs-of-content.js';
import { type Roles, unionOfRoles } from '../../base/role.js';
import type { Publication } from '../../pipeline/graph/graph.js';

/** Where a run publishes something, relative to the root. */
export function publishedPath({ path }: Publication, run: string): string {
  return path.replaceAll('{tag}', run);
}

/**
 * Whether what is to be published is there at the end of a run: the node's output; of the run's own documents all
 * results that they tell of.
 */
export function isComplete({ from }: Publication, { nodes }: Pick<FinishedRun, 'nodes'>): boolean {
  if (from.type !== 'output') return nodes.every(({ entry }) => entry !== undefined);
  return from.sources.every((source) => {
    const finished = nodes.find(({ node }) => node.id === source.node);
    return finished !== undefined && outputFiles(finished).some(({ path }) => path === source.path);
  });
}

/** The splits that it was computed from; of the run's own documents those of all results that they tell of. */
export function rolesOfPublication({ from }: Publication, { nodes }: Pick<FinishedRun, 'nodes'>): Roles {
  if (from.type !== 'output') return unionOfRoles(nodes.flatMap(({ node }) => Object.values(node.roles)));
  return unionOfRoles(
    from.sources.map(
      (source) => nodes.find(({ node }) => node.id === source.node)?.node.roles[source.path] ?? [],
    ),
  );
}
