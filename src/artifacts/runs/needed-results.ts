import type { Content } from '../../kinds/port.js';
import type { Graph, GraphNode } from '../../pipeline/graph/graph.js';
import type { Entry, ObjectReference } from '../../store/entry.js';
import { outputFiles, outputsOfContent } from '../outputs-of-content.js';
import { tableContents } from '../tables/result-rows.js';

/** Which contents a run's folder is made of: its tables, and what it copies. */
const keptContents: ReadonlySet<Content> = new Set<Content>([
  ...Object.values(tableContents),
  'fingerprint',
  'row',
  'figure',
  'table',
]);

/** What of a node's outputs a run reads whatever it computes: for its tables and report, and for what it publishes. */
export function neededResults({
  publications,
}: Pick<Graph, 'publications'>): (node: GraphNode, entry: Entry) => readonly ObjectReference[] {
  const published = new Map<string, Set<string>>();
  for (const { from } of publications) {
    if (from.type !== 'output') continue;
    for (const { node, path } of from.sources) {
      published.set(node, (published.get(node) ?? new Set()).add(path));
    }
  }
  return (node, entry) => {
    if (Object.keys(entry.outputs).length === 0) return [];
    const shown = [...keptContents].flatMap((content) => outputsOfContent({ node, entry }, content));
    const paths = published.get(node.id);
    const given = paths === undefined ? [] : outputFiles({ entry }).filter(({ path }) => paths.has(path));
    return [...shown, ...given].map(({ reference }) => reference);
  };
}
