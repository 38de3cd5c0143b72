import { malformed } from './malformed.js';

/** A file of which only the parts that are asked for are read. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes; only asked for what lies within the size. */
  read(offset: number, length: number): Buffer;
}

/** One file in a ZIP archive, stored without compression. */
export interface ZipRecord {
  readonly name: string;
  readonly size: number;
  /** Reads the bytes and holds them against their checksum. */
  read(): Buffer;
}

const endSignature = 0x06054b50;
const zip64EndSignature = 0x06064b50;
const zip64LocatorSignature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const locatorBytes = 20;
/** What Node reads at once. */
const largestRecord = 2 ** 31 - 1;
const longestComment = 0xffff;
const largestDirectory = 16 * 2 ** 20;
const inZip64 = 0xffffffff;

/**
 * The records of a ZIP archive as PyTorch writes them: stored, aligned, with 64-bit sizes where they are needed.
 * Records that are compressed or encrypted cannot be read, so that nothing read is larger than the file.
 *
 * Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 *
 * @throws FailureError `bad-data`, naming `name`, where it is no such archive or is damaged; also from `read`
 */
export function readZipArchive(source: ByteSource, name: string): readonly ZipRecord[] {
  const { offset, size, count } = findDirectory(source, name);
  if (offset + size > source.size || size > largestDirectory) {
    throw malformed(name, 'the directory of the ZIP archive is damaged');
  }
  const directory = source.read(offset, size);
  const records: ZipRecord[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const entry = readEntry(directory, at, name);
    if (entry.start + 30 + (entry.isStored ? entry.size : 0) > source.size) {
      throw malformed(name, `record ${entry.name} reaches beyond the end of the file`);
    }
    records.push({
      name: entry.name,
      size: entry.size,
      read: () => readStored(source, entry, name),
    });
    at += entry.length;
  }
  return records;
}

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly isStored: boolean;
  readonly checksum: number;
  /** Where the local header is. */
  readonly start: number;
  /** Bytes of the entry in the directory. */
  readonly length: number;
}

function findDirectory(
  source: ByteSource,
  name: string,
): { readonly offset: number; readonly size: number; readonly count: number } {
  const length = Math.min(source.size, endBytes + longestComment);
  const tail = source.read(source.size - length, length);
  let end = tail.length - endBytes;
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end--;
  if (end < 0) throw malformed(name, 'the ZIP archive has no end: the file was cut off');
  const short = {
    count: tail.readUInt16LE(end + 10),
    size: tail.readUInt32LE(end + 12),
    offset: tail.readUInt32LE(end + 16),
  };
  const locator = end - locatorBytes;
  if (locator < 0 || tail.readUInt32LE(locator) !== zip64LocatorSignature) return short;
  const at = safeInteger(tail, locator + 8);
  if (at === undefined || at + 56 > source.size) {
    throw malformed(name, 'the directory of the ZIP archive is damaged');
  }
  const long = source.read(at, 56);
  const [count, size, offset] = [safeInteger(long, 32), safeInteger(long, 40), safeInteger(long, 48)];
  if (
    long.readUInt32LE(0) !== zip64EndSignature ||
    count === undefined ||
    size === undefined ||
    offset === undefined
  ) {
    throw malformed(name, 'the directory of the ZIP archive is damaged');
  }
  return { count, size, offset };
}

function readEntry(directory: Buffer, at: number, name: string): Entry {
  if (at + 46 > directory.length || directory.readUInt32LE(at) !== centralSignature) {
    throw malformed(name, 'the directory of the ZIP archive is damaged');
  }
  const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
  const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
  const length = extraEnd + directory.readUInt16LE(at + 32) - at;
  if (at + length > directory.length) throw malformed(name, 'the directory of the ZIP archive is damaged');
  const record = directory.toString('utf8', at + 46, nameEnd);
  const isEncrypted = (directory.readUInt16LE(at + 8) & 1) === 1;
  const isStored = !isEncrypted && directory.readUInt16LE(at + 10) === 0;
  const wide = wideFields(directory, nameEnd, extraEnd, [
    directory.readUInt32LE(at + 24),
    directory.readUInt32LE(at + 20),
    directory.readUInt32LE(at + 42),
  ]);
  const [size, stored, start] = wide;
  if (size === undefined || stored === undefined || (isStored && stored !== size) || start === undefined) {
    throw malformed(name, `record ${record} of the ZIP archive is damaged`);
  }
  return { name: record, size, isStored, checksum: directory.readUInt32LE(at + 16), start, length };
}

/** Uncompressed size, stored size and place: those that say so stand in the ZIP64 extra field, in this order. */
function wideFields(
  directory: Buffer,
  from: number,
  to: number,
  short: readonly number[],
): readonly (number | undefined)[] {
  if (!short.includes(inZip64)) return short;
  for (let at = from; at + 4 <= to; at += 4 + directory.readUInt16LE(at + 2)) {
    if (directory.readUInt16LE(at) !== 1) continue;
    const end = Math.min(to, at + 4 + directory.readUInt16LE(at + 2));
    let next = at + 4;
    return short.map((value) => {
      if (value !== inZip64) return value;
      next += 8;
      return next <= end ? safeInteger(directory, next - 8) : undefined;
    });
  }
  return short.map((value) => (value === inZip64 ? undefined : value));
}

function readStored(source: ByteSource, entry: Entry, name: string): Buffer {
  if (!entry.isStored) throw malformed(name, `record ${entry.name} is compressed or encrypted`);
  if (entry.size > largestRecord) throw malformed(name, `record ${entry.name} has ${entry.size} bytes`);
  const header = source.read(entry.start, 30);
  const begin = entry.start + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (header.readUInt32LE(0) !== localSignature || begin + entry.size > source.size) {
    throw malformed(name, `record ${entry.name} of the ZIP archive is damaged`);
  }
  const bytes = source.read(begin, entry.size);
  if (crc32(bytes) !== entry.checksum) {
    throw malformed(name, `record ${entry.name} is damaged: its checksum is another`);
  }
  return bytes;
}

function safeInteger(bytes: Buffer, at: number): number | undefined {
  const value = Number(bytes.readBigUInt64LE(at));
  return Number.isSafeInteger(value) ? value : undefined;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of ZIP (ISO 3309), as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let value = -1;
  for (const byte of bytes) value = (value >>> 8) ^ (crcTable[(value ^ byte) & 0xff] ?? 0);
  return ~value >>> 0;
}
