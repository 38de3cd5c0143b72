import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from '../../artifacts/read-document.js';
import { foldersIn, runFolderOf } from '../../artifacts/register.js';
import type { Digest } from '../../base/canonical.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { isJsonObject, type Json } from '../../base/json.js';
import type { Roles } from '../../base/role.js';
import type { PublicationForm } from '../../pipeline/spec/publication-form.js';
import { hashFile } from '../../store/hash-file.js';

/** The document in a run's folder that says what was published. */
export const publishedName = 'published.json';

/**
 * `written` anew, `unchanged` because it was there already, or `kept` as it was found because somebody other than
 * kshot wrote it.
 */
export type PublishedOutcome = 'written' | 'unchanged' | 'kept';

/** One file that a run published. */
export interface PublishedFile {
  /** Relative to the root. */
  readonly path: string;
  /** As the pipeline names it: `best.chosen`, `run/report.json`. */
  readonly source: string;
  /** The path as the pipeline writes it, with `{label}` and `{tag}`; absent where an earlier version of kshot wrote. */
  readonly pattern?: string;
  /** `<pipeline>/<run>` that published it, and its pipeline's file; absent likewise. */
  readonly run?: string;
  readonly pipeline_file?: string;
  /** The splits that it was computed from; absent likewise. */
  readonly roles?: Roles;
  /** The node that gave it, and which of its outputs; absent for files of the run's folder. */
  readonly node?: string;
  readonly output?: string;
  /** Of the curve of a training in segments: the nodes of those before. */
  readonly nodes_before?: readonly string[];
  readonly form: PublicationForm;
  /** Of the output, or of the file in the run's folder; of a figure in print, of its SVG and its width. */
  readonly source_digest: Digest;
  /** Of what is published. */
  readonly digest: Digest;
  readonly bytes: number;
  readonly outcome: PublishedOutcome;
  /** `<pipeline>/<run>` of another pipeline that had published what was there until now; absent where none had. */
  readonly replaced?: string;
}

/** `published.json`. */
export interface PublishedDocument {
  readonly version: 1;
  /** The version of kshot, which decides how forms are written. */
  readonly kshot: string;
  /** When its run began: UTC, ISO 8601; absent where an earlier version of kshot wrote. */
  readonly started_at?: string;
  readonly files: readonly PublishedFile[];
  /** Files of earlier runs that the pipeline makes no more; absent where there were none. */
  readonly removed?: readonly Pick<PublishedFile, 'path' | 'source' | 'digest'>[];
}

/** What all runs of a project have published. */
export interface PublishedHistory {
  /** What says so: of each run, and what is remembered of those whose folders are gone. */
  readonly documents: readonly PublishedDocument[];
  /** Whether kshot wrote these bytes there. */
  wrote(path: string, digest: Digest): boolean;
  /** What the latest run that had these bytes there says of them; undefined where none had, or kshot removed them since. */
  latest(path: string, digest: Digest): PublishedFile | undefined;
  /** Where anything was ever published. */
  paths(): readonly string[];
  /** What this version of kshot made of a source, in a form; undefined where it never did. */
  madeOf(
    source: Digest,
    form: PublicationForm,
  ): { readonly digest: Digest; readonly bytes: number } | undefined;
}

/** What the runs in `artifacts/` say that they published, the latest last; a document that is spoilt says nothing. */
export function readPublishedHistory(root: string, kshot: string): PublishedHistory {
  const written = new Set<string>();
  const latest = new Map<string, PublishedFile>();
  const paths = new Set<string>();
  const made = new Map<string, { readonly digest: Digest; readonly bytes: number }>();
  const documents = [...rememberedDocuments(root), ...documentsIn(join(root, 'artifacts'))];
  for (const document of documents) {
    for (const file of document.files) {
      const { path, digest, bytes, form, source_digest, outcome } = file;
      if (outcome !== 'kept') {
        written.add(JSON.stringify([path, digest]));
        latest.set(JSON.stringify([path, digest]), file);
        paths.add(path);
      }
      if (document.kshot === kshot) made.set(JSON.stringify([source_digest, form]), { digest, bytes });
    }
    for (const { path, digest } of document.removed ?? []) latest.delete(JSON.stringify([path, digest]));
  }
  return {
    documents,
    wrote: (path, digest) => written.has(JSON.stringify([path, digest])),
    latest: (path, digest) => latest.get(JSON.stringify([path, digest])),
    paths: () => [...paths],
    madeOf: (source, form) => made.get(JSON.stringify([source, form])),
  };
}

/**
 * Remembers in `artifacts/published.json` what a run says that it published: its folder may go, and its files in the
 * project stay kshot's to bring up to date.
 */
export function keepPublished(root: string, run: string): void {
  const document = documentIn(runFolderOf(root, run));
  if (document !== undefined) rememberPublished(root, [document]);
}

/**
 * Remembers what documents say, whatever becomes of the folders that they are in. Of two processes that do so at once
 * the one that writes last may lack what the other one added; that is still in the folder of its run, and remembered
 * with the next that is published.
 */
export function rememberPublished(root: string, documents: readonly PublishedDocument[]): void {
  const added = filesByVersion(documents);
  for (;;) {
    const known = filesByVersion(rememberedDocuments(root));
    const before = countOf(known);
    for (const [kshot, files] of added) {
      const own = known.get(kshot) ?? new Map<string, PublishedFile>();
      for (const [key, file] of files) if (!own.has(key)) own.set(key, file);
      known.set(kshot, own);
    }
    if (countOf(known) === before) return;
    const remembered = [...known].map(
      ([kshot, files]): PublishedDocument => ({ version: 1, kshot, files: [...files.values()] }),
    );
    writeFileAtomic(rememberedFile(root), `${JSON.stringify(remembered, null, 1)}\n`);
  }
}

/** Whether any run of a project has published anything. */
export function hasPublished(root: string): boolean {
  return existsSync(rememberedFile(root));
}

type FilesByVersion = Map<string, Map<string, PublishedFile>>;

/** What was written, each file with each of its contents once, by the version of kshot that wrote it. */
function filesByVersion(documents: readonly PublishedDocument[]): FilesByVersion {
  const versions: FilesByVersion = new Map();
  for (const { kshot, files } of documents) {
    const own = versions.get(kshot) ?? new Map<string, PublishedFile>();
    for (const { node: _, output: __, nodes_before: ___, ...file } of files) {
      if (file.outcome === 'kept') continue;
      const { path, digest, form, source_digest, pattern, pipeline_file, roles } = file;
      const key = JSON.stringify([path, digest, form, source_digest, pattern, pipeline_file, roles]);
      own.set(key, { ...file, outcome: 'written' });
    }
    versions.set(kshot, own);
  }
  return versions;
}

function countOf(versions: FilesByVersion): number {
  return [...versions.values()].reduce((sum, files) => sum + files.size, 0);
}

function rememberedFile(root: string): string {
  return join(root, 'artifacts', publishedName);
}

/** What `artifacts/published.json` holds: all that runs published, each file with each of its contents. */
export function rememberedDocuments(root: string): readonly PublishedDocument[] {
  try {
    const kept = (readDocument(rememberedFile(root)) ?? []) as Json;
    return Array.isArray(kept) ? (kept.filter(isPublishedDocument) as unknown as PublishedDocument[]) : [];
  } catch {
    return [];
  }
}

/** What a run has published that stands in the project as it wrote it. */
export async function currentlyPublished(root: string, run: string): Promise<readonly PublishedFile[]> {
  const files = documentIn(runFolderOf(root, run))?.files ?? [];
  const current = await Promise.all(
    files.map(async (file) => {
      const path = join(root, file.path);
      return existsSync(path) && (await hashFile(path)).digest === file.digest;
    }),
  );
  return files.filter((_, index) => current[index]);
}

function documentsIn(artifacts: string): readonly PublishedDocument[] {
  return foldersIn(artifacts)
    .flatMap((pipeline) =>
      foldersIn(join(artifacts, pipeline)).flatMap((run) => {
        const document = documentIn(join(artifacts, pipeline, run));
        return document === undefined ? [] : [withRun(document, `${pipeline}/${run}`)];
      }),
    )
    .sort(({ started_at: one = '' }, { started_at: other = '' }) => (one < other ? -1 : one > other ? 1 : 0));
}

/** A run may have got another name since. */
function withRun(document: PublishedDocument, run: string): PublishedDocument {
  return { ...document, files: document.files.map((file) => ({ ...file, run })) };
}

function documentIn(run: string): PublishedDocument | undefined {
  try {
    const document = readDocument(join(run, publishedName)) as Json | undefined;
    return isPublishedDocument(document) ? (document as unknown as PublishedDocument) : undefined;
  } catch {
    return undefined;
  }
}

function isPublishedDocument(document: Json | undefined): boolean {
  const files = isJsonObject(document) ? document['files'] : undefined;
  return Array.isArray(files) && files.every(isJsonObject);
}
