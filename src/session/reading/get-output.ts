import { existsSync } from 'node:fs';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Digest } from '../../store/entry.js';
import type { Store } from '../../store/store.js';
import { openProjectStore } from '../open-store.js';
import { type FoundOutput, type FoundOutputs, findOutputs } from './find-outputs.js';
import { whyOutdated } from './why-outdated.js';

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
  /** Where no run was named: other pipelines, runs of which have the step too; absent where there are none. */
  readonly also_in?: readonly string[];
  /** Where no run was named: why the pipeline as it stands would not give the same; absent where it would. */
  readonly outdated?: string;
}

/** An output, its bytes verified, that is one file: of the latest run that lists its step, or of the one that is named. */
export async function getOutput(
  root: string,
  name: string,
  run?: string,
): Promise<Result<StoredOutput, Failure[]>> {
  const found = await findOutputs(root, name, run);
  if (!found.ok) return found;
  const { outputs } = found.value;
  const [only, ...others] = outputs;
  if (only === undefined || others.length > 0)
    return failed([severalOutputs(name, found.value.run, outputs)]);
  const [piece, ...pieces] = only.pieces;
  if (piece === undefined || pieces.length > 0) return failed([inPieces(only)]);
  const opened = await openProjectStore(root);
  if (!opened.ok) return opened;
  const store = opened.value;
  const bad = await spoiltOutput(only, store);
  if (bad !== undefined) return failed([bad]);
  const outdated = run === undefined ? await whyOutdated(root, name, found.value) : undefined;
  return success({
    output: only.output,
    run: found.value.run,
    path: store.objectPath(piece.reference.digest),
    ...piece.reference,
    ...alsoIn(found.value),
    ...(outdated === undefined ? {} : { outdated }),
  });
}

/** What is said of the run that was taken, where another might have been meant. */
export function alsoIn({ alsoIn }: Pick<FoundOutputs, 'alsoIn'>): Pick<StoredOutput, 'also_in'> {
  return alsoIn.length === 0 ? {} : { also_in: alsoIn };
}

function inPieces({ output, pieces }: FoundOutput): Failure {
  const of = pieces.map(({ node: { id, derived_from } }) => derived_from ?? id);
  return {
    reason: 'ambiguous-port',
    message: `${output} is a curve in ${pieces.length} pieces, one of each segment`,
    hint: `-o FILE.csv (parquet, json, md, tex) writes it whole; the segments are ${of.slice(0, 8).join(', ')}`,
  };
}

function severalOutputs(name: string, run: string, outputs: readonly FoundOutput[]): Failure {
  const names = outputs.slice(0, 8).map(({ output }) => output);
  return {
    reason: 'ambiguous-port',
    message: `${outputs.length} nodes of run ${run} have an output ${name}`,
    hint: `name one: ${names.join(', ')}; or write all of them: -o FOLDER/`,
  };
}

/** What is wrong with an output in the cache; undefined where it is there, and what was stored. */
export async function spoiltOutput(
  { output, pieces }: FoundOutput,
  store: Pick<Store, 'objectPath' | 'verify'>,
): Promise<Failure | undefined> {
  const hint = 'kshot run computes it again';
  for (const { reference } of pieces) {
    const wasHere = existsSync(store.objectPath(reference.digest));
    if (await store.verify(reference)) continue;
    if (!wasHere) return { reason: 'no-results', message: `${output} is no longer in the cache`, hint };
    const message = `${output} in the cache is not what was stored; it was set aside`;
    return { reason: 'object-corrupt', message, hint };
  }
  return undefined;
}
