import { appendFileSync, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ExecutionListener } from '../executor.js';
import { asSentFigures } from '../figures.js';
import type { JobMessage } from './exchange.js';

const flushMilliseconds = 100;
const chunkBytes = 1 << 16;

/** Adds messages to a file, those of a moment together. */
export function openMessages(file: string) {
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = waiting;
    waiting = '';
    try {
      // Opened and closed each time, so that other machines see it.
      if (text !== '') appendFileSync(file, text);
    } catch {
      // Nobody wants them any more, or the disk is full: the answer will say what that means.
    }
  };
  return {
    send(message: JobMessage): void {
      waiting += `${JSON.stringify(message)}\n`;
      timer ??= setTimeout(flush, flushMilliseconds);
    },
    close: flush,
  };
}

/** Reads on in a file of messages: each once, as far as its line is whole. */
export class MessageReader {
  private readonly file: string;
  private position = 0;
  private rest = Buffer.alloc(0);

  constructor(file: string) {
    this.file = file;
  }

  read(): readonly JobMessage[] {
    const bytes = Buffer.concat([this.rest, this.readOn()]);
    const end = bytes.lastIndexOf(10) + 1;
    this.rest = bytes.subarray(end);
    return bytes
      .toString('utf8', 0, end)
      .split('\n')
      .flatMap((line) => parse(line) ?? []);
  }

  private readOn(): Buffer {
    let descriptor: number;
    try {
      descriptor = openSync(this.file, 'r');
    } catch {
      return Buffer.alloc(0);
    }
    try {
      const chunks: Buffer[] = [];
      const { size } = fstatSync(descriptor);
      while (this.position < size) {
        const chunk = Buffer.alloc(Math.min(chunkBytes, size - this.position));
        const count = readSync(descriptor, chunk, 0, chunk.length, this.position);
        if (count === 0) break;
        this.position += count;
        chunks.push(chunk.subarray(0, count));
      }
      return Buffer.concat(chunks);
    } finally {
      closeSync(descriptor);
    }
  }
}

function parse(line: string): JobMessage | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as JobMessage);
  } catch {
    // A job that was killed while it wrote, and another that went on in the same file.
    return undefined;
  }
}

/** Passes a message on to whoever listens to the execution. */
export function passOn(message: JobMessage, listener: ExecutionListener): void {
  switch (message.type) {
    case 'begun':
      listener.placed?.({ state: 'running', job: message.job, host: message.host });
      return;
    case 'progress':
      listener.progress(asSentFigures(message.progress));
      return;
    case 'log':
      listener.log(message.line);
      return;
    case 'note':
      listener.note(message.line);
  }
}
