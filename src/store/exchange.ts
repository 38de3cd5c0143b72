import type { Failure } from '../base/failure.js';

/** Objects, and their bytes in all. */
export interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

/** What is still to be sent to a remote cache: entries, and of the outputs that they name what is not known to be there. */
export interface ToBeSent extends Amount {
  /** As kshot.yaml names it. */
  readonly url: string;
  readonly entries: number;
}

/** What a process has exchanged with the remote cache of a project. */
export interface RemoteExchange {
  /** As kshot.yaml names it. */
  readonly url: string;
  /** Entries that were found there and not here. */
  readonly found: number;
  readonly fetched: Amount;
  /** Outputs of those entries that are there alone: nothing has needed them yet. */
  readonly left: Amount;
  readonly sent: Amount & { readonly entries: number };
  /** Entries that were to be sent and were not. */
  readonly unsent: number;
  /** What went wrong with it since this was asked for last: none of it is a failure of what was to be done. */
  readonly warnings: readonly Failure[];
}
