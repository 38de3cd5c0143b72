import { existsSync } from 'node:fs';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Digest } from '../../store/entry.js';
import { openCache } from '../../store/open-cache.js';
import type { Store } from '../../store/store.js';
import { type FoundOutput, findOutputs } from './find-outputs.js';
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
  const store = await openCache(root);
  const bad = await spoiltOutput(only, store);
  if (bad !== undefined) return failed([bad]);
  const outdated = run === undefined ? await whyOutdated(root, found.value) : undefined;
  return success({
    output: only.output,
    run: found.value.run,
    path: store.objectPath(only.reference.digest),
    ...only.reference,
    ...(outdated === undefined ? {} : { outdated }),
  });
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
  { output, reference }: FoundOutput,
  store: Pick<Store, 'objectPath' | 'verify'>,
): Promise<Failure | undefined> {
  const isThere = existsSync(store.objectPath(reference.digest));
  if (isThere && (await store.verify(reference))) return undefined;
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
