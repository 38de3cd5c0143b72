import { join } from 'node:path';
import { findRunAmong, folderGone, noResults } from '../../artifacts/find-run.js';
import { readOwnDocument } from '../../artifacts/read-document.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../artifacts/register.js';
import { type Manifest, type ManifestNode, readManifest } from '../../artifacts/run-documents.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import { stepOfNode } from '../../base/node-id.js';
import { own } from '../../base/own-properties.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Content, PortShape } from '../../kinds/port.js';
import type { Graph, GraphNode } from '../../pipeline/graph/graph.js';
import type { Source } from '../../pipeline/graph/port-tree.js';
import { loadPipeline } from '../../pipeline/load-pipeline.js';
import { outputsNamed } from '../../pipeline/spec/outputs-named.js';
import type { ObjectReference } from '../../store/entry.js';
import { findPipeline } from '../planning/find-pipeline.js';
import { noSuchStep } from './find-logs.js';

/** What a name stands for among the outputs of a run. */
export interface FoundOutputs {
  /** `<pipeline>/<run>` */
  readonly run: string;
  readonly manifest: Manifest;
  /** Other pipelines, runs of which list the step too, where no run was named. */
  readonly alsoIn: readonly string[];
  readonly isList: boolean;
  /** Whether the run itself lists it under this name. */
  readonly isListed: boolean;
  /** At least one. */
  readonly outputs: readonly FoundOutput[];
}

export interface FoundOutput {
  /** `NODE.PORT`, and behind a slash the file of a port that has several. */
  readonly output: string;
  /** In a list, of the element; else empty. */
  readonly label: string;
  /** The file; of the curve of a training in segments its pieces, in their order. */
  readonly pieces: readonly FoundPiece[];
  /** What it holds; where the run's pipeline can no longer be read, why not. */
  readonly content: Result<Content, Failure[]>;
  /** The ending of the file that a program wrote, `.pt`; empty where no program did, or it has none. */
  readonly ending: string;
}

/** A file that a node of the run gave. */
export interface FoundPiece {
  readonly node: ManifestNode;
  /** Port, and path inside it. */
  readonly path: string;
  readonly reference: ObjectReference;
}

/**
 * The outputs that a name stands for, as inputs of a pipeline name them, `STEP.PORT` or `STEP[NAME=VALUE].PORT`, or as
 * the run lists them, `NODE.PORT`: of the run that is named, or of the latest that lists the step, of the project's own
 * pipeline before others. What that run did not come to is not looked for in an earlier one.
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
  if (exact !== undefined)
    return success({ ...listing.value, isList: false, isListed: true, outputs: [exact] });
  if (!read.ok) return failed([unreadable(listing.value.run, read.failure)]);
  const named = outputsNamed(name, { values: read.value.values, stepNames: [...read.value.values.keys()] });
  if (!named.ok) return failed([noSuchOutput(listing.value.run, manifest, name, named.failure)]);
  const { isList, files } = named.value;
  const outputs = files.map(({ sources, label }) => outputOf(manifest, name, sources, label, read));
  const missing = files.flatMap(({ sources }) =>
    sources.filter((source) => piecesOf(manifest, [source]).length === 0).map(({ node }) => node),
  );
  if (missing.length > 0) {
    const complete = outputs.filter(({ pieces }, index) => pieces.length === files[index]?.sources.length);
    const others = complete.map(({ output }) => output);
    return failed([notDone(root, name, listing.value, missing, others)]);
  }
  return success({ ...listing.value, isList, isListed: false, outputs });
}

type Listing = Pick<FoundOutputs, 'run' | 'manifest' | 'alsoIn'>;

/** The run that is named, or the latest that lists the step, of the pipeline that a run without a name would be of. */
function findListing(root: string, name: string, run: string | undefined): Result<Listing, Failure> {
  const { runs } = readRegister(root);
  if (runs.length === 0) return failed(noResults());
  if (run !== undefined) {
    const record = findRunAmong(root, runs, run);
    if (!record.ok) return record;
    const listing = listingOf(root, record.value);
    return listing === undefined ? failed(folderGone(record.value)) : success(listing);
  }
  return latestListing(root, runs, stepIn(name));
}

function latestListing(root: string, runs: readonly RunRecord[], step: string): Result<Listing, Failure> {
  const names = new Set<string>();
  const latest = new Map<string, Listing>();
  for (const record of runs.toReversed()) {
    const listing = latest.has(record.pipeline) ? undefined : listingOf(root, record);
    for (const node of listing?.manifest.nodes ?? []) names.add(node.step);
    if (listing?.manifest.nodes.some((node) => node.step === step)) latest.set(record.pipeline, listing);
  }
  const found = [...latest.values()];
  const own = findPipeline(root, root);
  const ofOwn = found.find(({ manifest: { file } }) => own.ok && file === own.value);
  const chosen = ofOwn ?? (found.length === 1 ? found[0] : undefined);
  if (chosen !== undefined) {
    const others = found.filter((one) => one !== chosen);
    return success({ ...chosen, alsoIn: others.map(({ manifest: { pipeline } }) => pipeline) });
  }
  return failed(found.length === 0 ? noSuchStep(step, names) : severalPipelines(step, [...latest.keys()]));
}

function severalPipelines(step: string, pipelines: readonly string[]): Failure {
  return {
    reason: 'usage',
    message: `runs of ${pipelines.length} pipelines have a step ${step}: ${pipelines.join(', ')}`,
    hint: `name one, as ${pipelines.map((one) => `--run ${one}`).join(' or ')}; default: true in a pipeline makes it the project's own`,
  };
}

function listingOf(root: string, record: RunRecord): Listing | undefined {
  const run = identityOf(record);
  const manifest = readManifest(root, run);
  return manifest === undefined ? undefined : { run, manifest, alsoIn: [] };
}

function stepIn(name: string): string {
  return stepOfNode(name).split('.')[0] ?? '';
}

/** The pipeline that a run had, after all that was set; which engine computes makes no difference to its names. */
async function pipelineOfRun(root: string, run: string): Promise<Result<Graph, Failure[]>> {
  const file = join(runFolderOf(root, run), 'config.json');
  try {
    readOwnDocument(file, []);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return failed([error.failure]);
  }
  const chooseEngine = async () => ({ engine: 'reference', why: 'nothing is computed' });
  return await loadPipeline({ root, file, chooseEngine, guardsTestData: false });
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
  return found && outputOf(manifest, name, [{ node: found.id, path: found.path }], '', read);
}

function outputOf(
  manifest: Manifest,
  name: string,
  sources: readonly Source[],
  label: string,
  read: Result<Graph, Failure[]>,
): FoundOutput {
  const pieces = piecesOf(manifest, sources);
  const [piece, ...others] = pieces;
  const [{ node, path }] = sources as readonly [Source];
  // A port that is derived is one of the node that it is derived from.
  const output = others.length > 0 ? name : `${piece?.node.derived_from ?? node}.${path}`;
  const digest = piece?.reference.digest;
  return { output, label, pieces, ...natureOf(manifest, { id: node, path, digest }, read) };
}

/** Those of the outputs that the run has. */
function piecesOf({ nodes }: Manifest, sources: readonly Source[]): readonly FoundPiece[] {
  return sources.flatMap(({ node: id, path }) => {
    const node = nodes.find((one) => one.id === id);
    const reference = own(node?.outputs, path);
    return node === undefined || reference === undefined ? [] : [{ node, path, reference }];
  });
}

/** What an output holds, as far as the pipeline tells; a file that was handed on is still called as it was written. */
function natureOf(
  manifest: Manifest,
  { id, path, digest }: { readonly id: string; readonly path: string; readonly digest: string | undefined },
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
    content: success(contentAt(own(nodes.get(id)?.outputs, port)?.shape, rest)),
    ending: writtenEnding(nodes.get(id), path)[0] ?? same[0] ?? '',
  };
}

/** The ending of the file that a program declares at a port. */
function writtenEnding(node: GraphNode | undefined, port: string): readonly string[] {
  const paths = node?.parameters['outputs'] as { [port: string]: unknown } | undefined;
  const path = own(paths, port);
  const ending = typeof path === 'string' ? /[^/](\.[^./]+)$/.exec(path)?.[1] : undefined;
  return ending === undefined ? [] : [ending];
}

function contentAt(shape: PortShape | undefined, path: readonly string[]): Content {
  if (shape?.type === 'file') return shape.content;
  const [name = '', ...rest] = path;
  if (shape?.type === 'list') return contentAt(shape.of, rest);
  return shape?.type === 'bundle' ? contentAt(own(shape.ports, name), rest) : 'bytes';
}

function unreadable(run: string, failures: readonly Failure[]): Failure {
  const lost = failures.find(({ reason }) => reason === 'object-corrupt');
  if (lost !== undefined) {
    return {
      ...lost,
      hint: `name a node as kshot results ${run} has it, NODE.PORT; or ${lost.hint}`,
    };
  }
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

/** That a run did not come to something, what of it it has, and which run has all. */
function notDone(
  root: string,
  name: string,
  { run, manifest }: Listing,
  missing: readonly string[],
  others: readonly string[],
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
  const failed = missing.find((id) => manifest.nodes.find((one) => one.id === id)?.outcome === 'failed');
  const again =
    failed === undefined
      ? 'kshot run computes it'
      : `kshot logs '${failed}' says why it failed, and kshot run tries it again`;
  return {
    reason: 'no-results',
    message: `run ${run} has no ${name}`,
    details: missing.map((id) => {
      const node = manifest.nodes.find((one) => one.id === id);
      return node === undefined ? `${id} was no target of it` : `${id}: ${node.outcome}, ${node.reason}`;
    }),
    hint: [
      ...(others.length === 0 ? [] : [`it has ${others.slice(0, 8).join(', ')}: name one`]),
      again,
      ...(earlier === undefined ? [] : [`an earlier run has it: --run ${identityOf(earlier)}`]),
    ].join('; '),
  };
}
