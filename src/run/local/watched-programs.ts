/** The programs of a step, which must not outlive the process that started them. */
export interface WatchedPrograms {
  /** Their process groups. */
  readonly groups: readonly number[];
  /** The step's folder, whose mark they have, and all that they start. */
  readonly folder: string;
}

/** What the watchdog of a process is started with. */
export interface WatchdogData {
  readonly parentProcessId: number;
  readonly shared: SharedArrayBuffer;
}

/** Enough for a path of 4,096 bytes, however it is escaped, and for the groups. */
const roomBytes = 65_536;
const mostGroups = 1_000;
const headBytes = 8;
/** Counts what was written, odd while it is being written. */
const version = 0;
const length = 1;

/** Memory in which one thread says what is to be watched, and another looks when it has to. */
export function sharedPrograms(): SharedArrayBuffer {
  return new SharedArrayBuffer(headBytes + roomBytes);
}

/** Says what is to be watched from now on; nothing, where it is not given. */
export function watchPrograms(shared: SharedArrayBuffer, programs?: WatchedPrograms): void {
  const head = new Int32Array(shared, 0, 2);
  Atomics.add(head, version, 1);
  // Of more groups than that the mark finds the programs.
  const text = programs && JSON.stringify({ ...programs, groups: programs.groups.slice(-mostGroups) });
  Atomics.store(head, length, text === undefined ? 0 : Buffer.from(shared, headBytes).write(text));
  Atomics.add(head, version, 1);
}

/** What was said last; nothing where it is being said at this moment, again and again. */
export function watchedPrograms(shared: SharedArrayBuffer): WatchedPrograms | undefined {
  const head = new Int32Array(shared, 0, 2);
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const before = Atomics.load(head, version);
    const text = Buffer.from(shared, headBytes, Atomics.load(head, length)).toString('utf8');
    if (before % 2 === 1 || Atomics.load(head, version) !== before) continue;
    return text === '' ? undefined : (JSON.parse(text) as WatchedPrograms);
  }
  return undefined;
}
