import { createHash } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { environmentFailure } from '../base/failure-of-exception.js';

const tailBytes = 16_384;
/** How much of a long log is kept, in bytes: its beginning, and at least so much of its end. */
const keptBytes = 4 * 2 ** 20;
/** What a line begins with that kshot wrote, and not the step. */
const noteMark = '[kshot] ';
const newline = 0x0a;
/** Stands between lines that have not ended, so that whoever reads whole lines does not take them for such. */
const openLineEnd = '\v';

/** The text of a log, with lines that have not ended as lines. */
export function withOpenLines(text: string): string {
  return text.replaceAll(openLineEnd, '\n');
}

/** The file name of a node's log. */
export function logFileName(node: string): string {
  return `${nodeFileName(node)}.log`;
}

/** A node's name among files: its id where every character is safe in a file name, else with a digest. */
export function nodeFileName(node: string): string {
  const safe = node.replaceAll(/[^\w.@=,[\]-]/g, '_').slice(0, 150);
  if (safe === node && !node.startsWith('.')) return node;
  return `${safe.replace(/^\./, '_')}-${createHash('sha256').update(node).digest('hex').slice(0, 8)}`;
}

/**
 * Appends to a step's log: what the step says, and kshot's own notes of its execution. Where the disk refuses, as
 * when it is full, the log ends there: outputs that find no place fail the step, a line must not. A log that grows over
 * 12 MiB keeps its first and its last 4 MiB.
 */
export class StepLog {
  readonly file: string;
  private readonly kept: number;
  private descriptor: number | undefined;
  /** Bytes written since the file's size was last asked for. */
  private unmeasured = 0;
  /** The lines at the log's end that have none, and where they end. */
  private open = { text: '', bytes: 0, end: 0 };

  /** @param kept how many bytes of the beginning and of the end of a log are kept that is over three times as long */
  constructor(file: string, kept: number = keptBytes) {
    this.file = file;
    this.kept = kept;
  }

  write(text: string | Uint8Array): void {
    this.append(() => text);
  }

  /**
   * Adds lines, and after them those that are open: they stand at the end of the log, without an end, until they are
   * given anew. Nothing is written where nothing has changed.
   */
  print(ended: readonly string[], open?: readonly string[]): void {
    const text = open?.join(openLineEnd) ?? this.open.text;
    if (ended.length === 0 && text === this.open.text) return;
    this.append((descriptor) => {
      const lines = ended.map((line) => `${line}\n`).join('');
      return this.takeBackOpen(descriptor) ? lines : brokenEnd(descriptor) + lines;
    });
    if (text !== '') this.append(() => text);
    if (this.descriptor !== undefined)
      this.open = { text, bytes: Buffer.byteLength(text), end: fstatSync(this.descriptor).size };
  }

  /** Adds lines of kshot's own, which are none of the step's last lines. */
  note(text: string): void {
    this.append((descriptor) => {
      const lines = text.split('\n').map((line) => `${noteMark}${line}\n`);
      return brokenEnd(descriptor) + lines.join('');
    });
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  /** False where something else has been written after what was open, which then stays. */
  private takeBackOpen(descriptor: number): boolean {
    const { bytes, end } = this.open;
    if (bytes > 0 && fstatSync(descriptor).size !== end) return false;
    if (bytes > 0) ftruncateSync(descriptor, end - bytes);
    return true;
  }

  private append(textAt: (descriptor: number) => string | Uint8Array): void {
    try {
      this.descriptor ??= openSync(this.file, 'a+');
      const text = textAt(this.descriptor);
      // Synchronous, so that the last words of a process that crashes are there.
      this.unmeasured +=
        typeof text === 'string' ? writeSync(this.descriptor, text) : writeSync(this.descriptor, text);
      if (this.unmeasured < this.kept / 16) return;
      this.unmeasured = 0;
      if (fstatSync(this.descriptor).size > 3 * this.kept) shorten(this.descriptor, this.kept);
    } catch (error) {
      if (environmentFailure(error) === undefined) throw error;
    }
  }
}

/** The end that the last line of a log lacks. */
function brokenEnd(descriptor: number): string {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  const isBroken = size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== newline;
  return isBroken ? '\n' : '';
}

/** Takes the middle out of a log, at ends of lines where there are some, and says there how much that was. */
function shorten(descriptor: number, kept: number): void {
  const { size } = fstatSync(descriptor);
  const cut = cutIn(descriptor, kept);
  const end = readAt(descriptor, size - kept, kept);
  const firstNewline = end.indexOf(newline);
  const tail = end.subarray(firstNewline < 0 ? 0 : firstNewline + 1);
  const bytes = size - tail.length - cut.resumesAt + cut.leftOut;
  ftruncateSync(descriptor, cut.at);
  writeSync(descriptor, `${cut.isLine ? '' : '\n'}${noteMark}${bytes} bytes ${cutWords}\n`);
  writeSync(descriptor, tail);
}

const cutWords = 'are left out here; a log keeps its beginning and its end';

interface Cut {
  /** Where the beginning that is kept ends. */
  readonly at: number;
  /** Whether that is the end of a line. */
  readonly isLine: boolean;
  /** Where what was kept after a cut begins; `at`, where nothing has been cut. */
  readonly resumesAt: number;
  /** Bytes that were left out so far. */
  readonly leftOut: number;
}

/** Where a log is or would be cut; its beginning never changes, so it is always the same place. */
function cutIn(descriptor: number, kept: number): Cut {
  const lastNewline = readAt(descriptor, 0, kept).lastIndexOf(newline);
  const at = lastNewline < 0 ? kept : lastNewline + 1;
  const line = new RegExp(`^\\n?\\[kshot\\] (\\d+) bytes ${cutWords}\\n`).exec(
    readAt(descriptor, at, 200).toString('latin1'),
  );
  return {
    at,
    isLine: lastNewline >= 0,
    resumesAt: at + (line?.[0].length ?? 0),
    leftOut: Number(line?.[1] ?? 0),
  };
}

/** From where a log that has become shorter than what was read of it is to be read on. */
export function cutPlace(descriptor: number): number {
  return cutIn(descriptor, keptBytes).at;
}

function readAt(descriptor: number, start: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, length, start));
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
    const lines = withOpenLines(buffer.toString('utf8', 0, bytes)).split('\n');
    if (lines.at(-1) === '') lines.pop();
    // The first may be the rest of a line.
    return size > bytes ? lines.slice(1) : lines;
  } finally {
    closeSync(descriptor);
  }
}
