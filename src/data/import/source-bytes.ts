import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { badData } from '../../tables/bad-data.js';

const chunkBytes = 1 << 22;
const hint = 'copy or download it again; `gzip -t` tells whether it is whole';

/** The first bytes of the stored file, before anything is inflated. */
export async function firstStoredBytes(path: string, file: string, count: number): Promise<Buffer> {
  for await (const chunk of storedBytes(path, file, count)) return chunk.subarray(0, count);
  return Buffer.alloc(0);
}

/**
 * The bytes of a file, inflated where it is gzip. zlib verifies length and checksum of every member, so a file whose
 * end is missing or whose bytes were changed never ends quietly.
 *
 * @throws FailureError `bad-data` where the file is damaged, or cannot be opened
 */
export async function* sourceBytes(path: string, file: string, gzip: boolean): AsyncGenerator<Buffer> {
  if (!gzip) {
    yield* storedBytes(path, file, chunkBytes);
    return;
  }
  const source = createReadStream(path, { highWaterMark: chunkBytes });
  const inflating = createGunzip({ chunkSize: chunkBytes });
  source.on('error', (error) => inflating.destroy(error));
  try {
    for await (const chunk of source.pipe(inflating)) yield chunk as Buffer;
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw unreadable(file, error);
    throw badData(file, `is damaged or cut off: as gzip it has an ${(error as Error).message}`, { hint });
  } finally {
    source.destroy();
  }
  await refuseRest(path, file, inflating.bytesWritten);
}

/**
 * Node's zlib ends in silence at a zero where the next member should begin. Zeros up to the end of the file are what a
 * tape or a disk fills up with; before anything else they are damage.
 */
async function refuseRest(path: string, file: string, end: number): Promise<void> {
  for await (const chunk of storedBytes(path, file, chunkBytes, end)) {
    if (chunk.every((byte) => byte === 0)) continue;
    const what = `as gzip it ends after ${end} bytes, and what follows is not the next member`;
    throw badData(file, `is damaged: ${what}`, { hint });
  }
}

/** The bytes of the file as it is stored, so many at a time, from `start` on. */
async function* storedBytes(path: string, file: string, size: number, start = 0): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: size, start })) yield chunk as Buffer;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  // What the disk or the system refuses is a failure of the environment, which its code tells.
  if (code === undefined || ['EIO', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(code)) return error;
  return badData(file, `cannot be opened (${code})`);
}
