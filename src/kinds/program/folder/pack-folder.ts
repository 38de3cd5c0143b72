import { lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { FailureError } from '../../../base/failure.js';
import {
  type ArchiveMember,
  archiveMark,
  blockBytes,
  headerOf,
  paddingOf,
  recordsBlock,
} from './archive-header.js';

const partBytes = 1 << 20;

/**
 * Packs a folder into one file: members sorted, without times and owners, so that the same contents are the same bytes.
 *
 * @param name of the folder as the user knows it
 * @throws FailureError `output-missing` where it holds nothing, a link that leads out of it, or what is no file
 */
export async function packFolder(folder: string, name: string, archive: string): Promise<void> {
  const members = await membersOf(folder, '', name);
  if (!members.some(({ type }) => type !== 'folder')) {
    throw unfit(`the program wrote nothing into ${name}`, 'it is there when the program starts, empty');
  }
  const file = await open(archive, 'w');
  try {
    await file.writeFile(recordsBlock('g', [archiveMark]));
    for (const member of members) {
      await file.writeFile(headerOf(member));
      if (member.type !== 'file') continue;
      const source = await open(join(folder, member.name), 'r');
      try {
        for (let done = 0; done < member.bytes; ) {
          const part = Buffer.alloc(Math.min(partBytes, member.bytes - done));
          const { bytesRead } = await source.read(part, 0, part.length, done);
          if (bytesRead === 0) throw unfit(`${name}${member.name} became shorter`, 'end what writes to it');
          await file.writeFile(part.subarray(0, bytesRead));
          done += bytesRead;
        }
      } finally {
        await source.close();
      }
      await file.writeFile(Buffer.alloc(paddingOf(member.bytes)));
    }
    await file.writeFile(Buffer.alloc(2 * blockBytes));
  } finally {
    await file.close();
  }
}

async function membersOf(folder: string, below: string, name: string): Promise<readonly ArchiveMember[]> {
  const names = (await readdir(join(folder, below))).toSorted();
  const members: ArchiveMember[] = [];
  for (const one of names) {
    const path = below === '' ? one : `${below}/${one}`;
    const look = await lstat(join(folder, path));
    const common = { name: path, bytes: 0, isExecutable: (look.mode & 0o100) !== 0 };
    if (look.isDirectory()) {
      members.push({ ...common, type: 'folder' });
      for (const member of await membersOf(folder, path, name)) members.push(member);
    } else if (look.isSymbolicLink()) {
      members.push({
        ...common,
        type: 'link',
        isExecutable: false,
        target: await targetOf(folder, path, name),
      });
    } else if (look.isFile()) members.push({ ...common, type: 'file', bytes: look.size });
    else throw unfit(`${name}${path} is neither a file nor a folder`, 'have the program remove it');
  }
  return members;
}

/** Where a link leads, which must be inside of the folder. */
async function targetOf(folder: string, path: string, name: string): Promise<string> {
  const place = join(folder, path);
  const target = await readlink(place);
  const whole = await realpath(folder);
  const found = await realpath(place).catch(() => undefined);
  const isInside =
    !isAbsolute(target) &&
    resolve(dirname(place), target).startsWith(folder + sep) &&
    found?.startsWith(whole + sep) === true;
  if (isInside) return target;
  const where = found === undefined ? 'to nothing' : 'out of the folder';
  throw unfit(`${name}${path} is a link that leads ${where}`, 'have the program copy the file');
}

function unfit(message: string, hint: string): FailureError {
  return new FailureError({ reason: 'output-missing', message, hint });
}
