import { digestOf, digestTree } from '../../base/canonical.js';
import { hasChecksum } from '../../base/files/checked-json.js';
import { mapTree, type Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import type { Digest, Entry, ObjectReference } from '../entry.js';
import { parseEntry } from '../local/entries.js';

type Ports = { readonly [port: string]: Tree<ObjectReference> };

/**
 * The entry that a text from elsewhere holds; undefined where it is not whole, not of this key, or says anything that
 * kshot would not have written. Of what its key names, only its code and its outputs are taken on trust.
 */
export function soundEntry(text: string, key: Digest): Entry | undefined {
  // On disk there are some of versions that wrote none; what is sent has one.
  if (!hasChecksum(text)) return undefined;
  try {
    const entry = parseEntry(text, key);
    if (entry === undefined || digestOf(entry.preimage) !== key) return undefined;
    const { preimage, outputs, inputs } = entry;
    if (!arePorts(outputs) || !arePorts(inputs) || !isOfInputs(preimage, inputs)) return undefined;
    const facts = soundFacts(entry.facts);
    if (facts === undefined) return undefined;
    // Nothing else that stands in it comes any further.
    return { format: 1, key, preimage, outputs: bare(outputs), inputs: bare(inputs), facts };
  } catch {
    // Nested without end, as nothing is that kshot writes.
    return undefined;
  }
}

/** Names become names of files in a run's folder. */
function isName(name: string): boolean {
  return /^[A-Za-z0-9_][\w.-]{0,199}$/.test(name) && name !== '__proto__';
}

function arePorts(ports: Ports): boolean {
  return Object.entries(ports).every(([name, tree]) => isName(name) && isSoundTree(tree));
}

function isSoundTree(tree: Tree<ObjectReference>): boolean {
  switch (tree.type) {
    case 'file':
      return tree.leaf.bytes >= 0;
    case 'list':
      return tree.elements.every(isSoundTree);
    case 'bundle':
      return arePorts(tree.ports);
  }
}

/** Whether they are those that the key was made of; what settings say is among its parameters instead. */
function isOfInputs({ inputs: digests }: JsonObject, inputs: Ports): boolean {
  if (typeof digests !== 'object' || digests === null || Array.isArray(digests)) return false;
  const known = new Map(Object.entries(digests));
  return (
    Object.entries(inputs).every(([port, tree]) =>
      known.has(port) ? known.get(port) === digestTree(tree) : port === 'settings',
    ) && [...known.keys()].every((port) => Object.hasOwn(inputs, port))
  );
}

function bare(ports: Ports): Ports {
  return Object.fromEntries(
    Object.entries(ports).map(([name, tree]) => [
      name,
      mapTree(tree, ({ digest, bytes }) => ({ digest, bytes })),
    ]),
  );
}

function soundFacts(
  facts: { readonly [name in keyof Entry['facts']]?: unknown },
): Entry['facts'] | undefined {
  const { kind, startedAt, seconds, threads, host, kshotVersion, deterministic, device, values } = facts;
  if (!isText(kind) || !isText(startedAt) || !isText(host) || !isText(kshotVersion)) return undefined;
  if (!isAmount(seconds) || !isAmount(threads) || typeof deterministic !== 'boolean') return undefined;
  if (device !== undefined && !isText(device)) return undefined;
  if (values !== undefined && !isFigures(values)) return undefined;
  if (Number.isNaN(Date.parse(startedAt))) return undefined;
  return {
    kind,
    startedAt,
    seconds,
    threads,
    host,
    kshotVersion,
    deterministic,
    ...(device === undefined ? {} : { device }),
    ...(values === undefined ? {} : { values }),
  };
}

/** One line; it is shown. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1000 && !/\p{Cc}/u.test(value);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1e12;
}

function isFigures(value: unknown): value is { readonly [name: string]: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(
      ([name, figure]) => isText(name) && name !== '__proto__' && typeof figure === 'number',
    )
  );
}
