import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from '../../artifacts/read-document.js';
import { foldersIn, runFolderOf } from '../../artifacts/register.js';
import type { Digest } from '../../base/canonical.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { isJsonObject, type Json } from '../../base/json.js';
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
  /** The node that gave it, and which of its outputs; absent for files of the run's folder. */
  readonly node?: string;
  readonly output?: string;
  /** Of the curve of a training in segments: the nodes of those before. */
  readonly nodes_before?: readonly string[];
  readonly form: PublicationForm;
  /** Of the output, or of the file in the run's folder. */
  readonly source_digest: Digest;
  /** Of what is published. */
  readonly digest: Digest;
  readonly bytes: number;
  readonly outcome: PublishedOutcome;
}

/** `published.json`. */
export interface PublishedDocument {
  readonly version: 1;
  /** The version of kshot, which decides how forms are written. */
  readonly kshot: string;
  readonly files: readonly PublishedFile[];
}

/** What all runs of a project have published. */
export interface PublishedHistory {
  /** Whether kshot wrote these bytes there. */
  wrote(path: string, digest: Digest): boolean;
  /** What this version of kshot made of a source, in a form; undefined where it never did. */
  madeOf(
    source: Digest,
    form: PublicationForm,
  ): { readonly digest: Digest; readonly bytes: number } | undefined;
}

/** Reads what the runs in `artifacts/` say that they published; a document that is spoilt says nothing. */
export function readPublishedHistory(root: string, kshot: string): PublishedHistory {
  const written = new Set<string>();
  const made = new Map<string, { readonly digest: Digest; readonly bytes: number }>();
  for (const document of [...keptDocuments(root), ...documents(join(root, 'artifacts'))]) {
    for (const { path, digest, bytes, form, source_digest, outcome } of document.files) {
      if (outcome !== 'kept') written.add(JSON.stringify([path, digest]));
      if (document.kshot === kshot) made.set(JSON.stringify([source_digest, form]), { digest, bytes });
    }
  }
  return {
    wrote: (path, digest) => written.has(JSON.stringify([path, digest])),
    madeOf: (source, form) => made.get(JSON.stringify([source, form])),
  };
}

/**
 * Keeps what a run says that it published, which is to be removed: its files in the project stay kshot's to bring up to
 * date.
 */
export function keepPublished(root: string, run: string): void {
  const document = documentIn(runFolderOf(root, run));
  if (document === undefined) return;
  const kept = keptDocuments(root);
  if (kept.some((one) => JSON.stringify(one) === JSON.stringify(document))) return;
  writeFileAtomic(keptFile(root), `${JSON.stringify([...kept, document], null, 1)}\n`);
}

function keptFile(root: string): string {
  return join(root, 'artifacts', publishedName);
}

/** Of runs that were removed. */
function keptDocuments(root: string): readonly PublishedDocument[] {
  try {
    const kept = (readDocument(keptFile(root)) ?? []) as Json;
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

function documents(artifacts: string): readonly PublishedDocument[] {
  return foldersIn(artifacts).flatMap((pipeline) =>
    foldersIn(join(artifacts, pipeline)).flatMap((run) => {
      const document = documentIn(join(artifacts, pipeline, run));
      return document === undefined ? [] : [document];
    }),
  );
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
