import { join } from 'node:path';
import { findRunAmong, folderGone, noResults } from '../../artifacts/find-run.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../artifacts/register.js';
import { type Manifest, type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import type { Failure } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import { stepOfNode } from '../../base/node-id.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Content, PortShape } from '../../kinds/kind.js';
import type { Graph, GraphNode } from '../../pipeline/graph/graph.js';
import { loadPipeline } from '../../pipeline/load-pipeline.js';
import { outputsNamed } from '../../pipeline/spec/outputs-named.js';
import type { ObjectReference } from '../../store/entry.js';
import { noSuchStep } from './find-logs.js';

/** What a name stands for among the outputs of a run. */
export interface FoundOutputs {
  /** `<pipeline>/<run>` */
  readonly run: string;
  readonly manifest: Manifest;
  readonly isList: boolean;
  /** At least one. */
  readonly outputs: readonly FoundOutput[];
}

export interface FoundOutput {
  /** `NODE.PORT`, and behind a slash the file of a port that has several. */
  readonly output: string;
  /** In a list, of the element; else empty. */
  readonly label: string;
  readonly node: ManifestNode;
  readonly reference: ObjectReference;
  /** What it holds; where the run's pipeline can no longer be read, why not. */
  readonly content: Result<Content, Failure[]>;
  /** The ending of the file that a program wrote, `.pt`; empty where no program did, or it has none. */
  readonly ending: string;
}

/**
 * The outputs that a name stands for, as inputs of a pipeline name them, `STEP.PORT` or `STEP[NAME=VALUE].PORT`, or as
 * the run lists them, `NODE.PORT`: of the latest run that lists the step, or of the one that is named. What that run
 * did not come to is not looked for in an earlier one.
 */
export async function findOutputs(
  root: string,
  name: string,
  run?: string,
): Promise<Result<FoundOutputs, Failure[]>> {
  const listing = findListing(root, name, run);
  if (!listing.ok) return failed([listing.failure]);
  const { manifest } = listing.value;
  const read = await pipelineOfRun(root, listing.value.run);
  const exact = exactOutput(manifest, name, read);
  if (exact !== undefined) return success({ ...listing.value, isList: false, outputs: [exact] });
  if (!read.ok) return failed([unreadable(listing.value.run, read.failure)]);
  const named = outputsNamed(name, { values: read.value.values, stepNames: [...read.value.values.keys()] });
  if (!named.ok) return failed([noSuchOutput(listing.value.run, manifest, name, named.failure)]);
  const { isList, files } = named.value;
  const found = files.map(({ source, label }) => ({
    source,
    found: outputOf(manifest, source.node, source.path, label, read),
  }));
  const missing = found.flatMap(({ source, found }) => (found === undefined ? [source.node] : []));
  if (missing.length > 0) return failed([notDone(root, name, listing.value, missing)]);
  return success({ ...listing.value, isList, outputs: found.flatMap(({ found }) => found ?? []) });
}

type Listing = Pick<FoundOutputs, 'run' | 'manifest'>;

/** The run that is named, or the latest that lists the step. */
function findListing(root: string, name: string, run: string | undefined): Result<Listing, Failure> {
  const { runs } = readRegister(root);
  if (runs.length === 0) return failed(noResults());
  if (run !== undefined) {
    const record = findRunAmong(root, runs, run);
    if (!record.ok) return record;
    const listing = listingOf(root, record.value);
    return listing === undefined ? failed(folderGone(record.value)) : success(listing);
  }
  const step = stepIn(name);
  const names = new Set<string>();
  for (const record of runs.toReversed()) {
    const listing = listingOf(root, record);
    for (const node of listing?.manifest.nodes ?? []) names.add(node.step);
    if (listing?.manifest.nodes.some((node) => node.step === step)) return success(listing);
  }
  return failed(noSuchStep(step, names));
}

function listingOf(root: string, record: RunRecord): Listing | undefined {
  const run = identityOf(record);
  const manifest = readManifest(root, run);
  return manifest === undefined ? undefined : { run, manifest };
}

function stepIn(name: string): string {
  return stepOfNode(name).split('.')[0] ?? '';
}

/** The pipeline that a run had, after all that was set; which engine computes makes no difference to its names. */
async function pipelineOfRun(root: string, run: string): Promise<Result<Graph, Failure[]>> {
  const chooseEngine = async () => ({ engine: 'reference', why: 'nothing is computed' });
  return await loadPipeline({ root, file: join(runFolderOf(root, run), 'config.json'), chooseEngine });
}

/** The output that the run itself lists under the name; where a port is derived from one of the same name, that. */
function exactOutput(
  manifest: Manifest,
  name: string,
  read: Result<Graph, Failure[]>,
): FoundOutput | undefined {
  const listed = manifest.nodes.flatMap(({ id, derived_from: shownAs, outputs }) =>
    Object.keys(outputs).flatMap((path) => [
      ...(shownAs === undefined ? [] : [{ id, path, name: `${shownAs}.${path}`, isDerived: true }]),
      { id, path, name: `${id}.${path}`, isDerived: false },
    ]),
  );
  const called = listed.filter((one) => one.name === name);
  const found = called.find(({ isDerived }) => isDerived) ?? called[0];
  return found && outputOf(manifest, found.id, found.path, '', read);
}

function outputOf(
  manifest: Manifest,
  id: string,
  path: string,
  label: string,
  read: Result<Graph, Failure[]>,
): FoundOutput | undefined {
  const node = manifest.nodes.find((one) => one.id === id);
  const reference = node?.outputs[path];
  if (node === undefined || reference === undefined) return undefined;
  // A port that is derived is one of the node that it is derived from.
  const output = `${node.derived_from ?? id}.${path}`;
  return {
    output,
    label,
    node,
    reference,
    ...natureOf(manifest, { id, path, digest: reference.digest }, read),
  };
}

/** What an output holds, as far as the pipeline tells; a file that was handed on is still called as it was written. */
function natureOf(
  manifest: Manifest,
  { id, path, digest }: { readonly id: string; readonly path: string; readonly digest: string },
  read: Result<Graph, Failure[]>,
): Pick<FoundOutput, 'content' | 'ending'> {
  if (!read.ok) return { content: read, ending: '' };
  const nodes = new Map(read.value.nodes.map((node) => [node.id, node]));
  const [port = '', ...rest] = path.split('/');
  const same = manifest.nodes.flatMap((node) =>
    Object.entries(node.outputs).flatMap(([at, reference]) =>
      reference.digest === digest ? writtenEnding(nodes.get(node.id), at) : [],
    ),
  );
  return {
    content: success(contentAt(nodes.get(id)?.outputs[port]?.shape, rest)),
    ending: writtenEnding(nodes.get(id), path)[0] ?? same[0] ?? '',
  };
}

/** The ending of the file that a program declares at a port. */
function writtenEnding(node: GraphNode | undefined, port: string): readonly string[] {
  const paths = node?.parameters['outputs'] as { [port: string]: unknown } | undefined;
  const path = paths?.[port];
  const ending = typeof path === 'string' ? /[^/](\.[^./]+)$/.exec(path)?.[1] : undefined;
  return ending === undefined ? [] : [ending];
}

function contentAt(shape: PortShape | undefined, path: readonly string[]): Content {
  if (shape?.type === 'file') return shape.content;
  const [name = '', ...rest] = path;
  if (shape?.type === 'list') return contentAt(shape.of, rest);
  return shape?.type === 'bundle' ? contentAt(shape.ports[name], rest) : 'bytes';
}

function unreadable(run: string, failures: readonly Failure[]): Failure {
  return {
    reason: 'no-results',
    message: `the pipeline of run ${run}, as it was, can no longer be read`,
    details: failures.map(({ message }) => message),
    hint: `name a node as kshot results ${run} has it: NODE.PORT`,
  };
}

function noSuchOutput(
  run: string,
  { nodes }: Manifest,
  name: string,
  mismatch: Pick<Failure, 'reason' | 'message' | 'hint'> | undefined,
): Failure {
  const outputs = nodes.flatMap(({ id, derived_from, step, outputs }) =>
    Object.keys(outputs).flatMap((path) => [`${derived_from ?? id}.${path}`, `${step}.${path}`]),
  );
  const hint = mismatch?.hint ?? suggestion(name, new Set(outputs));
  return {
    reason: mismatch?.reason ?? 'unknown-port',
    message: `run ${run} has no output ${name}${mismatch === undefined ? '' : `: ${mismatch.message}`}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** That a run did not come to something, and which run did. */
function notDone(
  root: string,
  name: string,
  { run, manifest }: Listing,
  missing: readonly string[],
): Failure {
  const { runs } = readRegister(root);
  const place = runs.findIndex((record) => identityOf(record) === run);
  // Another pipeline's step of that name is something else.
  const before = runs.slice(0, place).filter(({ pipeline }) => pipeline === runs[place]?.pipeline);
  const earlier = before.findLast((record) => {
    const nodes = listingOf(root, record)?.manifest.nodes ?? [];
    return missing.every((id) =>
      nodes.some((node) => node.id === id && Object.keys(node.outputs).length > 0),
    );
  });
  return {
    reason: 'no-results',
    message: `run ${run} has no ${name}`,
    details: missing.map((id) => {
      const node = manifest.nodes.find((one) => one.id === id);
      return node === undefined ? `${id} was no target of it` : `${id}: ${node.outcome}, ${node.reason}`;
    }),
    hint:
      earlier === undefined
        ? 'kshot run computes it'
        : `kshot run computes it; an earlier run has it: --run ${identityOf(earlier)}`,
  };
}
