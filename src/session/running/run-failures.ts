import type { Failure, Location } from '../../base/failure.js';
import type { GraphNode } from '../../pipeline/graph/graph.js';
import type { RunOutcome } from '../../run/scheduler.js';

/** Where the pipeline names the file that holds bad data; else the step. */
function placeOf({ reason, message }: Failure, { files, location, imports }: GraphNode): Location {
  const read = reason === 'bad-data' ? files : [];
  // A file that imports is code: a model in Python holds no data.
  const only = read.length === 1 && imports === undefined ? read[0] : undefined;
  const named = read.find(({ path }) => message.includes(path)) ?? only;
  return named?.location ?? location;
}

/** What went wrong, with its place in the pipeline. */
export function failuresOf(outcome: RunOutcome): Failure[] {
  const failures = outcome.nodes.flatMap(({ node, failure, log }): readonly Failure[] =>
    failure === undefined
      ? []
      : [
          {
            ...failure,
            message: `${node.id}: ${failure.message}`,
            location: failure.location ?? placeOf(failure, node),
            details: [...(failure.details ?? []), ...(log === undefined ? [] : [`log: ${log}`])],
          },
        ],
  );
  // Said even where it was healed: a disk that changes bytes will do so again.
  const repaired = repairedNodes(outcome);
  const bad = outcome.badObjects.map(
    (node): Failure => ({
      reason: 'object-corrupt',
      message: repaired.includes(node)
        ? `${node}: its stored result was damaged; it was set aside and computed again, and is good now`
        : `${node}: its stored result was damaged; it was set aside, and has not been computed again`,
      hint: 'check the disk that holds the cache, and the rest of it with kshot cache verify',
    }),
  );
  return [...failures, ...bad];
}

/** The nodes whose stored results were damaged and are good again. */
export function repairedNodes({ nodes, badObjects }: RunOutcome): readonly string[] {
  return badObjects.filter((id) => nodes.some(({ node, entry }) => node.id === id && entry !== undefined));
}
