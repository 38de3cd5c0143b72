import type { Failure } from '../base/failure.js';
import type { Tree } from '../base/files/tree.js';
import type { Result } from '../base/result.js';
import type { Digest, Entry, ObjectReference } from './entry.js';
import type { RemoteExchange, ToBeSent } from './exchange.js';
import type { CacheHold, CacheReport, CacheSurvey, GarbageOptions, GarbagePlan } from './upkeep.js';

/** A file written into a workspace's `outputs`, already hashed and synced to disk by whoever wrote it. */
export interface StagedFile extends ObjectReference {
  /** Absolute path. */
  readonly path: string;
}

/** The right to compute one key, and the folders to do it in. Held by one run at a time. */
export interface Workspace {
  readonly key: Digest;
  /** `cache/partial/<key>/<token>`, absolute. */
  readonly folder: string;
  /** Where outputs are written before they are published; empty at first. */
  readonly outputs: string;
  /** Empty scratch folder. */
  readonly scratch: string;
  /**
   * Resumable state: a file, or a folder of the one who computes, in a folder that outlives this workspace when it is
   * released without a commit.
   */
  readonly stateFile: string;
  /** Where a job of a batch system has its files: in the same folder, and as long. */
  readonly jobFolder: string;
  readonly beating: Beating;
}

/** Says to other hosts, about every ten seconds, that the one who has a lock lives. */
export interface Beating {
  /** For good; whoever gives the lock back does so. */
  stop(): void;
}

export type Claim =
  | {
      /** This run computes the key. */
      readonly type: 'claimed';
      readonly workspace: Workspace;
      /** Who had it before, on another host, and counts as dead. */
      readonly takenFrom?: string;
    }
  /** Another live process computes it; `owner` says who (host, pid) and since when. */
  | { readonly type: 'busy'; readonly owner: string }
  /** A lock of which nobody can ever know whether its owner lives: never reclaimed. */
  | { readonly type: 'foreign'; readonly failure: Failure };

export interface ClaimOptions {
  /** Without the resumable state of an attempt before. */
  readonly startsOver?: boolean;
  /**
   * Asked where the owner is on another host and was not heard of for a minute, and had asked a batch system for
   * something: whether no job can be at it, by the folder of the job.
   */
  readonly isJobGone?: (jobFolder: string) => Promise<boolean>;
}

/** The right to use a device, among all processes that share the cache. */
export type DeviceClaim =
  | {
      readonly type: 'claimed';
      /** Names the process that uses it, so that nobody else gets it before that one has ended. */
      usedBy(processId: number): void;
      /** Gives it back; the process that used it must have ended. */
      release(): void;
    }
  /** Another live process has it; `owner` says who (host, pid). */
  | { readonly type: 'busy'; readonly owner: string };

/**
 * The cache. Only the process that runs the scheduler writes entries and objects, but for what a remote cache holds:
 * that any process fetches that needs it.
 */
export interface Store {
  /** `cache`, absolute. */
  readonly folder: string;

  /** The entry, or undefined where there is none that can be read. */
  readEntry(key: Digest): Promise<Entry | undefined>;
  /** The entry of a hit: every output object is there in its recorded size (bytes are not read). */
  find(key: Digest): Promise<Entry | undefined>;
  /** Where an object's bytes are; it may be missing. */
  objectPath(digest: Digest): string;
  /**
   * Reads and hashes an object; true where it is what its name says. A bad one is moved to
   * `cache/quarantine`, so that its entry is no longer a hit. Asked twice in a process, it hashes once
   * as long as the file's stat stays the same.
   */
  verify(reference: ObjectReference): Promise<boolean>;
  /**
   * Has here what an entry names of which only a remote cache had the objects. False where some of it cannot be had:
   * that entry is no hit any more. Asks nothing of what is here, and is true at once where the cache is this machine's
   * alone.
   */
  bring(references: Iterable<ObjectReference>): Promise<boolean>;

  /**
   * Tries to become the one that computes `key`; reclaims the lock of a dead process of this host, and that of another
   * host of which this process has heard nothing for a minute.
   */
  claim(key: Digest, options?: ClaimOptions): Promise<Claim>;
  /** Who has taken the key over, from another host, while this process was not heard of; undefined where nobody has. */
  takerOf(workspace: Workspace): Promise<string | undefined>;
  /** Tries to take a device of this host (such as `0`); reclaims that of a dead process. At once: no other host has it. */
  claimDevice(device: string): DeviceClaim;
  /**
   * Moves the staged files in place, read-only, and writes the entry last; releases the workspace. Where another has
   * published an entry since the key was claimed, that one stands. Fails with `claim-lost` where another host has taken
   * the key over, with `not-deterministic` where `entry.facts.deterministic` and an existing entry of this key has other
   * digests: both are kept aside.
   */
  commit(
    workspace: Workspace,
    entry: Omit<Entry, 'outputs'>,
    outputs: { readonly [port: string]: Tree<StagedFile> },
  ): Promise<Result<Entry, Failure>>;
  /**
   * Gives the lock back without an entry; keeps the resumable state, removes the rest. With `keepScratch` it keeps the
   * scratch folder too where that holds anything, in the place of the one that was kept for this key before, until a
   * commit or garbage collection: gives its path.
   */
  release(workspace: Workspace, keepScratch?: boolean): Promise<string | undefined>;

  /**
   * Content digest of a file outside the cache, through the stat index: an unchanged file (path, size, inode,
   * mtime and ctime in nanoseconds, and both older than the indexing by two seconds or more) is not read again.
   */
  digestFile(path: string): Promise<Result<ObjectReference, Failure>>;
  /** Writes the stat index if it changed. */
  saveIndex(): Promise<void>;

  /** Stores a small text as an object (code manifests); returns its digest. */
  putText(text: string): Promise<Digest>;
  /** A small object's text, verified; undefined where it is missing or bad, which is set aside. */
  getText(digest: Digest): Promise<string | undefined>;

  /** All entries of this machine's cache that can be read, in order of their keys. */
  entries(): AsyncGenerator<Entry>;

  /**
   * Waits until what was committed is in the remote cache, and says what was exchanged with it; undefined where the
   * project has none. Once `signal` is aborted nothing is waited for, and nothing more sent. Where it takes longer,
   * `onWait` is told each second what is still to be sent.
   */
  exchanged(signal?: AbortSignal, onWait?: (left: ToBeSent) => void): Promise<RemoteExchange | undefined>;

  /**
   * Says for as long as this process lives, or until `close`, that a run uses the cache; waits for a collection that is
   * under way. While it is open, garbage collection removes no result.
   */
  hold(): Promise<CacheHold>;
  /** Looks at every name in the cache once; changes nothing. */
  survey(): Promise<CacheSurvey>;
  /** Reads every byte of the cache and sets aside what is not what it should be. */
  verifyAll(): Promise<CacheReport>;
  /** What garbage collection would remove; changes nothing. */
  planGarbage(options: GarbageOptions): Promise<GarbagePlan>;
  /**
   * Removes what `planGarbage` finds while no key can be claimed, and says what went. Fails with `lock-foreign` or
   * `cache-unwritable`; the plan's `inUseBy` says why nothing but leftovers went.
   */
  collectGarbage(options: GarbageOptions): Promise<Result<GarbagePlan, Failure>>;
}

/** A cache on this machine's disk, as what stands before a remote one uses it. */
export interface LocalStore extends Store {
  /** The size of an object; undefined where it is not here. */
  sizeOf(digest: Digest): number | undefined;
  /** Where a file may be written that is to become an object; what is never adopted, garbage collection removes. */
  fileToAdopt(digest: Digest): string;
  /**
   * Makes a file an object that was hashed while it was written.
   *
   * @throws FailureError where the environment refuses
   */
  adoptObject(file: StagedFile): void;
  /**
   * Writes an entry that was computed elsewhere, all of whose outputs are here; not where the cache cannot be written,
   * since it can be had again.
   */
  adoptEntry(entry: Entry): void;
}
