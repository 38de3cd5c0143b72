import { createHash } from 'node:crypto';
import { FailureError } from './failure.js';
import type { Tree } from './files/tree.js';
import type { Json, JsonObject } from './json.js';

/** sha256 as 64 lower-case hex digits. */
export type Digest = string;

/** sha256 of bytes, or of a string's UTF-8. */
export function sha256(data: string | Uint8Array): Digest {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * The one text of a value: equal values give equal texts, different values different ones, and no text is the
 * beginning of another.
 *
 * Every value begins with a tag: `n` null, `t` true, `f` false, `d` number in its shortest round trip up to `;`
 * (-0 is 0), `s` string in JSON's quotes as it is (no Unicode normalisation; lone surrogates stay apart because
 * JSON escapes them), `l` list up to `;`, `o` object up to `;` as names and values, names sorted by code unit.
 *
 * @throws FailureError `bug` where a value is no `Json`: NaN, an infinity, undefined.
 */
export function canonicalText(value: Json): string {
  switch (typeof value) {
    case 'string':
      return `s${JSON.stringify(value)}`;
    case 'number':
      // Adding 0 turns -0 into 0.
      if (Number.isFinite(value)) return `d${value + 0};`;
      break;
    case 'boolean':
      return value ? 't' : 'f';
    case 'object':
      if (value === null) return 'n';
      return Array.isArray(value) ? listText(value) : objectText(value as JsonObject);
  }
  throw new FailureError({ reason: 'bug', message: `${String(value)} has no canonical form` });
}

function listText(list: readonly Json[]): string {
  let text = 'l';
  for (const element of list) text += canonicalText(element);
  return `${text};`;
}

function objectText(object: JsonObject): string {
  let text = 'o';
  for (const name of Object.keys(object).sort()) {
    // The name comes from the object's own keys.
    text += `s${JSON.stringify(name)}${canonicalText(object[name]!)}`;
  }
  return `${text};`;
}

/** Digest of a value's canonical text: independent of the order of keys and of how numbers were written. */
export function digestOf(value: Json): Digest {
  return sha256(canonicalText(value));
}

/**
 * Content digest of a tree: a file's own digest, or the digest of the shape with every leaf's digest in place.
 * Whatever else leaves hold (size, path, origin) does not count.
 */
export function digestTree(tree: Tree<{ readonly digest: Digest }>): Digest {
  return tree.type === 'file' ? tree.leaf.digest : digestOf(digestsIn(tree));
}

function digestsIn(tree: Tree<{ readonly digest: Digest }>): Json {
  switch (tree.type) {
    case 'file':
      return tree.leaf.digest;
    case 'list':
      return tree.elements.map(digestsIn);
    case 'bundle':
      return Object.fromEntries(Object.entries(tree.ports).map(([name, port]) => [name, digestsIn(port)]));
  }
}
