import { cpus, hostname } from 'node:os';
import { isJsonObject } from '../../base/json.js';
import type { GraphNode } from '../../pipeline/graph/graph.js';
import { kshotVersion } from '../../run/kshot-version.js';
import { machineMemory } from '../../run/local/machine.js';
import type { Entry } from '../../store/entry.js';
import type { GitState } from './git-state.js';
import { type Secret, withoutSecrets } from './secrets.js';

/** Where a run comes from, as table `runs` has it; what is not known is null. No key holds any of it. */
export interface RunOrigin {
  /** What was typed, or what started the process. */
  readonly command: string;
  readonly host: string;
  readonly processor: string;
  /** What the process may use. */
  readonly memory_bytes: number;
  readonly kshot: string;
  readonly nodejs: string;
  readonly git_commit: string | null;
  readonly git_branch: string | null;
  /** Whether files differed from the commit; null too where git did not say in time. */
  readonly git_dirty: boolean | null;
  /** Whether what differed is kept without what is secret; null where nothing is kept of it. */
  readonly git_diff_redacted: boolean | null;
  /** The interpreters of Python steps, such as `CPython 3.11.2`. */
  readonly python: string | null;
}

/** The same in full, as a run's manifest has it. */
export interface Provenance extends RunOrigin {
  readonly git: GitState | null;
  /** Of each interpreter, the distributions that steps reach, with their versions. */
  readonly distributions: { readonly [interpreter: string]: { readonly [name: string]: string } };
}

/** The file in a run's folder with what differed from the commit. */
export const diffName = 'git.diff';

/** Where a run that begins comes from, without what is secret; git is still to be asked. */
export function originOfProcess(secrets: readonly Secret[]): RunOrigin {
  const [first, ...others] = cpus();
  return {
    command: process.argv
      .slice(1)
      .map((word) => quoted(withoutSecrets(word, secrets)))
      .join(' '),
    host: hostname(),
    processor: first === undefined ? 'unknown' : `${others.length + 1} x ${first.model.trim()}`,
    memory_bytes: machineMemory(),
    kshot: kshotVersion(),
    nodejs: process.version,
    git_commit: null,
    git_branch: null,
    git_dirty: null,
    git_diff_redacted: null,
    python: null,
  };
}

/** What is kept of what git said: nothing where the project is in no repository. */
export interface KeptGit {
  readonly state?: GitState;
  readonly diff?: Buffer;
}

/** What git said, without what is secret. */
export function keptOfGit(
  said: { readonly state: GitState; readonly diff?: Buffer } | undefined,
  secrets: readonly Secret[],
): KeptGit {
  if (said?.diff === undefined) return said ?? {};
  const diff = withoutSecrets(said.diff, secrets);
  return { diff, state: diff.equals(said.diff) ? said.state : { ...said.state, diff_is_redacted: true } };
}

/** The whole of it, of a run whose nodes are finished. */
export function provenanceOf(
  origin: RunOrigin,
  { state: git, diff }: KeptGit,
  nodes: readonly {
    readonly node: Pick<GraphNode, 'imports'>;
    readonly entry?: Pick<Entry, 'preimage'>;
  }[],
): Provenance {
  const distributions: { [interpreter: string]: { [name: string]: string } } = {};
  for (const { node, entry } of nodes) {
    const params = entry?.preimage['params'];
    const interpreter = isJsonObject(params) ? params['python'] : undefined;
    if (node.imports === undefined || typeof interpreter !== 'string') continue;
    distributions[interpreter] = { ...distributions[interpreter], ...distributionsIn(node.imports.manifest) };
  }
  const interpreters = Object.keys(distributions).sort();
  return {
    ...origin,
    git_commit: git?.commit ?? null,
    git_branch: git?.branch ?? null,
    git_dirty: git?.dirty ?? null,
    git_diff_redacted: diff === undefined ? null : git?.diff_is_redacted === true,
    python: interpreters.length === 0 ? null : interpreters.join(', '),
    git: git ?? null,
    distributions,
  };
}

/** What of it table `runs` has. */
export function originOf({ git: _, distributions: __, ...origin }: Provenance): RunOrigin {
  return origin;
}

/** What a program's imports reach of what is installed. */
function distributionsIn(manifest: string): { readonly [name: string]: string } {
  const lines = manifest.split('\n').map((line) => line.split('\t'));
  return Object.fromEntries(
    lines.flatMap(([sort, name = '', version = '']) => (sort === 'distribution' ? [[name, version]] : [])),
  );
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
