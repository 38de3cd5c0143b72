import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../base/canonical.js';
import { FailureError } from '../base/failure.js';
import { writeFileAtomic } from '../base/files/atomic-file.js';
import { makeFolders } from '../base/files/make-folders.js';
import { isJsonObject, type Json } from '../base/json.js';
import type { Outcome } from '../run/event.js';
import type { ObjectReference } from '../store/entry.js';
import type { RunOrigin } from './provenance/provenance.js';
import { readDocument, spoiltFile } from './read-document.js';

/** What is remembered of a run: `record.json` in its folder, and a line of `artifacts/meta.json`. */
export interface RunRecord {
  readonly version: 1;
  readonly run: string;
  readonly pipeline: string;
  /** The pipeline's file. */
  readonly file: string;
  /** UTC, ISO 8601. */
  readonly started_at: string;
  readonly seconds: number;
  readonly exit_code: number;
  readonly counts: { readonly [outcome in Outcome]: number };
  /** What the pipeline chose; absent in runs of earlier versions of kshot, as is `synthetic`. */
  readonly engine?: string;
  /** Whether any of the data was made up. */
  readonly synthetic?: boolean;
  /** Absent in runs of earlier versions of kshot. */
  readonly origin?: RunOrigin;
  /**
   * `<pipeline>/<run>` as which the result tables were written, which their column `run` says: this run, its name before
   * it was renamed, or an earlier run with the same results, whose tables this one has too.
   */
  readonly tables: string;
  /** Equal for runs whose tables say the same. */
  readonly signature: Digest;
  /** The nodes that were evaluated on test data: which data, under which key. */
  readonly test_evaluations: readonly { readonly test_set: Digest; readonly key: Digest }[];
  /** The documents and tables in the run's folder, by their names in it: numbers are shown from these bytes only. */
  readonly files: { readonly [name: string]: ObjectReference };
}

/** `artifacts/meta.json`. */
export interface Register {
  readonly version: 1;
  /** In the order of their starts. */
  readonly runs: readonly RunRecord[];
  /** For each test set ever used: the distinct keys evaluated on it, and how many they are. */
  readonly test_sets: {
    readonly [digest: Digest]: { readonly evaluations: number; readonly keys: readonly Digest[] };
  };
}

const empty: Register = { version: 1, runs: [], test_sets: {} };

/**
 * The register of all runs of a project; empty where there is none. A run is its folder, under the name that this has:
 * one whose folder is gone is not among them, though what it has evaluated still counts; one whose folder, or that of
 * its pipeline, was renamed or put back by hand is; of a folder and its copies one is, see `copiedRuns`. A register that
 * is gone, or that somebody has edited into nonsense, is made again from the records in the folders of runs.
 *
 * @throws FailureError `object-corrupt` where such a record is needed and spoilt
 */
export function readRegister(root: string): Register {
  return readRuns(root).register;
}

/** The folders that are copies of a run's, each with that run: somebody copied it, or made a link to it. */
export function copiedRuns(root: string): ReadonlyMap<string, string> {
  return readRuns(root).copies;
}

/** Both, read once. */
export function readRuns(root: string): PresentRuns {
  return presentRuns(root, storedRegister(root) ?? empty);
}

/** The runs whose folders are there. */
export interface PresentRuns {
  /** The register that was given, where it is right. */
  readonly register: Register;
  readonly copies: ReadonlyMap<string, string>;
}

function presentRuns(root: string, stored: Register): PresentRuns {
  const known = withoutGone(root, stored);
  const missing = recordsMissingIn(root, known);
  const copies = copiesAmong(root, [...known.runs, ...missing]);
  const isOwn = (record: RunRecord) => !copies.has(identityOf(record));
  const runs = known.runs.filter(isOwn);
  const register = runs.length === known.runs.length ? known : { ...known, runs };
  const added = missing.filter(isOwn);
  return { register: added.length === 0 ? register : withRecords(register, added), copies };
}

/**
 * A manifest names its run and when that began, and is never written again: records with the same one are of one run.
 * That is in the folder which its record names, as long as there is this.
 */
function copiesAmong(root: string, records: readonly RunRecord[]): ReadonlyMap<string, string> {
  const byManifest = new Map<Digest, RunRecord[]>();
  for (const record of records) {
    const digest = record.files['manifest.json']?.digest;
    if (digest !== undefined) byManifest.set(digest, [...(byManifest.get(digest) ?? []), record]);
  }
  return new Map(
    [...byManifest.values()].flatMap((same) => {
      if (same.length < 2) return [];
      const own = same.find((record) => isNamedByItsRecord(root, record)) ?? same[0];
      return same.flatMap((one) =>
        own === undefined || one === own ? [] : [[identityOf(one), identityOf(own)] as const],
      );
    }),
  );
}

function isNamedByItsRecord(root: string, record: RunRecord): boolean {
  try {
    const written = readDocument(join(runFolderOf(root, identityOf(record)), 'record.json')) as Json;
    return isRecord(written) && identityOf(written as unknown as RunRecord) === identityOf(record);
  } catch {
    return false;
  }
}

function withoutGone(root: string, register: Register): Register {
  const runs = register.runs.filter((record) => existsSync(runFolderOf(root, identityOf(record))));
  return runs.length === register.runs.length ? register : { ...register, runs };
}

/** Whether there is a register that is not what kshot wrote. */
export function isRegisterSpoilt(root: string): boolean {
  return existsSync(registerFile(root)) && storedRegister(root) === undefined;
}

function storedRegister(root: string): Register | undefined {
  if (!existsSync(registerFile(root))) return undefined;
  try {
    const register = JSON.parse(readFileSync(registerFile(root), 'utf8')) as Json;
    if (!isJsonObject(register) || !isJsonObject(register['test_sets'])) return undefined;
    const runs = register['runs'];
    return Array.isArray(runs) && runs.every(isRecord) ? (register as unknown as Register) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether it names a run and its files; the rest of it was written with them. */
function isRecord(value: Json | undefined): boolean {
  if (!isJsonObject(value) || !isJsonObject(value['files'])) return false;
  return ['run', 'pipeline', 'started_at', 'tables'].every((name) => typeof value[name] === 'string');
}

/**
 * Writes a run's record into its folder and makes `artifacts/meta.json` tell it.
 *
 * meta.json is the union of what it held and of all records on disk, written until what is on disk holds every
 * record there is. So no lock is needed: of two runs that end at once the one that writes last finds the other's
 * record.
 */
export function registerRun(root: string, record: RunRecord): Register {
  writeFileAtomic(join(runFolderOf(root, identityOf(record)), 'record.json'), recordText(record));
  return syncRegister(root);
}

/** Makes `artifacts/meta.json` tell the runs whose folders are there, and what all that ever were have evaluated. */
export function syncRegister(root: string): Register {
  makeFolders(join(root, 'artifacts'));
  for (;;) {
    const stored = storedRegister(root);
    const { register } = presentRuns(root, stored ?? empty);
    if (register === stored) return stored;
    writeFileAtomic(registerFile(root), asText(register));
  }
}

/**
 * Writes the record of a known run anew, after files of its folder were made again, and makes `artifacts/meta.json`
 * tell it. Another run that ends in the same instant may write the old one over it there; then `cache verify` says
 * so, and writing it once more mends it.
 */
export function replaceRecord(root: string, record: RunRecord): void {
  const text = recordText(record);
  writeFileAtomic(join(runFolderOf(root, identityOf(record)), 'record.json'), text);
  for (;;) {
    const stored = readRegister(root);
    const known = stored.runs.find((one) => identityOf(one) === identityOf(record));
    if (known === undefined || recordText(known) === text) break;
    const runs = stored.runs.map((one) => (one === known ? record : one));
    writeFileAtomic(registerFile(root), asText({ ...stored, runs }));
  }
}

/** `<pipeline>/<run>`: names a run in a project. */
export function identityOf(record: Pick<RunRecord, 'pipeline' | 'run'>): string {
  return `${record.pipeline}/${record.run}`;
}

/** The other way round. */
export function runNamesOf(identity: string): Pick<RunRecord, 'pipeline' | 'run'> {
  const [pipeline = '', run = ''] = identity.split('/');
  return { pipeline, run };
}

/** A run's folder, absolute. */
export function runFolderOf(root: string, identity: string): string {
  return join(root, 'artifacts', ...identity.split('/'));
}

/** The register with further records, each counted once. */
function withRecords(register: Register, records: readonly RunRecord[]): Register {
  const runs = [...register.runs, ...records].sort(
    (one, other) => compare(one.started_at, other.started_at) || compare(identityOf(one), identityOf(other)),
  );
  const keys = new Map<Digest, Set<Digest>>();
  for (const [digest, { keys: known }] of Object.entries(register.test_sets))
    keys.set(digest, new Set(known));
  for (const { test_set, key } of records.flatMap((record) => record.test_evaluations)) {
    keys.set(test_set, (keys.get(test_set) ?? new Set()).add(key));
  }
  const sets = [...keys].sort(([one], [other]) => compare(one, other));
  return {
    version: 1,
    runs,
    test_sets: Object.fromEntries(
      sets.map(([digest, set]) => [digest, { evaluations: set.size, keys: [...set].sort() }]),
    ),
  };
}

function recordsMissingIn(root: string, register: Register): readonly RunRecord[] {
  const known = new Set(register.runs.map(identityOf));
  const artifacts = join(root, 'artifacts');
  return foldersIn(artifacts).flatMap((pipeline) =>
    foldersIn(join(artifacts, pipeline))
      .map((run) => `${pipeline}/${run}`)
      .filter((identity) => !known.has(identity))
      .flatMap((identity) => {
        const file = join(runFolderOf(root, identity), 'record.json');
        const record = readDocument(file);
        // A run under way, or one that was killed, has no record.
        if (record === undefined) return [];
        if (!isRecord(record as Json)) throw new FailureError(spoiltFile(file));
        return [{ ...(record as RunRecord), ...runNamesOf(identity) }];
      }),
  );
}

/** Names of the folders in a folder, links to folders among them: whoever moves runs to another disk links them back. */
export function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .filter((entry) =>
      entry.isSymbolicLink()
        ? statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() === true
        : entry.isDirectory(),
    )
    .map((entry) => entry.name);
}

function registerFile(root: string): string {
  return join(root, 'artifacts', 'meta.json');
}

/** `record.json` as it is written. */
export function recordText(record: RunRecord): string {
  return asText(record);
}

function asText(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
