import { outputFiles } from '../../artifacts/outputs-of-content.js';
import type { Graph } from '../../pipeline/graph/graph.js';
import type { Source } from '../../pipeline/graph/port-tree.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import { outputsNamed } from '../../pipeline/spec/outputs-named.js';
import { planPipeline } from '../planning/plan-pipeline.js';
import type { FoundOutputs, FoundPiece } from './find-outputs.js';

/**
 * Why a run of the pipeline as it stands now would not give under a name what an earlier one gave, or could give
 * something else: a clause that begins with the pipeline's file; undefined where it would.
 */
export async function whyOutdated(
  root: string,
  name: string,
  found: FoundOutputs,
): Promise<string | undefined> {
  const { file } = found.manifest;
  const planned = await planPipeline({ root, folder: root }, { pipeline: file });
  if (!planned.ok) {
    const [first] = planned.failure;
    return `${file} as it stands cannot be planned (${first?.message ?? 'it is gone'})`;
  }
  const { plan, graph } = planned.value;
  const nodes = new Map(plan.nodes.map((one) => [one.node.id, one]));
  const changes = found.outputs.flatMap(({ output, pieces }) =>
    pieces.flatMap((piece) => changeOf(output, piece, nodes.get(piece.node.id)) ?? []),
  );
  const change = changes[0] ?? changeOfName(name, found, graph);
  return change === undefined ? undefined : `${file} as it stands ${change}`;
}

function changeOf(
  output: string,
  { node, path, reference }: FoundPiece,
  planned: PlannedNode | undefined,
): string | undefined {
  if (planned === undefined) return `has no node ${node.id}`;
  if (planned.state !== 'hit' || planned.entry === undefined) return `would compute ${node.id} anew`;
  const now = outputFiles({ entry: planned.entry }).find((one) => one.path === path);
  return now?.reference.digest === reference.digest ? undefined : `gives another ${output}`;
}

/** What the name stands for by now beside what it stood for: a further segment, an element more. */
function changeOfName(
  name: string,
  { isList, isListed, outputs }: FoundOutputs,
  { values }: Graph,
): string | undefined {
  const named = outputsNamed(name, { values, stepNames: [...values.keys()] });
  // What the run lists is a node's own, and need not be a name in a pipeline.
  if (!named.ok) return isListed ? undefined : `has no output ${name}`;
  const keyOf = ({ node, path }: Source) => JSON.stringify([node, path]);
  const pieces = outputs.flatMap((one) => one.pieces);
  const known = new Set(pieces.map(({ node: { id }, path }) => keyOf({ node: id, path })));
  const sources = named.value.files.flatMap((one) => one.sources);
  const added = sources.filter((source) => !known.has(keyOf(source))).map(({ node }) => node);
  if (added.length === 0) return undefined;
  const shown = [...added.slice(0, 4), ...(added.length > 4 ? [`${added.length - 4} more`] : [])].join(', ');
  return isList || named.value.isList || sources.length > 1
    ? `has in ${name} what ${shown} ${added.length === 1 ? 'gives' : 'give'}, too`
    : `takes ${name} from ${shown}`;
}
