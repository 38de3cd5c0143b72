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
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(size, 4096)));
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return { digest: hash.digest('hex'), bytes };
  } finally {
    await file.close();
  }
}
