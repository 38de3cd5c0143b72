import { findRun, folderGone } from '../../artifacts/find-run.js';
import { identityOf, readRegister } from '../../artifacts/register.js';
import { readManifest } from '../../artifacts/run-documents.js';
import type { Failure } from '../../base/failure.js';
import { shortDigest } from '../../base/quantities.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Digest, Entry } from '../../store/entry.js';
import type { Amount } from '../../store/exchange.js';
import { digestsInJson, outputsOf } from '../../store/references.js';
import type { RemoteReport } from '../../store/remote/check-remote.js';
import type { RemoteStore } from '../../store/remote/remote-store.js';
import { Turns } from '../../store/remote/turns.js';
import { openRemoteOf } from '../open-store.js';

/** What was sent of a run, or fetched for it. */
export interface SharedRun {
  /** `<pipeline>/<run>` */
  readonly run: string;
  readonly url: string;
  /** Results that are on both sides now; those among them that were not before; and those that are on neither. */
  readonly results: number;
  readonly moved: number;
  readonly missing: number;
  /** Of deterministic or other steps, results of which the remote cache keeps an earlier one. */
  readonly kept: number;
  /** What was moved. */
  readonly amount: Amount;
  readonly warnings: readonly Failure[];
}

/** Sends all that a run has given and that is here to the remote cache, where it is not there yet. */
export async function pushRun(root: string, name?: string): Promise<Result<SharedRun, Failure[]>> {
  const opened = await openShared(root, name);
  if (!opened.ok) return opened;
  const { run, keys, store, remote } = opened.value;
  if (remote.mode === 'read') {
    return failed([
      {
        reason: 'usage',
        message: `nothing is sent to ${remote.url}, whose mode is read`,
        hint: 'mode: read_write in kshot.yaml, or KSHOT_REMOTE=read_write for once',
      },
    ]);
  }
  // Each reads files.
  const turns = new Turns(8);
  const pushEntry = async (key: Digest) => {
    const entry = await store.here.find(key);
    return entry === undefined ? 'incomplete' : (await store.sendEntry(entry)).type;
  };
  const sent = await Promise.all(keys.map((key) => turns.take(() => pushEntry(key))));
  const count = (...types: readonly string[]) => sent.filter((type) => types.includes(type)).length;
  const exchange = await store.exchanged();
  if (count('refused') > 0) return failed(troubleOf(exchange?.warnings, remote.url));
  return success({
    run,
    url: remote.url,
    results: count('sent', 'there'),
    moved: count('sent'),
    missing: count('incomplete'),
    kept: count('other'),
    amount: exchange?.sent ?? { objects: 0, bytes: 0 },
    warnings: exchange?.warnings ?? [],
  });
}

/** Fetches all that a run has given and that is not here from the remote cache. */
export async function pullRun(root: string, name?: string): Promise<Result<SharedRun, Failure[]>> {
  const opened = await openShared(root, name);
  if (!opened.ok) return opened;
  const { run, keys, store, remote } = opened.value;
  const pulled = await Promise.all(keys.map((key) => pullEntry(key, store)));
  const count = (type: string) => pulled.filter((one) => one === type).length;
  const exchange = await store.exchanged();
  const warnings = exchange?.warnings ?? [];
  if (count('missing') > 0 && store.isLeft()) return failed(troubleOf(warnings, remote.url));
  return success({
    run,
    url: remote.url,
    results: count('here') + count('fetched'),
    moved: count('fetched'),
    missing: count('missing'),
    kept: 0,
    amount: exchange?.fetched ?? { objects: 0, bytes: 0 },
    warnings,
  });
}

async function pullEntry(key: Digest, store: RemoteStore): Promise<'here' | 'fetched' | 'missing'> {
  if ((await store.here.find(key)) !== undefined) return 'here';
  const entry = await store.find(key);
  if (entry === undefined || !(await store.bring(outputsOf(entry)))) return 'missing';
  // For `explain` and `diff`; a result does not need it.
  await Promise.all(codeOf(entry).map((digest) => store.getText(digest)));
  return 'fetched';
}

function codeOf({ preimage: { inputs: _, files: __, params: ___, ...rest } }: Entry): readonly Digest[] {
  return [...new Set(digestsInJson(rest))];
}

/** What a remote cache holds of all that is known here. */
export interface RemoteCheck extends Pick<RemoteReport, 'entries' | 'objects' | 'bytes' | 'absent'> {
  readonly url: string;
}

/**
 * Reads every byte that the remote cache has of the results in this cache and of all runs; fails with all that is bad.
 * Nothing is stored or changed.
 */
export async function checkRemoteCache(root: string): Promise<Result<RemoteCheck, Failure[]>> {
  const opened = await openRemoteOf(root);
  if (!opened.ok) return opened;
  const { store, remote } = opened.value;
  const keys = new Set<Digest>();
  for await (const { key } of store.entries()) keys.add(key);
  for (const record of readRegister(root).runs) {
    for (const { key } of readManifest(root, identityOf(record))?.nodes ?? []) {
      if (key !== undefined) keys.add(key);
    }
  }
  const { badEntries, badObjects, ...report } = await store.check(keys);
  if (store.isLeft()) return failed(troubleOf((await store.exchanged())?.warnings, remote.url));
  const hint = 'nobody takes it from there; kshot push replaces it where the result is here';
  const failures = [
    ...badEntries.map(
      (key): Failure => ({
        reason: 'object-corrupt',
        message: `entry ${shortDigest(key)} in ${remote.url} is not what kshot stored`,
        hint,
      }),
    ),
    ...badObjects.map(
      (digest): Failure => ({
        reason: 'object-corrupt',
        message: `object ${shortDigest(digest)}, which an entry in ${remote.url} names, is missing there or not what its name says`,
        hint,
      }),
    ),
  ];
  return failures.length > 0 ? failed(failures) : success({ ...report, url: remote.url });
}

async function openShared(root: string, name: string | undefined) {
  const record = findRun(root, name);
  if (!record.ok) return failed([record.failure]);
  const run = identityOf(record.value);
  const manifest = readManifest(root, run);
  if (manifest === undefined) return failed([folderGone(record.value)]);
  const opened = await openRemoteOf(root);
  if (!opened.ok) return opened;
  const keys = [...new Set(manifest.nodes.flatMap(({ key }) => key ?? []))];
  return success({ run, keys, ...opened.value });
}

function troubleOf(warnings: readonly Failure[] | undefined, url: string): Failure[] {
  const trouble = warnings?.filter(({ reason }) => reason === 'remote-unavailable') ?? [];
  return trouble.length > 0
    ? [...trouble]
    : [{ reason: 'remote-unavailable', message: `the remote cache ${url} took not all that it was sent` }];
}
