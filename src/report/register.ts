import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import type { Digest } from '../base/canonical.js';
import type { Outcome } from '../run/event.js';
import { readDocument } from './read-document.js';

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
  /** `<pipeline>/<run>` of the run that holds the tables: this one, or an earlier one with the same results. */
  readonly tables: string;
  /** Equal for runs whose tables say the same. */
  readonly signature: Digest;
  /** The nodes that were evaluated on test data: which data, under which key. */
  readonly test_evaluations: readonly { readonly test_set: Digest; readonly key: Digest }[];
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

/** The register of all runs of a project; empty where there is none. */
export function readRegister(root: string): Register {
  const file = registerFile(root);
  if (!existsSync(file)) return empty;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Register;
  } catch (error) {
    // It is written whole or not at all; what somebody has edited into nonsense is made again from the records.
    if (error instanceof SyntaxError) return empty;
    throw error;
  }
}

/**
 * Writes a run's record into its folder and makes `artifacts/meta.json` tell it.
 *
 * meta.json is the union of what it held and of all records on disk, written until what is on disk holds every
 * record there is. So no lock is needed: of two runs that end at once the one that writes last finds the other's
 * record.
 */
export function registerRun(root: string, record: RunRecord): Register {
  writeFileAtomic(join(runFolderOf(root, identityOf(record)), 'record.json'), asText(record));
  mkdirSync(join(root, 'artifacts'), { recursive: true });
  for (;;) {
    const before = readRegister(root);
    const missing = recordsMissingIn(root, before);
    if (missing.length === 0) return before;
    writeFileAtomic(registerFile(root), asText(withRecords(before, missing)));
  }
}

/** `<pipeline>/<run>`: names a run in a project. */
export function identityOf(record: Pick<RunRecord, 'pipeline' | 'run'>): string {
  return `${record.pipeline}/${record.run}`;
}

/** A run's folder, absolute. */
export function runFolderOf(root: string, identity: string): string {
  return join(root, 'artifacts', ...identity.split('/'));
}

/** The register with further records, each counted once. */
export function withRecords(register: Register, records: readonly RunRecord[]): Register {
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
      .filter((run) => !known.has(`${pipeline}/${run}`))
      .flatMap((run) => {
        const record = readDocument(join(artifacts, pipeline, run, 'record.json'));
        // A run under way, or one that was killed, has no record.
        return record === undefined ? [] : [record as RunRecord];
      }),
  );
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function registerFile(root: string): string {
  return join(root, 'artifacts', 'meta.json');
}

function asText(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
