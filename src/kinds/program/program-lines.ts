/** How much of a line is kept, in bytes: its beginning and its end. */
const lineHeadBytes = 4_096;
const lineTailBytes = 4_096;
const newline = 0x0a;

/** Takes what a program writes, in whatever parts it comes. */
export interface LineReader {
  write(chunk: Buffer): void;
  /** No more will come: gives the last line, if it was not ended. */
  end(): void;
}

/**
 * Gives the lines of what a program writes, without their ends. Of one that is longer than 8 KiB the beginning and the
 * end, with a word on how much is left out between them, so that memory does not grow with a line.
 */
export function createLineReader(give: (line: string) => void): LineReader {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let bytes = 0;

  const add = (part: Buffer): void => {
    bytes += part.length;
    const toHead = part.subarray(0, lineHeadBytes - head.length);
    if (toHead.length > 0) head = Buffer.concat([head, toHead]);
    const toTail = part.subarray(toHead.length).subarray(-lineTailBytes);
    if (toTail.length > 0) tail = Buffer.concat([tail, toTail]).subarray(-lineTailBytes);
  };
  const flush = (): void => {
    const line = bytes === head.length + tail.length ? Buffer.concat([head, tail]).toString() : cutLine();
    head = Buffer.alloc(0);
    tail = Buffer.alloc(0);
    bytes = 0;
    give(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  const cutLine = (): string => {
    const first = head.subarray(0, characterStart(head, head.length, -1));
    const last = tail.subarray(characterStart(tail, 0, 1));
    return `${first} [kshot: ${bytes - first.length - last.length} bytes of this line left out] ${last}`;
  };

  return {
    write(chunk) {
      let start = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
        add(chunk.subarray(start, at));
        flush();
        start = at + 1;
      }
      add(chunk.subarray(start));
    },
    end() {
      if (bytes > 0) flush();
    },
  };
}

/** The place nearest to `at`, in one direction, at which no UTF-8 character is cut in two. */
function characterStart(text: Buffer, at: number, step: 1 | -1): number {
  let place = at;
  // Of a character of four bytes at most three are a continuation.
  const isInside = () => ((text[place] ?? 0) & 0xc0) === 0x80;
  if (step === -1) {
    place = at - 1;
    while (place > at - 4 && isInside()) place--;
    return place;
  }
  while (place < at + 3 && isInside()) place++;
  return place;
}
