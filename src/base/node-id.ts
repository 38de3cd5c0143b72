import { closingBracket, splitOutside } from './bracketed-text.js';

/** What the id of a node is made of: `train[inner_lr=0.02]@200`. */
export interface NodeIdParts {
  readonly step: string;
  /** The label of its combination of the matrix, `inner_lr=0.02`; empty where the step has no matrix. */
  readonly matrix: string;
  /**
   * What follows each `@`: the label of the element of `over`, which has several parts where the lists are nested, then
   * that of the segment.
   */
  readonly elements: readonly string[];
}

/** Writes a node's id, from which `parseNodeId` gives the parts again. */
export function formatNodeId({ step, matrix, elements }: NodeIdParts): string {
  return [matrix === '' ? step : `${step}[${matrix}]`, ...elements].join('@');
}

/** Takes a node's id apart; `@` and brackets inside a quoted value are a part of it. */
export function parseNodeId(id: string): NodeIdParts {
  const step = stepOfNode(id);
  const rest = id.slice(step.length);
  const end = rest.startsWith('[') ? closingBracket(rest) : undefined;
  const [, ...elements] = splitOutside(rest.slice(end === undefined ? 0 : end + 1), '@');
  return { step, matrix: end === undefined ? '' : rest.slice(1, end), elements };
}

/** The step that a node is of; of a word that is not written to its end, too. */
export function stepOfNode(id: string): string {
  return /^[^[@/]*/.exec(id)?.[0] ?? id;
}

/** The node behind another one that makes a port of it: `train[seed=1]@200/metrics`. */
export function derivedNodeId(node: string, port: string): string {
  return `${node}/${port}`;
}

/** What the nodes of one chain of segments have in common: `train[seed=1]` of `train[seed=1]@200`. */
export function chainOfNode(id: string): string {
  const parts = parseNodeId(id);
  return formatNodeId({ ...parts, elements: parts.elements.slice(0, -1) });
}
