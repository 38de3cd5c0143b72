import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Failure } from '../../base/failure.js';
import { rethrowAsFailure } from '../../base/failure-of-exception.js';
import { shortDigest } from '../../base/quantities.js';
import type { Digest, Entry, ObjectReference } from '../entry.js';
import type { Amount, RemoteExchange, ToBeSent } from '../exchange.js';
import { layoutOf } from '../local/layout.js';
import { outputsOf, referenceId } from '../references.js';
import type { LocalStore, Store } from '../store.js';
import { checkRemote, type RemoteReport } from './check-remote.js';
import { LostObjects } from './lost-objects.js';
import type { RemoteCache } from './remote-address.js';
import type { RemoteClient } from './remote-client.js';
import { EntrySender, type SentEntry } from './send-entries.js';
import { soundEntry } from './sound-entry.js';

/** An entry that was not there is not asked for again within this. */
const absentMilliseconds = 10_000;

/**
 * The cache of this machine, with a remote one behind it. What is not here is looked for there: entries when they are
 * asked for, objects when their bytes are. What is here asks nothing. What comes from there is checked, and then is here
 * as if it had been computed here; an entry is kept here once all of its outputs are, so that this cache is whole without
 * the other. What is committed is sent there, if it may be.
 */
export function openRemoteStore(
  local: LocalStore,
  client: RemoteClient,
  { url, mode }: RemoteCache,
): RemoteStore {
  const remote = new Behind(local, client, url);
  return {
    ...local,
    readEntry: async (key) => (await local.readEntry(key)) ?? (await remote.lookUp(key)),
    find: async (key) => (await local.find(key)) ?? (await remote.find(key)),
    async verify(reference) {
      const isDamage = local.sizeOf(reference.digest) !== undefined;
      return (await local.verify(reference)) || (await remote.fetchAgain(reference, isDamage));
    },
    bring: (references) => remote.bring(references),
    getText: async (digest) => (await local.getText(digest)) ?? (await remote.fetchText(digest)),
    async commit(workspace, entry, outputs) {
      const result = await local.commit(workspace, entry, outputs);
      if (result.ok) remote.committed(result.value, mode === 'read_write');
      return result;
    },
    exchanged: (signal, onWait) => remote.exchanged(signal, onWait),
    here: local,
    sendEntry: (entry) => remote.sender.send(entry),
    check: (keys) => checkRemote(keys, client, remote.lost),
    isLeft: () => client.isLeft,
  };
}

/** With what only those ask for who look after the remote cache itself. */
export interface RemoteStore extends Store {
  /** Sends an entry of this machine's cache, whose objects are here, unless the same is there. */
  sendEntry(entry: Entry): Promise<SentEntry>;
  /** This machine's cache alone. */
  readonly here: Store;
  /** Reads every byte that the remote cache has of these keys. */
  check(keys: Iterable<Digest>): Promise<RemoteReport>;
  /** Whether the remote cache is asked no more. */
  isLeft(): boolean;
}

class Behind {
  /** Sound entries that were found there, some of whose outputs were not here then. */
  private readonly found = new Map<Digest, Entry>();
  /** When keys were found not to be there. */
  private readonly absent = new Map<Digest, number>();
  private readonly asking = new Map<Digest, Promise<Entry | undefined>>();
  /** Of an object, the entries that wait for it to be here to be kept here. */
  private readonly waiting = new Map<Digest, Set<Entry>>();
  private readonly fetching = new Map<string, Promise<boolean>>();
  readonly lost: LostObjects;
  readonly sender: EntrySender;
  private fetched: Amount = { objects: 0, bytes: 0 };
  /** What stood in the place of entries and objects and was neither. */
  private spoiltEntries = 0;
  private spoiltObjects = 0;
  private readonly healed: Digest[] = [];
  private readonly warned = new Set<string>();

  constructor(
    private readonly local: LocalStore,
    private readonly client: RemoteClient,
    private readonly url: string,
  ) {
    this.lost = new LostObjects(layoutOf(local.folder).remoteLost, url);
    this.sender = new EntrySender(local, client, this.lost);
  }

  /** The entry of a key whose outputs can be had as far as is known. */
  async find(key: Digest): Promise<Entry | undefined> {
    const entry = await this.lookUp(key);
    if (entry === undefined) return undefined;
    const outputs = outputsOf(entry);
    await this.bring(outputs.filter((output) => this.lost.isToBeSeenAgain(output)));
    return outputs.every((output) => this.canBeHad(output)) ? entry : undefined;
  }

  /** The entry of a key as it is there. */
  lookUp(key: Digest): Promise<Entry | undefined> {
    const known = this.found.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const askedAt = this.absent.get(key);
    if (askedAt !== undefined && performance.now() - askedAt < absentMilliseconds) {
      return Promise.resolve(undefined);
    }
    const asking = this.asking.get(key) ?? this.ask(key).finally(() => this.asking.delete(key));
    this.asking.set(key, asking);
    return asking;
  }

  /** Has here what is not here yet; false where some of it cannot be had. */
  async bring(references: Iterable<ObjectReference>): Promise<boolean> {
    const missing = [...references].filter((reference) => !this.isHere(reference));
    const brought = await Promise.all(
      missing.map((reference) => this.fetch(reference.digest, reference.bytes)),
    );
    return brought.every((one) => one);
  }

  /** An object that is not here, or that was damaged and set aside. */
  async fetchAgain({ digest, bytes }: ObjectReference, isDamage: boolean): Promise<boolean> {
    const isGood = await this.fetch(digest, bytes);
    if (isGood && isDamage) this.healed.push(digest);
    return isGood;
  }

  async fetchText(digest: Digest): Promise<string | undefined> {
    return (await this.fetch(digest, undefined)) ? await this.local.getText(digest) : undefined;
  }

  committed(entry: Entry, isToBeSent: boolean): void {
    this.found.delete(entry.key);
    if (isToBeSent) this.sender.later(entry);
  }

  async exchanged(signal?: AbortSignal, onWait?: (left: ToBeSent) => void): Promise<RemoteExchange> {
    const { url } = this;
    await this.sender.idle(signal, onWait && ((left) => onWait({ url, ...left })));
    const left = new Map<Digest, number>();
    for (const entry of this.found.values()) {
      for (const output of outputsOf(entry)) {
        if (!this.isHere(output) && this.canBeHad(output)) left.set(output.digest, output.bytes);
      }
    }
    const { entries, objects, bytes, unsent } = this.sender;
    return {
      url,
      found: this.found.size,
      fetched: this.fetched,
      left: { objects: left.size, bytes: [...left.values()].reduce((sum, one) => sum + one, 0) },
      sent: { entries, objects, bytes },
      unsent,
      warnings: this.warnings(),
    };
  }

  private isHere({ digest, bytes }: ObjectReference): boolean {
    return this.local.sizeOf(digest) === bytes;
  }

  private canBeHad(output: ObjectReference): boolean {
    const isLost = this.client.isLeft || this.lost.has(output.digest, output.bytes);
    return !isLost || this.isHere(output);
  }

  private async ask(key: Digest): Promise<Entry | undefined> {
    const text = this.client.isLeft ? undefined : await this.client.entryText(key);
    const entry = text === undefined ? undefined : soundEntry(text, key);
    if (entry === undefined) {
      if (text !== undefined) this.spoiltEntries++;
      this.absent.set(key, performance.now());
      return undefined;
    }
    this.found.set(key, entry);
    this.await(entry);
    return entry;
  }

  /** Keeps the entry here as soon as all of its outputs are. */
  private await(entry: Entry): void {
    const missing = outputsOf(entry).filter((output) => !this.isHere(output));
    if (missing.length === 0) this.local.adoptEntry(entry);
    for (const { digest } of missing) {
      const waiting = this.waiting.get(digest) ?? new Set();
      this.waiting.set(digest, waiting.add(entry));
    }
  }

  private fetch(digest: Digest, bytes: number | undefined): Promise<boolean> {
    const id = referenceId(digest, bytes);
    const isLost =
      this.lost.has(digest, bytes) && (bytes === undefined || !this.lost.isToBeSeenAgain({ digest, bytes }));
    if (this.client.isLeft || isLost) return Promise.resolve(false);
    const fetching =
      this.fetching.get(id) ?? this.fetchNow(digest, bytes).finally(() => this.fetching.delete(id));
    this.fetching.set(id, fetching);
    return fetching;
  }

  private async fetchNow(digest: Digest, bytes: number | undefined): Promise<boolean> {
    const path = this.local.fileToAdopt(digest);
    let file: FileHandle | undefined;
    try {
      const found = await this.client.fetchObject(digest, bytes, {
        async begin() {
          await file?.close();
          file = await open(path, 'w');
        },
        async write(chunk) {
          await file?.write(chunk);
        },
      });
      if (found.type === 'lost') {
        if (found.why === 'wrong') this.spoiltObjects++;
        this.lost.add(digest, bytes, { isSaid: found.why !== 'unavailable' });
        return false;
      }
      await file?.datasync();
      await file?.close();
      file = undefined;
      this.local.adoptObject({ path, digest, bytes: found.bytes });
      this.lost.delete(digest, bytes);
      this.fetched = { objects: this.fetched.objects + 1, bytes: this.fetched.bytes + found.bytes };
    } catch (error) {
      rethrowAsFailure(error, `fetching object ${shortDigest(digest)}`);
    } finally {
      await file?.close();
      rmSync(path, { force: true });
    }
    for (const entry of this.waiting.get(digest) ?? []) this.keepIfWhole(entry);
    this.waiting.delete(digest);
    return true;
  }

  private keepIfWhole(entry: Entry): void {
    if (outputsOf(entry).every((output) => this.isHere(output))) this.local.adoptEntry(entry);
  }

  /** Each said once. */
  private warnings(): readonly Failure[] {
    const warnings: Failure[] = [];
    const warn = (message: string, hint: string) => {
      if (this.warned.has(message)) return;
      this.warned.add(message);
      warnings.push({ reason: 'remote-unavailable', message, hint });
    };
    const { trouble } = this.client;
    if (trouble !== undefined) {
      warn(
        `the remote cache ${this.url} ${trouble}`,
        'no result is lost by it; what it has may be computed again',
      );
    }
    const spoilt = this.spoiltEntries + this.spoiltObjects;
    if (spoilt > 0) {
      warn(
        `the remote cache ${this.url} holds what kshot has not stored there: ${this.spoiltEntries} of its entries and ${this.spoiltObjects} of its objects were not taken`,
        'kshot cache verify --remote says which',
      );
    }
    for (const digest of this.healed) {
      warn(
        `object ${shortDigest(digest)} in cache/ was damaged, and was fetched again from ${this.url}`,
        'check the disk that holds the cache, and the rest of it with kshot cache verify',
      );
    }
    for (const { key, facts } of this.sender.differing) {
      warn(
        `${facts.kind} ${shortDigest(key)} gave other bytes here than the remote cache ${this.url} has of it, and says that it repeats itself`,
        'what is there stays; find out which machine is wrong',
      );
    }
    return warnings;
  }
}
