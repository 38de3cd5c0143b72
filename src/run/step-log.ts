import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { environmentFailure } from '../base/failure-of-exception.js';

const tailBytes = 16_384;
/** What a line begins with that kshot wrote, and not the step. */
const noteMark = '[kshot] ';
const newline = 0x0a;

/** The file name of a node's log: its id where every character is safe in a file name, else with a digest. */
export function logFileName(node: string): string {
  const safe = node.replaceAll(/[^\w.@=,[\]-]/g, '_').slice(0, 150);
  if (safe === node && !node.startsWith('.')) return `${node}.log`;
  return `${safe.replace(/^\./, '_')}-${createHash('sha256').update(node).digest('hex').slice(0, 8)}.log`;
}

/**
 * Appends to a step's log: what the step says, and kshot's own notes of its execution. Where the disk refuses, as
 * when it is full, the log ends there: outputs that find no place fail the step, a line must not.
 */
export class StepLog {
  readonly file: string;
  private descriptor: number | undefined;

  constructor(file: string) {
    this.file = file;
  }

  write(text: string | Uint8Array): void {
    this.append(() => text);
  }

  /** Adds lines of kshot's own, which are none of the step's last lines. */
  note(text: string): void {
    this.append((descriptor) => {
      const { size } = fstatSync(descriptor);
      const last = Buffer.alloc(1);
      const isBroken = size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== newline;
      const lines = text.split('\n').map((line) => `${noteMark}${line}\n`);
      return (isBroken ? '\n' : '') + lines.join('');
    });
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private append(textAt: (descriptor: number) => string | Uint8Array): void {
    try {
      this.descriptor ??= openSync(this.file, 'a+');
      const text = textAt(this.descriptor);
      // Synchronous, so that the last words of a process that crashes are there.
      if (typeof text === 'string') writeSync(this.descriptor, text);
      else writeSync(this.descriptor, text);
    } catch (error) {
      if (environmentFailure(error) === undefined) throw error;
    }
  }
}

/** The last lines that a step wrote to its log, at most `count`; none where there is no such file. */
export function lastLinesOf(file: string, count = 10): readonly string[] {
  return tailOf(file)
    .filter((line) => !line.startsWith(noteMark))
    .slice(-count);
}

/** The last lines of a log, kshot's own notes too, as far as they are in its last 16 kB. */
export function tailOf(file: string): readonly string[] {
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
    // The first may be the rest of a line.
    return size > bytes ? lines.slice(1) : lines;
  } finally {
    closeSync(descriptor);
  }
}
