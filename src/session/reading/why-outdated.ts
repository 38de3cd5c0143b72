import { outputFiles } from '../../artifacts/outputs-of-content.js';
import type { PlannedNode } from '../../pipeline/plan/plan.js';
import { planPipeline } from '../planning/plan-pipeline.js';
import type { FoundOutput, FoundOutputs } from './find-outputs.js';

/**
 * Why a run of the pipeline as it stands now would not give what an earlier one gave, or could give something else: a
 * clause that begins with the pipeline's file; undefined where it would.
 */
export async function whyOutdated(
  root: string,
  { manifest: { file }, outputs }: FoundOutputs,
): Promise<string | undefined> {
  const planned = await planPipeline({ root, folder: root }, { pipeline: file });
  if (!planned.ok) {
    const [first] = planned.failure;
    return `${file} as it stands cannot be planned (${first?.message ?? 'it is gone'})`;
  }
  const nodes = new Map(planned.value.plan.nodes.map((one) => [one.node.id, one]));
  const changes = outputs.flatMap(({ output, pieces }) =>
    pieces.flatMap((piece) => changeOf(output, piece, nodes.get(piece.node.id)) ?? []),
  );
  return changes[0] === undefined ? undefined : `${file} as it stands ${changes[0]}`;
}

function changeOf(
  output: string,
  { node, reference }: FoundOutput['pieces'][number],
  planned: PlannedNode | undefined,
): string | undefined {
  if (planned === undefined) return `has no node ${node.id}`;
  if (planned.state !== 'hit' || planned.entry === undefined) return `would compute ${node.id} anew`;
  const isSame = outputFiles({ entry: planned.entry }).some(
    ({ reference: { digest } }) => digest === reference.digest,
  );
  return isSame ? undefined : `gives another ${output}`;
}
