import type { ManifestNode, Report } from '../../../artifacts/run-documents.js';
import { canonicalText } from '../../../base/canonical.js';
import type { JsonObject } from '../../../base/json.js';
import { own } from '../../../base/own-properties.js';
import type { LineageRow } from '../run-rows.js';
import { distinct } from './metric-text.js';

/**
 * The nodes that choices have taken: of each step that a choice rests on those which have the winner's values of the
 * names that tell its nodes apart. None of a step of which the winner has no such name.
 */
export function chosenNodes(
  { winners = {} }: Pick<Report, 'winners'>,
  nodes: readonly Pick<ManifestNode, 'id' | 'step' | 'names'>[],
  lineage: readonly Pick<LineageRow, 'node' | 'source_node'>[],
): ReadonlySet<string> {
  const sources = new Map<string, string[]>();
  for (const { node, source_node: source } of lineage) {
    if (source !== null) sources.set(node, [...(sources.get(node) ?? []), source]);
  }
  const steps = distinct(nodes.map(({ step }) => step));
  return new Set(
    Object.entries(winners).flatMap(([choice, winner]) => {
      const upstream = upstreamOf(choice, sources);
      return steps.flatMap((step) => {
        const own = nodes.filter((node) => node.step === step && upstream.has(node.id));
        return nodesOfWinner(own, winner);
      });
    }),
  );
}

function upstreamOf(node: string, sources: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [node];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    for (const source of sources.get(one) ?? []) {
      if (found.has(source)) continue;
      found.add(source);
      waiting.push(source);
    }
  }
  return found;
}

/** @param nodes of one step */
function nodesOfWinner(
  nodes: readonly Pick<ManifestNode, 'id' | 'names'>[],
  winner: JsonObject,
): readonly string[] {
  const textOf = (names: JsonObject | undefined, name: string) => canonicalText(own(names, name) ?? null);
  const telling = Object.keys(winner).filter(
    (name) => new Set(nodes.map(({ names }) => textOf(names, name))).size > 1,
  );
  if (telling.length === 0) return [];
  return nodes
    .filter(({ names }) => telling.every((name) => textOf(names, name) === textOf(winner, name)))
    .map(({ id }) => id);
}

/** Trainings in the order in which they are drawn: of many only the first are, and a reader looks for the chosen one. */
export function chosenFirst(
  chains: readonly string[],
  isChosen: (chain: string) => boolean,
): readonly string[] {
  return [...chains.filter(isChosen), ...chains.filter((chain) => !isChosen(chain))];
}
