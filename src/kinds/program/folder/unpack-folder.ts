import { type FileHandle, mkdir, open, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { FailureError } from '../../../base/failure.js';
import {
  type ArchiveMember,
  archiveMark,
  blockBytes,
  memberIn,
  paddingOf,
  recordsIn,
} from './archive-header.js';

const partBytes = 1 << 20;

/** Whether a file is what `packFolder` makes. */
export async function isPackedFolder(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const start = await bytesAt(file, 0, 2 * blockBytes);
    return start.length === 2 * blockBytes && start[156] === 0x67 && start.includes(archiveMark, blockBytes);
  } finally {
    await file.close();
  }
}

/**
 * Lays the contents of a packed folder out.
 *
 * @param target must not be there yet
 * @param isToKeep its files may be written to, and are on disk when this returns; else they are to be read only
 * @throws FailureError `bad-data` where the archive is damaged
 */
export async function unpackFolder(archive: string, target: string, isToKeep = false): Promise<void> {
  await mkdir(target);
  const file = await open(archive, 'r');
  try {
    let records: ReadonlyMap<string, string> = new Map();
    for (let at = 0; ; ) {
      const header = await bytesAt(file, at, blockBytes);
      const member = header.length === blockBytes ? memberIn(header, records) : undefined;
      if (member === undefined) return;
      at += blockBytes;
      records = new Map();
      if (member.flag === 'x') records = recordsIn(await bytesAt(file, at, member.bytes));
      else if (member.flag !== 'g') await writeMember(member, target, { file, at, isToKeep });
      at += member.type === 'file' ? member.bytes + paddingOf(member.bytes) : 0;
    }
  } finally {
    await file.close();
  }
}

/** Where the bytes of a member are, and whether its file is for writing to. */
interface MemberSource {
  readonly file: FileHandle;
  readonly at: number;
  readonly isToKeep: boolean;
}

async function writeMember(member: ArchiveMember, folder: string, source: MemberSource): Promise<void> {
  const { name, type, target = '' } = member;
  if (leads(name) || (type === 'link' && leads(join(dirname(name), target)))) {
    throw new FailureError({ reason: 'bad-data', message: `a packed folder names ${name}, outside of it` });
  }
  const place = join(folder, name);
  if (type === 'folder') await mkdir(place, { recursive: true });
  else if (type === 'link') await symlink(target, place);
  else await writeBytes(member, place, source);
}

async function writeBytes(
  { name, bytes, isExecutable }: ArchiveMember,
  place: string,
  { file, at, isToKeep }: MemberSource,
): Promise<void> {
  const copy = await open(place, 'wx', (isExecutable ? 0o555 : 0o444) | (isToKeep ? 0o200 : 0));
  try {
    for (let done = 0; done < bytes; ) {
      const part = await bytesAt(file, at + done, Math.min(partBytes, bytes - done));
      if (part.length === 0) throw new FailureError({ reason: 'bad-data', message: `${name} is cut off` });
      await copy.writeFile(part);
      done += part.length;
    }
    if (isToKeep) await copy.sync();
  } finally {
    await copy.close();
  }
}

/** Whether a path leads out of the folder that it is relative to. */
function leads(path: string): boolean {
  return path === '' || isAbsolute(path) || path.split('/').includes('..');
}

async function bytesAt(file: FileHandle, at: number, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count);
  const { bytesRead } = await file.read(bytes, 0, count, at);
  return bytes.subarray(0, bytesRead);
}
