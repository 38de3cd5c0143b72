import { existsSync } from 'node:fs';
import { findRun, folderGone } from '../../artifacts/find-run.js';
import { recordedNodesCalled } from '../../artifacts/recorded-nodes.js';
import { identityOf } from '../../artifacts/register.js';
import { type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import { closingBracket } from '../../base/bracketed-text.js';
import type { Failure } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import { stepOfNode } from '../../base/node-id.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Digest, ObjectReference } from '../../store/entry.js';
import { openCache } from '../../store/open-cache.js';

/** A file that a run computed. */
export interface StoredOutput {
  /** `NODE.PORT`, and behind a slash the file of a port that has several. */
  readonly output: string;
  readonly run: string;
  /** Where its bytes are in the cache, absolute; not to be written to. */
  readonly path: string;
  /** Of its bytes: sha256. */
  readonly digest: Digest;
  readonly bytes: number;
}

/**
 * An output of a run, its bytes verified: `NODE.PORT`, or where only one node has it `STEP.PORT` or
 * `STEP[NAME=VALUE].PORT`; behind a slash the file of a port that has several.
 */
export async function getOutput(
  root: string,
  output: string,
  name?: string,
): Promise<Result<StoredOutput, Failure[]>> {
  const record = findRun(root, name);
  if (!record.ok) return failed([record.failure]);
  const run = identityOf(record.value);
  const manifest = readManifest(root, run);
  if (manifest === undefined) return failed([folderGone(record.value)]);
  const all = manifest.nodes.flatMap(outputsOf);
  const named = all.filter((one) => one.byNode === output || one.byId === output);
  const found = named.length > 0 ? named : outputsCalled(all, manifest.nodes, output);
  const [only, ...others] = found;
  if (only === undefined) return failed([noSuchOutput(output, run, all)]);
  if (others.length > 0) {
    return failed([
      {
        reason: 'ambiguous-port',
        message: `${found.length} nodes of run ${run} have an output ${output}`,
        hint: `name one: ${found
          .slice(0, 8)
          .map(({ byNode }) => byNode)
          .join(', ')}`,
      },
    ]);
  }
  const store = await openCache(root);
  const path = store.objectPath(only.reference.digest);
  const isThere = existsSync(path);
  if (!isThere || !(await store.verify(only.reference))) return failed([lostOutput(only.byNode, isThere)]);
  return success({ output: only.byNode, run, path, ...only.reference });
}

interface NamedOutput {
  /** A port that is derived is one of the node that it is derived from. */
  readonly byNode: string;
  readonly byId: string;
  readonly byStep: string;
  readonly node: string;
  readonly path: string;
  readonly reference: ObjectReference;
}

function outputsOf({ id, step, derived_from, outputs }: ManifestNode): readonly NamedOutput[] {
  return Object.entries(outputs).map(([path, reference]) => ({
    byNode: `${derived_from ?? id}.${path}`,
    byId: `${id}.${path}`,
    byStep: `${step}.${path}`,
    node: derived_from ?? id,
    path,
    reference,
  }));
}

/** The outputs of that name of the nodes that what stands before it may be: a step, or some of its nodes by their values. */
function outputsCalled(
  all: readonly NamedOutput[],
  nodes: readonly ManifestNode[],
  output: string,
): readonly NamedOutput[] {
  const step = stepOfNode(output).split('.')[0] ?? '';
  const end = output[step.length] === '[' ? closingBracket(output.slice(step.length)) : undefined;
  const name = output.slice(0, step.length + (end === undefined ? 0 : end + 1));
  const called = new Set(recordedNodesCalled(nodes, name).map(({ id }) => id));
  return all.filter(({ node, path }) => called.has(node) && output === `${name}.${path}`);
}

function noSuchOutput(output: string, run: string, all: readonly NamedOutput[]): Failure {
  const hint = suggestion(output, new Set(all.flatMap(({ byNode, byStep }) => [byNode, byStep])));
  return {
    reason: 'unknown-port',
    message: `run ${run} has no output ${output}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

function lostOutput(output: string, isThere: boolean): Failure {
  return isThere
    ? {
        reason: 'object-corrupt',
        message: `${output} in the cache is not what was stored; it was set aside`,
        hint: 'kshot run computes it again',
      }
    : {
        reason: 'no-results',
        message: `${output} is no longer in the cache`,
        hint: 'kshot run computes it again',
      };
}
