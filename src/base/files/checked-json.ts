import { hash } from 'node:crypto';

const name = 'checksum';

/**
 * A record as one line of JSON that ends with the sha256 of what stands before it, so that a reader knows a file that a
 * disk or an editor has changed. Any JSON reader reads it.
 */
export function checkedJson(record: object): string {
  return withChecksum(JSON.stringify(record));
}

/** The text without its checksum; undefined where it has none that is right. */
export function checkedText(text: string): string | undefined {
  const end = /,?"checksum":"[0-9a-f]{64}"\}\n$/.exec(text);
  if (end === null) return undefined;
  const record = `${text.slice(0, end.index)}}`;
  return withChecksum(record) === text ? record : undefined;
}

/** Whether the text claims to have a checksum, be it right or not. */
export function hasChecksum(text: string): boolean {
  return text.includes(`"${name}":"`);
}

function withChecksum(record: string): string {
  const checksum = hash('sha256', record, 'hex');
  return `${record.slice(0, -1)}${record === '{}' ? '' : ','}"${name}":"${checksum}"}\n`;
}
