import type { Explanation } from '../../session/planning/explain-step.js';

/** Explanations for people; those that differ in their nodes and keys only, together. */
export function explanationLines(explanations: readonly Explanation[]): readonly string[] {
  return groupAlike(explanations).flatMap(linesOf);
}

/** Explanations that differ in their nodes and keys only, together; in the order of the first of each. */
function groupAlike(explanations: readonly Explanation[]): readonly (readonly Explanation[])[] {
  const groups = new Map<string, Explanation[]>();
  for (const explanation of explanations) {
    const { node: _, key, ...rest } = explanation;
    const name = JSON.stringify({ ...rest, hasKey: key !== undefined });
    groups.set(name, [...(groups.get(name) ?? []), explanation]);
  }
  return [...groups.values()];
}

/** The first few of nodes. */
const namedNodes = 3;

function linesOf(alike: readonly Explanation[]): readonly string[] {
  const [explanation] = alike;
  if (explanation === undefined) return [];
  const { state, key, compared_with, waits_for } = explanation;
  const more = alike.length - namedNodes;
  const nodes = alike.slice(0, namedNodes).map(({ node }) => node);
  const names = `${nodes.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [
    key === undefined || alike.length > 1 ? `${names}: ${state}` : `${names}: ${state}, key ${key}`,
    ...(explanation.new ? ['  new: no run of this pipeline has got to this node'] : []),
    ...(explanation.reason === undefined ? [] : [`  ${explanation.reason}`]),
    ...(compared_with === undefined ? [] : linesOfDifferences(explanation, compared_with)),
    ...(waits_for === undefined
      ? []
      : [`  inputs may change too: its key is known once these have run: ${waits_for.join(', ')}`]),
  ];
}

function linesOfDifferences({ differences, key }: Explanation, comparedWith: string): readonly string[] {
  if (differences.length > 0) {
    return [`  compared with ${comparedWith}:`, ...differences.map((line) => `    ${line}`)];
  }
  const what = key === undefined ? 'parameters, files, code and engine are as in' : 'the same as in';
  return [`  ${what} ${comparedWith}`];
}
