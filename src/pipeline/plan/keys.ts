import { hash } from 'node:crypto';
import { canonicalText, digestTree } from '../../base/canonical.js';
import { FailureError } from '../../base/failure.js';
import { isMissing, type Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import { joined } from '../../base/own-properties.js';
import type { Digest, ObjectReference } from '../../store/entry.js';
import { inputsBesideSettings } from '../graph/chosen-settings.js';
import type { GraphNode } from '../graph/graph.js';
import type { CodeDigest, CodeDigests } from './code-digests.js';

/** Counts changes of what a pre-image or an output means; raising it makes every entry a miss. */
const format = 1;

export interface KeyInput {
  readonly node: Pick<GraphNode, 'kind' | 'engine' | 'withSettings' | 'imports'>;
  /** In canonical form; undefined where settings that are to come have a part in them. */
  readonly parameters: JsonObject | undefined;
  readonly inputs: { readonly [port: string]: Tree<ObjectReference> };
  /** Content digests of the node's external files, by name. */
  readonly files: { readonly [name: string]: Digest };
  readonly codes: CodeDigests;
}

/** All that determines a node's outputs, and its digest. */
export interface NodeKey {
  readonly key: Digest;
  readonly preimage: JsonObject;
}

/**
 * The key of a node whose inputs are known.
 *
 * @throws FailureError `bug` where the build knows no code of the node's kind or engine.
 */
export function keyOf({ node, inputs, ...rest }: KeyInput & { readonly parameters: JsonObject }): NodeKey {
  const read = Object.entries(inputsBesideSettings(node, inputs));
  const missing = read.flatMap(([port, tree]) =>
    tree.type !== 'list'
      ? []
      : tree.elements.flatMap((element, index) => (isMissing(element) ? [`${port}[${index}]`] : [])),
  );
  const preimage: JsonObject = joined(preimageBeforeInputs({ node, ...rest }), {
    inputs: Object.fromEntries(read.map(([port, tree]) => [port, digestTree(tree)])),
    ...(missing.length === 0 ? {} : { missing }),
  });
  // `digestOf` by a shorter way, for tens of thousands.
  return { key: hash('sha256', canonicalText(preimage), 'hex'), preimage };
}

/**
 * All of a node's pre-image but its inputs: what can be said of it before they are known.
 *
 * @throws FailureError as `keyOf`
 */
export function preimageBeforeInputs({
  node,
  parameters,
  files,
  codes,
}: Omit<KeyInput, 'inputs'>): JsonObject {
  return {
    format,
    kind: node.kind,
    code: digestIn(codes.kinds, node.kind),
    ...(parameters === undefined ? {} : { params: parameters }),
    ...(Object.keys(files).length === 0 ? {} : { files }),
    ...(node.imports === undefined ? {} : { imports: node.imports.digest }),
    ...(node.engine === undefined
      ? {}
      : { engine: { name: node.engine, digest: digestIn(codes.engines, node.engine) } }),
  };
}

function digestIn(codes: { readonly [name: string]: CodeDigest }, name: string): Digest {
  const code = codes[name];
  if (code === undefined) {
    throw new FailureError({
      reason: 'bug',
      message: `the build holds no code digest of ${name}`,
      hint: 'run npm run build',
    });
  }
  return code.digest;
}
