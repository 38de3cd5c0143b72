import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FinishedRun } from '../../artifacts/finished-run.js';
import { outputFiles } from '../../artifacts/outputs-of-content.js';
import { identityOf, readRegister } from '../../artifacts/register.js';
import type { RunFolder } from '../../artifacts/run-folder.js';
import { recordedFiles, verifyRecordedFiles } from '../../artifacts/verify-run.js';
import { type Digest, digestOf } from '../../base/canonical.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { failureOfException } from '../../base/failure-of-exception.js';
import { replaceByFile, writeFileAtomic } from '../../base/files/atomic-file.js';
import { makeFolder } from '../../base/files/folders.js';
import { suggestion } from '../../base/nearest-name.js';
import type { Publication } from '../../pipeline/graph/graph.js';
import type { Source } from '../../pipeline/graph/port-tree.js';
import { checkPublishedPath } from '../../pipeline/spec/published-path.js';
import { kshotVersion } from '../../run/kshot-version.js';
import type { ObjectReference } from '../../store/entry.js';
import { hashFile } from '../../store/hash-file.js';
import type { Store } from '../../store/store.js';
import { isComplete, publishedPath } from './due-publications.js';
import { type FormWriter, openFormWriter } from './form-writer.js';
import {
  type PublishedDocument,
  type PublishedFile,
  type PublishedHistory,
  publishedName,
  readPublishedHistory,
  rememberPublished,
} from './published-history.js';

/** What a run published, and what it could not. */
export interface PublishedFiles {
  readonly files: readonly PublishedFile[];
  /** One for each file that was kept because kshot did not write it. */
  readonly warnings: readonly Failure[];
  readonly failures: readonly Failure[];
}

interface Publishing {
  readonly root: string;
  readonly finished: FinishedRun;
  readonly folder: RunFolder;
  readonly store: Pick<Store, 'verify' | 'objectPath'>;
  readonly history: PublishedHistory;
  /** What is staged, on the file system of the project. */
  readonly staging: string;
  /** How many files were staged. */
  staged: number;
  readonly forms: FormWriter;
}

/** What a publication is made of. */
interface PublicationSource {
  /** Of the file; of several, of their digests. */
  readonly digest: Digest;
  readonly from: Publication['from'];
  /** Absolute; of a curve its pieces. */
  readonly files: readonly VerifiableFile[];
}

interface VerifiableFile extends ObjectReference {
  /** Absolute. */
  readonly path: string;
}

/** A file to be put into its place. */
interface Prepared {
  readonly publication: Publication;
  readonly published: PublishedFile;
  /** Absolute; present where it is to be written. */
  readonly staged?: string;
}

/**
 * Brings the files that a pipeline publishes up to date, each whole or not at all: what a step gave and what is in the
 * run's folder, as far as it is there. A file whose bytes no run published is the user's, and kept.
 *
 * The digests are in the run's `published.json` and in that of all runs before the first file is touched, so that a run
 * that was killed, or whose folder is gone, leaves nothing that a later one takes for the user's.
 */
export async function publishFiles(
  root: string,
  finished: FinishedRun,
  folder: RunFolder,
  store: Pick<Store, 'verify' | 'objectPath'>,
): Promise<PublishedFiles> {
  if (finished.graph.publications.length === 0) return { files: [], warnings: [], failures: [] };
  const publishing: Publishing = {
    root,
    finished,
    folder,
    store,
    history: readPublishedHistory(root, kshotVersion()),
    staging: join(folder.path, '.publishing'),
    staged: 0,
    forms: openFormWriter(),
  };
  const failures: Failure[] = [];
  try {
    const prepared = await prepareAll(publishing, failures);
    rememberPublished(root, [...publishing.history.documents, writeDocument(folder, prepared)]);
    const done: Prepared[] = [];
    for (const one of prepared) {
      await attempt(one.publication, failures, async () => {
        done.push(await place(one, publishing));
      });
    }
    if (done.some((one, index) => one !== prepared[index])) writeDocument(folder, done);
    return {
      files: done.map(({ published }) => published),
      warnings: done.filter(({ published }) => published.outcome === 'kept').map(keptWarning),
      failures,
    };
  } finally {
    publishing.forms.close();
    rmSync(publishing.staging, { recursive: true, force: true });
  }
}

async function prepareAll(publishing: Publishing, failures: Failure[]): Promise<readonly Prepared[]> {
  const { finished } = publishing;
  const prepared: Prepared[] = [];
  const paths = new Set<string>();
  for (const publication of finished.graph.publications) {
    if (!isComplete(publication, finished)) continue;
    await attempt(publication, failures, async () => {
      const path = publishedPath(publication, finished.run);
      if (paths.has(path)) throw refusal(publication, `${path} is published already`, 'choose another --tag');
      paths.add(path);
      prepared.push(await prepare(publication, path, publishing));
    });
  }
  return prepared;
}

/** Does something for one publication; what goes wrong is told with its place, and keeps no other from going on. */
async function attempt(
  publication: Publication,
  failures: Failure[],
  doing: () => Promise<void>,
): Promise<void> {
  try {
    await doing();
  } catch (error) {
    const failure = failureOfException(error);
    failures.push({
      ...failure,
      message: `${publication.source} was not published: ${failure.message}`,
      location: publication.location,
    });
  }
}

async function prepare(publication: Publication, path: string, publishing: Publishing): Promise<Prepared> {
  const { root, history } = publishing;
  const checked = checkPublishedPath(root, path, { read: [], patterns: [] });
  if (!('path' in checked)) throw refusal(publication, checked.message, checked.hint);
  const source = sourceOf(publication, publishing);
  const { form } = publication;
  const described = (reference: ObjectReference, outcome: PublishedFile['outcome']): PublishedFile => ({
    path,
    source: publication.source,
    ...(source.from.type === 'output' ? namedIn(source.from.sources) : {}),
    form,
    source_digest: source.digest,
    ...reference,
    outcome,
  });
  const [file, ...others] = source.files;
  const copied = form === 'bytes' && others.length === 0 ? file : undefined;
  const known =
    copied === undefined
      ? history.madeOf(source.digest, form)
      : { digest: copied.digest, bytes: copied.bytes };
  const found = await fileAt(join(root, path));
  if (known !== undefined && found === known.digest) {
    return { publication, published: described(known, 'unchanged') };
  }
  const staged = await stage(publication, source, publishing);
  const made = await hashFile(staged);
  if (copied !== undefined && made.digest !== copied.digest) {
    throw new FailureError({
      reason: 'object-corrupt',
      message: `${copied.path} changed while it was read`,
      hint: 'run again',
    });
  }
  if (found === made.digest) return { publication, published: described(made, 'unchanged') };
  if (!mayReplace(path, found, history)) return { publication, published: described(made, 'kept') };
  return { publication, published: described(made, 'written'), staged };
}

/** Puts a staged file into its place, unless somebody wrote there in the meantime. */
async function place(prepared: Prepared, { root, history }: Publishing): Promise<Prepared> {
  const { published, staged } = prepared;
  if (staged === undefined) return prepared;
  const target = join(root, published.path);
  if (!mayReplace(published.path, await fileAt(target), history)) {
    return { ...prepared, published: { ...published, outcome: 'kept' } };
  }
  makeFolder(dirname(target));
  await replaceByFile(target, staged);
  return prepared;
}

/** Digest of a file; `other` where there is something else, such as a folder or a link; undefined for nothing. */
async function fileAt(path: string): Promise<string | undefined> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return stat.isFile() ? (await hashFile(path)).digest : 'other';
}

function mayReplace(path: string, found: string | undefined, history: PublishedHistory): boolean {
  return found === undefined || history.wrote(path, found);
}

/** Where the bytes are, by what the store or the run's record says that they are. */
function sourceOf(publication: Publication, publishing: Publishing): PublicationSource {
  const { from } = publication;
  const { finished, store, root } = publishing;
  if (from.type === 'output') {
    const pieces = from.sources.map((source) => {
      const node = finished.nodes.find((one) => one.node.id === source.node);
      const output = node && outputFiles(node).find(({ path }) => path === source.path);
      // What is complete has its outputs.
      if (output === undefined) throw refusal(publication, `${source.node} gave no ${source.path}`);
      return { ...output.reference, path: store.objectPath(output.reference.digest) };
    });
    const [only, ...others] = pieces;
    const isOne = only !== undefined && others.length === 0;
    return {
      from,
      digest: isOne ? only.digest : digestOf(pieces.map(({ digest }) => digest)),
      files: pieces,
    };
  }
  const files = runFiles(root, finished);
  const found = files.find(({ name }) => name === from.name);
  if (found === undefined) {
    const names = files.map(({ name }) => name);
    throw refusal(
      publication,
      `the run wrote no ${from.name}`,
      suggestion(
        from.name,
        names.filter((name) => dirname(name) === dirname(from.name)),
        (name) => `run/${name}`,
      ),
    );
  }
  const { path, digest, bytes } = found;
  return { from, digest, files: [{ path, digest, bytes }] };
}

/** The files of the run's folder, and those of the earlier run whose tables and page it points at. */
function runFiles(root: string, finished: FinishedRun) {
  const { runs } = readRegister(root);
  const own = identityOf({ pipeline: finished.graph.name, run: finished.run });
  const record = runs.find((one) => identityOf(one) === own);
  const earlier = runs.find((one) => identityOf(one) === record?.tables);
  return [record, earlier].flatMap((one) =>
    one === undefined
      ? []
      : recordedFiles(root, one).map((file, index) => ({
          ...file,
          name: Object.keys(one.files)[index] ?? '',
        })),
  );
}

/** Writes a publication's bytes, verified, beside the run's documents; returns the file. */
async function stage(
  { form, source }: Publication,
  { from, files }: PublicationSource,
  publishing: Publishing,
): Promise<string> {
  if (from.type === 'run') await verifyRecordedFiles(files);
  else {
    for (const { digest, bytes } of files) {
      if (await publishing.store.verify({ digest, bytes })) continue;
      throw new FailureError({
        reason: 'object-corrupt',
        message: `the result ${source} is missing from the cache or not what was stored`,
        hint: 'kshot run computes it again',
      });
    }
  }
  mkdirSync(publishing.staging, { recursive: true });
  const staged = join(publishing.staging, String(publishing.staged++));
  await publishing.forms.write(
    files.map(({ path }) => path),
    form,
    staged,
  );
  return staged;
}

/** What published.json says of the outputs that a file is made of; of a curve its last piece, and those before it. */
function namedIn(sources: readonly Source[]): Partial<PublishedFile> {
  const last = sources.at(-1);
  if (last === undefined) return {};
  const before = sources.slice(0, -1).map(({ node }) => node);
  return { node: last.node, output: last.path, ...(before.length === 0 ? {} : { nodes_before: before }) };
}

function refusal(publication: Publication, message: string, hint?: string): FailureError {
  return new FailureError({
    reason: 'invalid-value',
    message,
    location: publication.location,
    ...(hint === undefined ? {} : { hint }),
  });
}

function keptWarning({ publication, published }: Prepared): Failure {
  return {
    reason: 'invalid-value',
    message: `${published.path} was kept as it is: it is not what kshot wrote there`,
    hint: 'move it away or delete it, and kshot run publishes the new one',
    location: publication.location,
  };
}

function writeDocument(folder: RunFolder, prepared: readonly Prepared[]): PublishedDocument {
  const document: PublishedDocument = {
    version: 1,
    kshot: kshotVersion(),
    files: prepared.map(({ published }) => published),
  };
  writeFileAtomic(join(folder.path, publishedName), `${JSON.stringify(document, null, 1)}\n`);
  return document;
}
