import { killProcessGroup } from '../../base/process-group.js';
import { killProcessesOf } from '../../base/step-processes.js';

/** Kills what a body has started, at once. */
export function endProgramsOf({
  groups,
  folder,
}: {
  readonly groups: ReadonlySet<number>;
  /** The mark of the step's programs. */
  readonly folder: string;
}): void {
  if (groups.size === 0) return;
  for (const group of groups) killProcessGroup(group, 'SIGKILL');
  killProcessesOf(folder);
}

/** What a body prints belongs to the log of its step; what is printed between steps, to nobody. */
export function redirectOutput(write: (text: string | Uint8Array) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (
      text: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error | null) => void),
      done?: (error?: Error | null) => void,
    ): boolean => {
      write(text);
      const callback = typeof encoding === 'function' ? encoding : done;
      if (callback !== undefined) queueMicrotask(callback);
      return true;
    };
  }
}
