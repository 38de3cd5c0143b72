/** How far a run has come. */
export interface RunProgress {
  readonly nodes: number;
  /** How many have an outcome. */
  readonly settled: number;
  /** How many execute now. */
  readonly running: number;
  readonly secondsSinceStart: number;
}

/** A shorter run would only be made longer. */
export const leastSeconds = 1.5;

/**
 * Whether a page should be drawn of what there is by now, so that little is left to draw when the run ends: once when half
 * of all nodes have an outcome, and once when all but an eighth have, or all others execute.
 *
 * @param before how often it has been drawn in this run
 */
export function isTimeToRehearse(
  { nodes, settled, running, secondsSinceStart }: RunProgress,
  before: number,
): boolean {
  if (secondsSinceStart < leastSeconds || settled === nodes) return false;
  const open = nodes - settled;
  if (open <= Math.max(running, nodes / 8)) return before < 2;
  return before < 1 && settled >= nodes / 2;
}
