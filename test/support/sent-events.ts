import {
  type EventProblem,
  type ProgramEvent,
  replayEvents,
} from '../../src/kinds/program/program-events.js';

export interface SentEvents {
  readonly events: readonly ProgramEvent[];
  readonly problems: readonly EventProblem[];
}

/** All that a file of events holds. */
export function sentEvents(file: string): SentEvents {
  const events: ProgramEvent[] = [];
  const problems: EventProblem[] = [];
  replayEvents(file, {
    event: (event) => events.push(event),
    problem: (problem) => problems.push(problem),
  });
  return { events, problems };
}
