import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

const tailBytes = 16_384;

/** The file name of a node's log: its id where every character is safe in a file name, else with a digest. */
export function logFileName(node: string): string {
  const safe = node.replaceAll(/[^\w.@=,[\]-]/g, '_').slice(0, 150);
  if (safe === node && !node.startsWith('.')) return `${node}.log`;
  return `${safe.replace(/^\./, '_')}-${createHash('sha256').update(node).digest('hex').slice(0, 8)}.log`;
}

/** Appends to a step's log, which comes into being with its first byte. */
export class StepLog {
  readonly file: string;
  private descriptor: number | undefined;

  constructor(file: string) {
    this.file = file;
  }

  write(text: string | Uint8Array): void {
    this.descriptor ??= openSync(this.file, 'a');
    // Synchronous, so that the last words of a process that crashes are there.
    if (typeof text === 'string') writeSync(this.descriptor, text);
    else writeSync(this.descriptor, text);
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}

/** The last lines of a log, at most `count`; none where there is no such file. */
export function lastLinesOf(file: string, count = 10): readonly string[] {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    const bytes = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString('utf8', 0, bytes).split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.slice(-count);
  } finally {
    closeSync(descriptor);
  }
}
