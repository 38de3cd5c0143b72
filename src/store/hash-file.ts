import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { namingFileOf } from '../base/system-error.js';
import type { ObjectReference } from './entry.js';

const chunkBytes = 1 << 20;

/**
 * sha256 and size of a file's bytes, in bounded memory.
 *
 * @throws the file system's error.
 */
export function hashFile(path: string): Promise<ObjectReference> {
  return namingFileOf(path, () => hashBytes(path));
}

async function hashBytes(path: string): Promise<ObjectReference> {
  const file = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    const { size } = await file.stat();
    const length = Math.min(chunkBytes, Math.max(size, 4096));
    let [own, other] = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)];
    let bytes = 0;
    let reading = file.read(own, 0, length);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) break;
      // While one chunk is hashed, the next is read.
      reading = file.read(other, 0, length);
      hash.update(own.subarray(0, bytesRead));
      bytes += bytesRead;
      [own, other] = [other, own];
    }
    return { digest: hash.digest('hex'), bytes };
  } finally {
    await file.close();
  }
}
