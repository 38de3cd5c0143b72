/** What the first line of a node's log tells. */
export interface LogHeading {
  readonly node: string;
  readonly kind: string;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
}

/** The first note of a node's log; `rest` says what else a reader may want to know. */
export function logHeading({ node, kind, startedAt }: LogHeading, rest: string): string {
  return `${node} (${kind}) starts ${startedAt}, ${rest}`;
}

/** Undefined of a log that has not got its first line yet. */
export function parseLogHeading(text: string): LogHeading | undefined {
  const [, node, kind, startedAt] = /^\[kshot\] (.+) \((\S+)\) starts (\S+Z), /.exec(text) ?? [];
  if (node === undefined || kind === undefined || startedAt === undefined) return undefined;
  return { node, kind, startedAt };
}

/** The last note of a node's log; `how` says what became of the node. */
export function logEnding(endedAt: string, seconds: number, how: string): string {
  return `ended ${endedAt}, after ${seconds.toFixed(3)} s: ${how}`;
}

/** Whether the last line of a text is such a note, whole. */
export function hasLogEnding(text: string): boolean {
  return /^\[kshot\] ended .*\n$/m.test(text.slice(text.lastIndexOf('\n', text.length - 2) + 1));
}
