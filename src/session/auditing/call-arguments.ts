import { isAbsolute, resolve } from 'node:path';
import { type SystemCall, unquoted } from './system-calls.js';

const descriptor = String.raw`(AT_FDCWD|\d+)(?:<((?:[^<>\\]|\\.)*)>)?`;
const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
const namedFrom = new RegExp(`^${descriptor}, ${quoted}`, 's');
const named = new RegExp(`^${quoted}`, 's');
const described = new RegExp(`^${descriptor}`, 's');
const secondFrom = new RegExp(`^${descriptor}, ${quoted}, ${descriptor}, ${quoted}`, 's');
const secondNamed = new RegExp(`^${quoted}, ${quoted}`, 's');

/** The paths that a call is about, absolute. */
export function pathsIn({ name, given }: SystemCall, folder: string): readonly string[] {
  if (/^(?:fchdir|getdents)/.test(name)) {
    const [, , place] = described.exec(given) ?? [];
    return place === undefined ? [] : [unquoted(place)];
  }
  const below = (word: string, place: string | undefined, base: string | undefined) => {
    const path = unquoted(word);
    if (isAbsolute(path)) return [resolve(path)];
    // What is said of a descriptor itself was told when it was opened.
    if (path === '' || (base !== undefined && base !== 'AT_FDCWD' && place === undefined)) return [];
    return [resolve(place === undefined ? folder : unquoted(place), path)];
  };
  if (name.startsWith('rename')) {
    const from = secondFrom.exec(given);
    if (from !== null) return [...below(from[3]!, from[2], from[1]), ...below(from[6]!, from[5], from[4])];
    const plain = secondNamed.exec(given);
    if (plain !== null) return [plain[1]!, plain[2]!].flatMap((word) => below(word, undefined, undefined));
    return [];
  }
  const from = namedFrom.exec(given);
  if (from !== null) return below(from[3]!, from[2], from[1]);
  const plain = named.exec(given);
  return plain === null ? [] : below(plain[1]!, undefined, undefined);
}

/** Whether the flags make a file of what was there, or of nothing. */
export function makesFile(given: string): boolean {
  return /\bO_EXCL\b/.test(given) || (/\bO_TRUNC\b/.test(given) && /\bO_(?:WRONLY|RDWR)\b/.test(given));
}

/** Addresses of other machines: `192.0.2.1:443`. */
export function addressesIn(given: string): readonly string[] {
  const [, port] = /htons\((\d+)\)/.exec(given) ?? [];
  const [, host] = /inet_addr\("([^"]+)"\)/.exec(given) ?? /inet_pton\(AF_INET6, "([^"]+)"/.exec(given) ?? [];
  if (host === undefined || port === undefined || port === '0') return [];
  if (/^(?:127\.|0\.0\.0\.0$|::1?$|::ffff:127\.)/.test(host)) return [];
  return [host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`];
}
