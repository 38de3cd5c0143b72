import { hash } from 'node:crypto';

const name = 'checksum';
const beforeDigest = `"${name}":"`;
const afterDigest = '"}\n';
/** Of a sha256 in hex. */
const digestLength = 64;

/**
 * A record as one line of JSON that ends with the sha256 of what stands before it, so that a reader knows a file that a
 * disk or an editor has changed. Any JSON reader reads it.
 */
export function checkedJson(record: object): string {
  return withChecksum(JSON.stringify(record));
}

/** The text without its checksum; undefined where it has none that is right. */
export function checkedText(text: string): string | undefined {
  const start = text.length - beforeDigest.length - digestLength - afterDigest.length;
  if (start < 1 || !text.startsWith(beforeDigest, start) || !text.endsWith(afterDigest)) return undefined;
  const isAlone = start === 1;
  if (!isAlone && text[start - 1] !== ',') return undefined;
  const record = `${text.slice(0, isAlone ? start : start - 1)}}`;
  const checksum = text.slice(-digestLength - afterDigest.length, -afterDigest.length);
  return hash('sha256', record, 'hex') === checksum ? record : undefined;
}

/** Whether the text claims to have a checksum, be it right or not. */
export function hasChecksum(text: string): boolean {
  return text.includes(beforeDigest);
}

function withChecksum(record: string): string {
  const checksum = hash('sha256', record, 'hex');
  return `${record.slice(0, -1)}${record === '{}' ? '' : ','}"${name}":"${checksum}"}\n`;
}
