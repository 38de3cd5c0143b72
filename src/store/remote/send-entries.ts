import { createReadStream, type ReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { digestTree, sha256 } from '../../base/canonical.js';
import { FailureError } from '../../base/failure.js';
import { checkedJson } from '../../base/files/checked-json.js';
import { own } from '../../base/own-properties.js';
import { systemErrorOf } from '../../base/system-error.js';
import type { Digest, Entry, ObjectReference } from '../entry.js';
import type { ToBeSent } from '../exchange.js';
import { digestsInJson, outputsOf } from '../references.js';
import type { LocalStore } from '../store.js';
import type { LostObjects } from './lost-objects.js';
import type { RemoteClient } from './remote-client.js';
import { soundEntry } from './sound-entry.js';
import { Turns } from './turns.js';

/** What became of an entry that was to be sent. */
export type SentEntry =
  | { readonly type: 'sent' | 'there' }
  /** Another one of its key was there before, whose computation gave other bytes: that one stays. */
  | { readonly type: 'other'; readonly isDeterministic: boolean }
  /** An output is not here, or bad. */
  | { readonly type: 'incomplete' }
  | { readonly type: 'refused' };

/** How often whoever waits is told what is left. */
const reportMilliseconds = 1000;

/** Sends entries to a remote cache: what each names first, it last, so that what is there is whole. */
export class EntrySender {
  private readonly turns = new Turns(4);
  /** What was given to `later` and has not come to its end. */
  private readonly underWay = new Map<Entry, Promise<void>>();
  /** Of objects that were sent, or are being sent, whether they are there then. */
  private readonly there = new Map<Digest, Promise<boolean>>();
  /** Those of which that is known, and those that are being read, to be sent. */
  private readonly settled = new Set<Digest>();
  private readonly reading = new Map<Digest, ReadStream>();
  private isStopped = false;
  entries = 0;
  objects = 0;
  bytes = 0;
  unsent = 0;
  /** Keys of deterministic computations of which the remote cache has other bytes. */
  readonly differing: Entry[] = [];

  constructor(
    private readonly local: LocalStore,
    private readonly client: RemoteClient,
    private readonly lost: LostObjects,
  ) {}

  /** Sends it when its turn comes. */
  later(entry: Entry): void {
    const sending = this.turns
      .take(async () => {
        const { type } = this.isStopped ? { type: 'refused' } : await this.send(entry);
        if (type === 'refused' || type === 'incomplete') this.unsent++;
      })
      .catch((error: unknown) => {
        // A disk that gives the bytes no more: the run meets that itself where it needs them.
        if (!(error instanceof FailureError)) throw error;
        this.unsent++;
      })
      .finally(() => this.underWay.delete(entry));
    this.underWay.set(entry, sending);
    // Told to whoever waits for all of them.
    sending.catch(() => undefined);
  }

  /**
   * Waits for all that was given to `later`; without sending more once the signal is aborted. `onWait` is told each
   * second what is left.
   */
  async idle(signal?: AbortSignal, onWait?: (left: Omit<ToBeSent, 'url'>) => void): Promise<void> {
    const stop = () => {
      this.isStopped = true;
      if (this.underWay.size > 0) this.client.leave();
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    const reporting = onWait && setInterval(() => onWait(this.left()), reportMilliseconds);
    try {
      await Promise.all(this.underWay.values());
    } finally {
      clearInterval(reporting);
      signal?.removeEventListener('abort', stop);
    }
  }

  private left(): Omit<ToBeSent, 'url'> {
    const objects = new Map<Digest, number>();
    for (const entry of this.underWay.keys()) {
      for (const { digest, bytes } of outputsOf(entry)) {
        if (!this.settled.has(digest)) {
          objects.set(digest, bytes - (this.reading.get(digest)?.bytesRead ?? 0));
        }
      }
    }
    const bytes = [...objects.values()].reduce((sum, one) => sum + one, 0);
    return { entries: this.underWay.size, objects: objects.size, bytes };
  }

  async send(entry: Entry): Promise<SentEntry> {
    const { key } = entry;
    const references = outputsOf(entry);
    for (const reference of references) {
      if (!(await this.local.verify(reference))) return { type: 'incomplete' };
    }
    const text = await this.client.entryText(key);
    const present = text === undefined ? undefined : soundEntry(text, key);
    // One whose outputs cannot be had is none.
    const isWhole =
      present !== undefined && !outputsOf(present).some(({ digest, bytes }) => this.lost.has(digest, bytes));
    const isSame = present !== undefined && haveSameOutputs(present, entry);
    if (isWhole && !isSame) {
      if (entry.facts.deterministic) this.differing.push(entry);
      return { type: 'other', isDeterministic: entry.facts.deterministic };
    }
    if (!(await this.sendObjects([...references, ...this.codeOf(entry)]))) return { type: 'refused' };
    if (isWhole) return { type: 'there' };
    const data = Buffer.from(checkedJson(entry));
    const body = { bytes: data.length, open: () => Readable.from([data]) };
    if (!(await this.client.sendEntry(key, body, sha256(data)))) return { type: 'refused' };
    this.entries++;
    return { type: 'sent' };
  }

  private async sendObjects(references: readonly ObjectReference[]): Promise<boolean> {
    const sent = await Promise.all(references.map((reference) => this.sendObject(reference)));
    return sent.every((one) => one);
  }

  private sendObject(reference: ObjectReference): Promise<boolean> {
    const { digest } = reference;
    const sending = this.there.get(digest) ?? this.sendObjectNow(reference);
    this.there.set(digest, sending);
    return sending;
  }

  private async sendObjectNow({ digest, bytes }: ObjectReference): Promise<boolean> {
    const path = this.local.objectPath(digest);
    const open = () => {
      if (bytes === 0) return Readable.from([]);
      const stream = createReadStream(path);
      this.reading.set(digest, stream);
      return stream;
    };
    const isKnownBad = this.lost.has(digest, bytes);
    try {
      const sent = await this.client.sendObject(digest, { bytes, open }, isKnownBad);
      if (sent === 'sent') {
        this.objects++;
        this.bytes += bytes;
        this.lost.delete(digest, bytes);
      }
      return sent !== 'refused';
    } catch (error) {
      // Gone since it was verified.
      if (systemErrorOf(error) === undefined) throw error;
      return false;
    } finally {
      this.reading.delete(digest);
      this.settled.add(digest);
    }
  }

  /** The manifests of code that the pre-image names, as far as they are here: `explain` reads them. */
  private codeOf({ preimage: { inputs: _, files: __, ...rest } }: Entry): readonly ObjectReference[] {
    return [...new Set(digestsInJson(rest))].flatMap((digest) => {
      const bytes = this.local.sizeOf(digest);
      return bytes === undefined ? [] : [{ digest, bytes }];
    });
  }
}

function haveSameOutputs({ outputs: one }: Entry, { outputs: other }: Entry): boolean {
  const ports = Object.keys(one);
  return (
    ports.length === Object.keys(other).length &&
    ports.every((port) => {
      const [a, b] = [own(one, port), own(other, port)];
      return a !== undefined && b !== undefined && digestTree(a) === digestTree(b);
    })
  );
}
