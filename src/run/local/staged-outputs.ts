import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../../base/failure.js';
import { missingElement, type Tree } from '../../base/files/tree.js';
import { namingFileOf } from '../../base/system-error.js';
import type { PortShape } from '../../kinds/port.js';
import type { StagedFile } from '../../store/store.js';

const chunkBytes = 1 << 20;

/**
 * The files that a body wrote for the output ports, hashed and synced to disk.
 *
 * @throws FailureError `output-missing` where a port's file is not there.
 */
export async function stageOutputs(
  shapes: { readonly [port: string]: PortShape },
  folder: string,
): Promise<{ readonly [port: string]: Tree<StagedFile> }> {
  const ports = await Promise.all(
    Object.entries(shapes).map(async ([port, shape]) => [port, await stage(shape, folder, port)] as const),
  );
  return Object.fromEntries(ports);
}

async function stage(shape: PortShape, folder: string, path: string): Promise<Tree<StagedFile>> {
  switch (shape.type) {
    case 'file':
      return { type: 'file', leaf: await stageFile(folder, path) };
    case 'bundle': {
      const ports = await Promise.all(
        Object.entries(shape.ports).map(
          async ([name, port]) => [name, await stage(port, folder, `${path}/${name}`)] as const,
        ),
      );
      return { type: 'bundle', ports: Object.fromEntries(ports) };
    }
    case 'list': {
      const elements = (shape.labels ?? []).map(async (_, index) => {
        const below = `${path}/${index}`;
        return existsSync(join(folder, below)) ? await stage(shape.of, folder, below) : missingElement;
      });
      return { type: 'list', elements: await Promise.all(elements) };
    }
    case 'any':
    case 'either':
      throw new FailureError({ reason: 'bug', message: `output ${path} is declared as ${shape.type}` });
  }
}

async function stageFile(folder: string, leafPath: string): Promise<StagedFile> {
  const path = join(folder, leafPath);
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause;
    throw new FailureError({
      reason: 'output-missing',
      message: `the step ended without writing its output ${leafPath}`,
      cause,
    });
  });
  try {
    return await namingFileOf(path, () => digestAndSync(file, path));
  } finally {
    await file.close();
  }
}

async function digestAndSync(file: FileHandle, path: string): Promise<StagedFile> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max((await file.stat()).size, 1)));
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  await file.sync();
  return { path, bytes, digest: hash.digest('hex') };
}
