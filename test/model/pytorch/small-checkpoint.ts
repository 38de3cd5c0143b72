import { type ByteSource, crc32 } from '../../../src/model/pytorch/zip-archive.js';

/** Bytes in memory as a file. */
export function sourceOf(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read(offset, length) {
      if (offset < 0 || offset + length > bytes.length) throw new Error('read beyond the end');
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** A ZIP archive of stored records, as PyTorch writes it; `wide` puts sizes into ZIP64 fields as large ones need. */
export function zipOf(
  records: readonly (readonly [name: string, bytes: Uint8Array])[],
  { wide = false }: { readonly wide?: boolean } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of records) {
    const text = Buffer.from(name);
    const padding = (64 - ((at + 30 + text.length) % 64)) % 64;
    const local = Buffer.alloc(30 + text.length + padding);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(bytes.length, 18);
    local.writeUInt32LE(bytes.length, 22);
    local.writeUInt16LE(text.length, 26);
    local.writeUInt16LE(padding, 28);
    text.copy(local, 30);
    parts.push(local, Buffer.from(bytes));
    const extra = Buffer.alloc(wide ? 28 : 0);
    if (wide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(bytes.length), 4);
      extra.writeBigUInt64LE(BigInt(bytes.length), 12);
      extra.writeBigUInt64LE(BigInt(at), 20);
    }
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(crc32(bytes), 16);
    entry.writeUInt32LE(wide ? 0xffffffff : bytes.length, 20);
    entry.writeUInt32LE(wide ? 0xffffffff : bytes.length, 24);
    entry.writeUInt16LE(text.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(wide ? 0xffffffff : at, 42);
    directory.push(entry, text, extra);
    at += local.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(records.length, 10);
  end.writeUInt32LE(wide ? 0xffffffff : listed.length, 12);
  end.writeUInt32LE(wide ? 0xffffffff : at, 16);
  if (!wide) return Buffer.concat([...parts, listed, end]);
  const wideEnd = Buffer.alloc(56);
  wideEnd.writeUInt32LE(0x06064b50, 0);
  wideEnd.writeBigUInt64LE(BigInt(records.length), 32);
  wideEnd.writeBigUInt64LE(BigInt(listed.length), 40);
  wideEnd.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at + listed.length), 8);
  return Buffer.concat([...parts, listed, wideEnd, locator, end]);
}

export interface SmallTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly strides?: readonly number[];
  readonly offset?: number;
}

/** The pickle of an OrderedDict of tensors, each with a storage of its own, named 0, 1, …, as torch.save writes it. */
export function stateDictPickle(tensors: readonly SmallTensor[]): Buffer {
  return Buffer.concat([
    Buffer.from('\x80\x02ccollections\nOrderedDict\n)R(', 'latin1'),
    ...tensors.flatMap(({ name, shape, values, strides, offset = 0 }, index) => [
      textOf(name),
      Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n((', 'latin1'),
      textOf('storage'),
      Buffer.from('ctorch\nFloatStorage\n', 'latin1'),
      textOf(String(index)),
      textOf('cpu'),
      numberOf(values.length),
      Buffer.from('tQ', 'latin1'),
      numberOf(offset),
      ...[shape, strides ?? rowMajor(shape)].flatMap((sizes) => [
        Buffer.from('('),
        ...sizes.map(numberOf),
        Buffer.from('t'),
      ]),
      Buffer.from('\x89ccollections\nOrderedDict\n)RtR', 'latin1'),
    ]),
    Buffer.from('u.'),
  ]);
}

/** A checkpoint of these tensors. */
export function checkpointOf(tensors: readonly SmallTensor[], pickle = stateDictPickle(tensors)): Buffer {
  return zipOf([
    ['archive/data.pkl', pickle],
    ...tensors.map(
      ({ values }, index) =>
        [
          `archive/data/${index}`,
          new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
        ] as const,
    ),
    ['archive/version', Buffer.from('3\n')],
  ]);
}

/** A pickled text. */
export function textOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(5);
  head[0] = 0x58;
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function numberOf(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = 0x4a;
  bytes.writeInt32LE(value, 1);
  return bytes;
}

function rowMajor(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
}
