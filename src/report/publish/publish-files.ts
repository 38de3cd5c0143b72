import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FinishedRun } from '../../artifacts/finished-run.js';
import { identityOf } from '../../artifacts/register.js';
import type { RunFolder } from '../../artifacts/run-folder.js';
import { verifyRecordedFiles } from '../../artifacts/verify-run.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { failureOfException } from '../../base/failure-of-exception.js';
import { replaceByFile, writeFileAtomic } from '../../base/files/atomic-file.js';
import { makeFolder } from '../../base/files/folders.js';
import { writeFile } from '../../base/files/write-file.js';
import type { Publication } from '../../pipeline/graph/graph.js';
import type { Source } from '../../pipeline/graph/port-tree.js';
import { checkPublishedPath } from '../../pipeline/spec/published-path.js';
import { kshotVersion } from '../../run/kshot-version.js';
import type { ObjectReference } from '../../store/entry.js';
import { hashFile } from '../../store/hash-file.js';
import type { Store } from '../../store/store.js';
import { digestAt } from './digest-at.js';
import { isComplete, publishedPath, rolesOfPublication } from './due-publications.js';
import { type FigurePrinter, openFigurePrinter } from './figure-printer.js';
import { keptCautions, staleCautions } from './file-cautions.js';
import { type FormWriter, openFormWriter } from './form-writer.js';
import { type LeftFile, leaveFiles } from './left-files.js';
import {
  type FileSource,
  type PublicationSource,
  publicationSourceOf,
  refusal,
} from './publication-source.js';
import {
  hasPublished,
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
  /** Those of earlier runs that it did not make anew. */
  readonly left: readonly LeftFile[];
  /** What files of the project do not hold although the pipeline says so: one for each line of it, and each earlier run. */
  readonly cautions: readonly Failure[];
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
  readonly printer: FigurePrinter;
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
  if (finished.graph.publications.length === 0 && !hasPublished(root)) {
    return { files: [], left: [], cautions: [], failures: [] };
  }
  const publishing: Publishing = {
    root,
    finished,
    folder,
    store,
    history: readPublishedHistory(root, kshotVersion()),
    staging: join(folder.path, '.publishing'),
    staged: 0,
    forms: openFormWriter(),
    printer: openFigurePrinter(),
  };
  const failures: Failure[] = [];
  try {
    const prepared = await prepareAll(publishing, failures);
    if (prepared.length > 0) {
      rememberPublished(root, [...publishing.history.documents, writeDocument(publishing, prepared)]);
    }
    const done: Prepared[] = [];
    for (const one of prepared) {
      await attempt(one.publication, failures, async () => {
        done.push(await place(one, publishing));
      });
    }
    const left = await leave(publishing, done, failures);
    const isOther = done.length !== prepared.length || done.some((one, index) => one !== prepared[index]);
    if (isOther || left.some(({ outcome }) => outcome === 'removed')) writeDocument(publishing, done, left);
    return {
      files: done.map(({ published }) => published),
      left,
      cautions: [...keptCautions(done), ...staleCautions(left)],
      failures,
    };
  } finally {
    publishing.forms.close();
    rmSync(publishing.staging, { recursive: true, force: true });
  }
}

/** What is left of earlier runs; what goes wrong in looking stops nothing. */
async function leave(
  { root, finished, history }: Publishing,
  done: readonly Prepared[],
  failures: Failure[],
): Promise<readonly LeftFile[]> {
  const paths = new Set(done.map(({ published: { path } }) => path));
  try {
    return await leaveFiles({ root, finished, history, done: paths });
  } catch (error) {
    failures.push(failureOfException(error));
    return [];
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
  const { root, finished, store, history } = publishing;
  const checked = checkPublishedPath(root, path, { read: [], patterns: [] });
  if (!('path' in checked)) throw refusal(publication, checked.message, checked.hint);
  const source = publicationSourceOf(publication, root, finished, store);
  const { form, from } = publication;
  const described = (reference: ObjectReference, outcome: PublishedFile['outcome']): PublishedFile => ({
    path,
    source: publication.source,
    pattern: publication.pattern,
    run: identityOf({ pipeline: finished.graph.name, run: finished.run }),
    pipeline_file: finished.graph.file,
    roles: rolesOfPublication(publication, finished),
    ...(from.type === 'output' ? namedIn(from.sources) : {}),
    form,
    source_digest: source.digest,
    ...reference,
    outcome,
  });
  const [file, ...others] = source.type === 'figure' ? [] : source.files;
  const copied = form === 'bytes' && others.length === 0 ? file : undefined;
  const known =
    copied === undefined
      ? history.madeOf(source.digest, form)
      : { digest: copied.digest, bytes: copied.bytes };
  const found = await digestAt(join(root, path));
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
  const replaced = ofAnotherPipeline(path, found, publishing);
  return {
    publication,
    published: { ...described(made, 'written'), ...(replaced === undefined ? {} : { replaced }) },
    staged,
  };
}

/** The run of another pipeline that published what is found at a path: the two overwrite each other's. */
function ofAnotherPipeline(
  path: string,
  found: string | undefined,
  { history, finished }: Pick<Publishing, 'history' | 'finished'>,
): string | undefined {
  const earlier = found === undefined ? undefined : history.latest(path, found);
  return earlier?.pipeline_file === finished.graph.file ? undefined : earlier?.run;
}

/** Puts a staged file into its place, unless somebody wrote there in the meantime. */
async function place(prepared: Prepared, { root, history }: Publishing): Promise<Prepared> {
  const { published, staged } = prepared;
  if (staged === undefined) return prepared;
  const target = join(root, published.path);
  if (!mayReplace(published.path, await digestAt(target), history)) {
    return { ...prepared, published: { ...published, outcome: 'kept' } };
  }
  makeFolder(dirname(target));
  await replaceByFile(target, staged);
  return prepared;
}

function mayReplace(path: string, found: string | undefined, history: PublishedHistory): boolean {
  return found === undefined || history.wrote(path, found);
}

/** Writes a publication's bytes, verified, beside the run's documents; returns the file. */
async function stage(
  { form, source: name }: Publication,
  source: PublicationSource,
  publishing: Publishing,
): Promise<string> {
  if (source.type === 'run') await verifyRecordedFiles(source.files);
  if (source.type === 'output') await verifyOutput(name, source, publishing);
  mkdirSync(publishing.staging, { recursive: true });
  const staged = join(publishing.staging, String(publishing.staged++));
  if (source.type === 'figure') {
    writeFile(staged, await publishing.printer.draw(source, publishing.root));
  } else {
    const paths = source.files.map(({ path }) => path);
    await publishing.forms.write(paths, form, staged);
  }
  return staged;
}

async function verifyOutput(name: string, { files }: FileSource, { store }: Publishing): Promise<void> {
  for (const { digest, bytes } of files) {
    if (await store.verify({ digest, bytes })) continue;
    throw new FailureError({
      reason: 'object-corrupt',
      message: `the result ${name} is missing from the cache or not what was stored`,
      hint: 'kshot run computes it again',
    });
  }
}

/** What published.json says of the outputs that a file is made of; of a curve its last piece, and those before it. */
function namedIn(sources: readonly Source[]): Partial<PublishedFile> {
  const last = sources.at(-1);
  if (last === undefined) return {};
  const before = sources.slice(0, -1).map(({ node }) => node);
  return { node: last.node, output: last.path, ...(before.length === 0 ? {} : { nodes_before: before }) };
}

function writeDocument(
  { folder, finished }: Pick<Publishing, 'folder' | 'finished'>,
  prepared: readonly Prepared[],
  left: readonly LeftFile[] = [],
): PublishedDocument {
  const removed = left
    .filter(({ outcome }) => outcome === 'removed')
    .map(({ published: { path, source, digest } }) => ({ path, source, digest }));
  const document: PublishedDocument = {
    version: 1,
    kshot: kshotVersion(),
    started_at: finished.startedAt,
    files: prepared.map(({ published }) => published),
    ...(removed.length === 0 ? {} : { removed }),
  };
  writeFileAtomic(join(folder.path, publishedName), `${JSON.stringify(document, null, 1)}\n`);
  return document;
}
