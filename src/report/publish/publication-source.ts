import { dirname } from 'node:path';
import type { FinishedRun } from '../../artifacts/finished-run.js';
import { outputFiles } from '../../artifacts/outputs-of-content.js';
import { identityOf, type RunRecord, readRegister } from '../../artifacts/register.js';
import { recordedFiles } from '../../artifacts/verify-run.js';
import { type Digest, digestOf } from '../../base/canonical.js';
import { FailureError } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import type { Publication } from '../../pipeline/graph/graph.js';
import type { ObjectReference } from '../../store/entry.js';
import type { Store } from '../../store/store.js';

/** What a publication is made of. */
export type PublicationSource = FileSource | FigureSource;

/** Files that are there. */
export interface FileSource {
  readonly type: 'output' | 'run';
  /** Of the file; of several, of their digests. */
  readonly digest: Digest;
  /** Absolute; of a curve its pieces. */
  readonly files: readonly VerifiableFile[];
}

/** A figure to be drawn. */
export interface FigureSource {
  readonly type: 'figure';
  /**
   * Of its SVG's digest and its width. Both are drawn of the same, so that a drawing in print which is there already is
   * known without a look at what is drawn.
   */
  readonly digest: Digest;
  readonly id: string;
  readonly widthInches: number;
  /** The run in whose folder its page is. */
  readonly record: RunRecord;
}

interface VerifiableFile extends ObjectReference {
  /** Absolute. */
  readonly path: string;
}

/**
 * Where the bytes are, by what the store or the run's record says that they are.
 *
 * @throws FailureError where the run did not write it
 */
export function publicationSourceOf(
  publication: Publication,
  root: string,
  finished: FinishedRun,
  store: Pick<Store, 'objectPath'>,
): PublicationSource {
  const { from } = publication;
  switch (from.type) {
    case 'output': {
      const files = from.sources.map((source) => {
        const node = finished.nodes.find((one) => one.node.id === source.node);
        const output = node && outputFiles(node).find(({ path }) => path === source.path);
        // What is complete has its outputs.
        if (output === undefined) throw refusal(publication, `${source.node} gave no ${source.path}`);
        return { ...output.reference, path: store.objectPath(output.reference.digest) };
      });
      const [only, ...others] = files;
      const isOne = only !== undefined && others.length === 0;
      return {
        type: 'output',
        digest: isOne ? only.digest : digestOf(files.map(({ digest }) => digest)),
        files,
      };
    }
    case 'run': {
      const files = runFiles(root, finished);
      const found = files.find(({ name }) => name === from.name);
      if (found === undefined) {
        const names = files.map(({ name }) => name).filter((name) => dirname(name) === dirname(from.name));
        const hint = suggestion(from.name, names, (name) => `run/${name}`);
        throw refusal(publication, `the run wrote no ${from.name}`, hint);
      }
      const { path, digest, bytes } = found;
      return { type: 'run', digest, files: [{ path, digest, bytes }] };
    }
    case 'figure': {
      const { id, widthInches } = from;
      const drawings = runFiles(root, finished).flatMap((file) => {
        const [, name] = /^figures\/(.*)\.svg$/.exec(file.name) ?? [];
        return name === undefined ? [] : [{ ...file, id: name }];
      });
      const found = drawings.find((drawing) => drawing.id === id);
      if (found === undefined) {
        const ids = drawings.map((drawing) => drawing.id);
        const hint = suggestion(id, ids, (name) => `run/figures/${name}.pdf`);
        throw refusal(publication, `the report of the run has no figure ${id}`, hint);
      }
      return { ...from, digest: digestOf([found.digest, widthInches]), record: found.record };
    }
  }
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
          record: one,
        })),
  );
}

/** Why something is not published, in its place in the pipeline. */
export function refusal(publication: Publication, message: string, hint?: string): FailureError {
  return new FailureError({
    reason: 'invalid-value',
    message,
    location: publication.location,
    ...(hint === undefined ? {} : { hint }),
  });
}
