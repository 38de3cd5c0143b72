import type { Digest } from './entry.js';

/** While it is open, garbage collection removes no result: a run may count on what its plan found. */
export interface CacheHold {
  close(): void;
}

/** What a cache holds and how it looks, by names and sizes; no object's bytes are read. */
export interface CacheSurvey {
  readonly entries: number;
  readonly objects: number;
  /** Of everything in the cache. */
  readonly bytes: number;
  /** Entries with an output that is missing or of another size than recorded: their steps run again. */
  readonly incomplete: number;
  /** Files in the place of entries that hold none that this version can read. */
  readonly unreadable: number;
  /** Keys that were begun and not finished, and that nobody computes now. */
  readonly partial: { readonly count: number; readonly bytes: number };
  /** What turned out to be bad and was kept aside. */
  readonly quarantine: { readonly count: number; readonly bytes: number };
  readonly locks: {
    /** Who computes now on this host: host and process. */
    readonly live: readonly string[];
    /** Likewise on other hosts; one look does not tell whether they live still. */
    readonly elsewhere: readonly string[];
    /** Of processes of this host that are gone; the next claim takes them over. */
    readonly dead: number;
    /** Files of locks of which nobody can ever know whether their owners live. */
    readonly foreign: readonly { readonly path: string; readonly owner: string }[];
  };
}

export interface CacheReport {
  /** Objects read, and their bytes in all. */
  readonly objects: number;
  readonly bytes: number;
  readonly entries: number;
  /** Objects whose bytes are not what their name says; set aside. */
  readonly badObjects: readonly Digest[];
  /** Keys whose entries are no entries, or not of the computation that their key names; set aside. */
  readonly badEntries: readonly Digest[];
  /** Keys with an output that is missing or bad, so that they run again. */
  readonly incomplete: readonly { readonly key: Digest; readonly kind: string }[];
}

export interface GarbageOptions {
  /** Keys that recent runs and pins list; all that they were made from is kept with them. */
  readonly keptKeys: ReadonlySet<Digest>;
  /** Resumable state, quarantined and unfinished files go only when nobody touched them for so long. Default a week. */
  readonly leftoverSeconds?: number;
}

export interface Garbage {
  readonly type: 'entry' | 'object' | 'partial' | 'quarantine' | 'unfinished';
  /** Absolute; a folder for `partial`. */
  readonly path: string;
  readonly bytes: number;
}

export interface GarbagePlan {
  /** In the order of removal: entries before what they refer to. */
  readonly garbage: readonly Garbage[];
  readonly bytes: number;
  /**
   * Who runs now (host, process). What a run in progress has read its plan from cannot be known, so then no entry
   * and no object goes.
   */
  readonly inUseBy: readonly string[];
}
