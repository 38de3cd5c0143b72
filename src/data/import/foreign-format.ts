/** What data.import does not read, by the bytes that it begins with, and what to do about it. */
interface ForeignFormat {
  readonly begins: Buffer;
  readonly name: string;
  readonly hint: string;
}

const unpack = 'unpack it first, or compress it with gzip';
const asText = 'write it as CSV, JSON lines or parquet';
const asUtf8 = 'convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW_FILE';

const foreignFormats: readonly ForeignFormat[] = [
  { begins: Buffer.from('PK\x03\x04', 'latin1'), name: 'a zip archive (or a spreadsheet)', hint: unpack },
  { begins: Buffer.from('PK\x05\x06', 'latin1'), name: 'an empty zip archive', hint: unpack },
  { begins: Buffer.from('BZh', 'latin1'), name: 'compressed with bzip2', hint: unpack },
  { begins: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), name: 'compressed with xz', hint: unpack },
  { begins: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), name: 'compressed with zstd', hint: unpack },
  { begins: Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), name: 'a 7z archive', hint: unpack },
  { begins: Buffer.from('Rar!', 'latin1'), name: 'a rar archive', hint: unpack },
  {
    begins: Buffer.from([0x1f, 0x8b]),
    name: 'compressed with gzip twice',
    hint: 'unpack it once with gunzip',
  },
  // Longer marks before those that they begin with.
  { begins: Buffer.from([0xff, 0xfe, 0, 0]), name: 'text in UTF-32', hint: asUtf8.replaceAll('16', '32') },
  { begins: Buffer.from([0xff, 0xfe]), name: 'text in UTF-16', hint: asUtf8 },
  { begins: Buffer.from([0xfe, 0xff]), name: 'text in UTF-16', hint: asUtf8 },
  { begins: Buffer.from('SQLite format 3\0', 'latin1'), name: 'an SQLite database', hint: asText },
  { begins: Buffer.from('ARROW1', 'latin1'), name: 'an Arrow (feather) file', hint: asText },
  { begins: Buffer.from('\x89HDF', 'latin1'), name: 'an HDF5 file', hint: asText },
  { begins: Buffer.from('\x93NUMPY', 'latin1'), name: 'a NumPy array', hint: asText },
  { begins: Buffer.from('ORC', 'latin1'), name: 'an ORC file', hint: asText },
  { begins: Buffer.from('%PDF', 'latin1'), name: 'a PDF', hint: asText },
  ...[2, 3, 4, 5].map((version) => ({
    begins: Buffer.from([0x80, version]),
    name: 'a pickle of Python',
    hint: asText,
  })),
  {
    begins: Buffer.from('version https://git-lfs.github.com/', 'latin1'),
    name: 'a pointer of Git LFS, not the file itself',
    hint: 'fetch the file: git lfs pull',
  },
];

const marks: readonly { readonly pattern: RegExp; readonly name: string; readonly hint: string }[] = [
  {
    pattern: /^\s*(<!doctype html|<html)/i,
    name: 'a page of HTML',
    hint: 'download the file itself, not the page that links to it',
  },
  { pattern: /^\s*<\?xml/i, name: 'XML', hint: asText },
  {
    pattern: /^\s*\[/,
    name: 'a JSON array, not JSON lines',
    hint: "write one object on each line: jq -c '.[]' FILE > NEW_FILE.jsonl",
  },
];

/** The format that these first bytes are of, if it is one that data.import knows and does not read. */
export function foreignFormatOf(bytes: Buffer): { readonly name: string; readonly hint: string } | undefined {
  const found = foreignFormats.find(({ begins }) => bytes.subarray(0, begins.length).equals(begins));
  if (found !== undefined) return found;
  const text = bytes
    .subarray(0, 256)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  // Text in UTF-16 without a mark has a NUL in every second byte.
  if (/^(?:[^\0]\0){4}/.test(text) || /^(?:\0[^\0]){4}/.test(text))
    return { name: 'text in UTF-16', hint: asUtf8 };
  return marks.find(({ pattern }) => pattern.test(text));
}
