/** Blocks that an archive is made of, in bytes. */
export const blockBytes = 512;

/** A member of an archive: a file, a link inside of the folder, or a folder. */
export interface ArchiveMember {
  /** From the folder on; of a folder without a slash at the end. */
  readonly name: string;
  readonly type: 'file' | 'link' | 'folder';
  /** Of a file. */
  readonly bytes: number;
  readonly isExecutable: boolean;
  /** Of a link. */
  readonly target?: string;
}

/** Stands first in an archive that kshot made of a folder, so that it is told from one that a program made. */
export const archiveMark = 'comment=kshot folder';

const typeFlags = { file: '0', link: '2', folder: '5' } as const;
/** What the fields of a header hold; longer names and greater sizes stand before it. */
const longestName = 100;
const greatestSize = 8 ** 11 - 1;

/** What stands before a member's bytes: a header in the form of POSIX (ustar), with pax records where it needs them. */
export function headerOf({ name, type, bytes, isExecutable, target = '' }: ArchiveMember): Buffer {
  const path = type === 'folder' ? `${name}/` : name;
  const isPlain = (text: string) => /^[\x20-\x7e]*$/.test(text) && text.length <= longestName;
  const records = [
    ...(isPlain(path) ? [] : [`path=${path}`]),
    ...(isPlain(target) ? [] : [`linkpath=${target}`]),
    ...(bytes <= greatestSize ? [] : [`size=${bytes}`]),
  ];
  const header = block({
    name: isPlain(path) ? path : 'long',
    size: bytes <= greatestSize ? bytes : 0,
    mode: isExecutable || type === 'folder' ? 0o755 : 0o644,
    flag: typeFlags[type],
    target: isPlain(target) ? target : 'long',
  });
  return records.length === 0 ? header : Buffer.concat([recordsBlock('x', records), header]);
}

/** Records about the next member (`x`), or about all that follow (`g`), as a member of its own. */
export function recordsBlock(flag: 'x' | 'g', records: readonly string[]): Buffer {
  const text = Buffer.from(records.map(recordText).join(''));
  return Buffer.concat([
    block({ name: 'pax', size: text.length, mode: 0o644, flag, target: '' }),
    text,
    Buffer.alloc(paddingOf(text.length)),
  ]);
}

/** How many zeros follow so many bytes. */
export function paddingOf(bytes: number): number {
  return (blockBytes - (bytes % blockBytes)) % blockBytes;
}

/** `25 path=…`: a record begins with its own length. */
function recordText(record: string): string {
  const rest = Buffer.byteLength(` ${record}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length += 1;
  return `${length} ${record}\n`;
}

/** A header without times and owners. */
function block({
  name,
  size,
  mode,
  flag,
  target,
}: {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly flag: string;
  readonly target: string;
}): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0, 'latin1');
  header.write(octal(mode, 7), 100, 'latin1');
  header.write(octal(0, 7), 108, 'latin1');
  header.write(octal(0, 7), 116, 'latin1');
  header.write(octal(size, 11), 124, 'latin1');
  header.write(octal(0, 11), 136, 'latin1');
  header.write(' '.repeat(8), 148, 'latin1');
  header.write(flag, 156, 'latin1');
  header.write(target, 157, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** What a header and the records before it say; undefined at the end of an archive. */
export function memberIn(
  header: Buffer,
  records: ReadonlyMap<string, string>,
): (ArchiveMember & { readonly flag: string }) | undefined {
  if (header.every((byte) => byte === 0)) return undefined;
  const text = (from: number, length: number) => {
    const field = header.subarray(from, from + length);
    const end = field.indexOf(0);
    return field.subarray(0, end < 0 ? length : end).toString('latin1');
  };
  const number = (from: number, length: number) => Number.parseInt(text(from, length).trim() || '0', 8);
  const flag = text(156, 1);
  const type = flag === '5' ? 'folder' : flag === '2' ? 'link' : 'file';
  const target = records.get('linkpath') ?? text(157, 100);
  return {
    name: (records.get('path') ?? text(0, 100)).replace(/\/$/, ''),
    type,
    bytes: Number(records.get('size') ?? number(124, 12)),
    isExecutable: (number(100, 8) & 0o100) !== 0,
    ...(type === 'link' ? { target } : {}),
    flag,
  };
}

/** The records in a member of records. */
export function recordsIn(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(' ', at);
    const length = Number(bytes.subarray(at, space).toString('latin1'));
    if (space < 0 || !(length > 0)) break;
    const record = bytes.subarray(space + 1, at + length - 1).toString('utf8');
    const equals = record.indexOf('=');
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
