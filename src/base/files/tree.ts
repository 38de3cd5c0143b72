/**
 * What a port holds: one file, a bundle of named ports, or a list.
 *
 * The same shape is used with different leaves as data moves through kshot: where it will come
 * from (planning), which object it is (keys, store), and which path it has on disk (execution).
 */
export type Tree<Leaf> =
  | { readonly type: 'file'; readonly leaf: Leaf }
  | { readonly type: 'bundle'; readonly ports: { readonly [name: string]: Tree<Leaf> } }
  | { readonly type: 'list'; readonly elements: readonly Tree<Leaf>[] };

/** What stands in a list in the place of an element that is missing: a bundle of nothing, which no port gives. */
export const missingElement = { type: 'bundle', ports: {} } as const satisfies Tree<never>;

/** Whether an element of a list is missing. */
export function isMissing(element: Tree<unknown>): boolean {
  return element.type === 'bundle' && Object.keys(element.ports).length === 0;
}

/** Applies `transform` to every leaf, keeping the shape. */
export function mapTree<From, To>(tree: Tree<From>, transform: (leaf: From) => To): Tree<To> {
  switch (tree.type) {
    case 'file':
      return { type: 'file', leaf: transform(tree.leaf) };
    case 'list':
      return { type: 'list', elements: tree.elements.map((element) => mapTree(element, transform)) };
    case 'bundle':
      return {
        type: 'bundle',
        ports: Object.fromEntries(
          Object.entries(tree.ports).map(([name, port]) => [name, mapTree(port, transform)]),
        ),
      };
  }
}

/** The leaves of a tree with their paths (`train/pairs`, `3/metrics`; `` for a lone file), in order. */
export function* leavesOf<Leaf>(tree: Tree<Leaf>, path = ''): Generator<{ path: string; leaf: Leaf }> {
  const below = (name: string) => (path === '' ? name : `${path}/${name}`);
  switch (tree.type) {
    case 'file':
      yield { path, leaf: tree.leaf };
      return;
    case 'list':
      for (const [index, element] of tree.elements.entries()) yield* leavesOf(element, below(String(index)));
      return;
    case 'bundle':
      for (const [name, port] of Object.entries(tree.ports)) yield* leavesOf(port, below(name));
      return;
  }
}
