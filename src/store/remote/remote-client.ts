import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../../base/canonical.js';
import {
  bytesOf,
  drain,
  type HttpSender,
  openHttpSender,
  type RequestBody,
  type RequestLimits,
  responseText,
  statusTrouble,
} from './http-request.js';
import { proxyFor } from './proxy.js';
import { openRemoteTarget, type RemoteTarget } from './remote-target.js';
import { RemoteTrouble } from './remote-trouble.js';
import { Turns } from './turns.js';

/** What a remote cache may cost, at most. */
export interface RemoteLimits {
  readonly atOnce: number;
  readonly connectMilliseconds: number;
  readonly idleMilliseconds: number;
  /** Beside the time that the bytes of a request take at `bytesPerSecond`. */
  readonly graceMilliseconds: number;
  readonly bytesPerSecond: number;
  /** How often something is tried. */
  readonly attempts: number;
  /** Before it is tried again the first time; the next, four times as long. */
  readonly pauseMilliseconds: number;
  /** The longest pause that it may ask for, and all pauses of a process together. */
  readonly longestPauseMilliseconds: number;
  readonly allPausesMilliseconds: number;
  /** An entry, or a small text. */
  readonly textBytes: number;
}

const usualLimits: RemoteLimits = {
  atOnce: 32,
  connectMilliseconds: 5_000,
  idleMilliseconds: 10_000,
  graceMilliseconds: 15_000,
  bytesPerSecond: 64 * 1024,
  attempts: 3,
  pauseMilliseconds: 250,
  longestPauseMilliseconds: 20_000,
  allPausesMilliseconds: 60_000,
  textBytes: 32 * 1024 * 1024,
};

/** Takes bytes as they come. */
export interface Sink {
  /** Begins anew, with nothing taken. */
  begin(): Promise<void>;
  write(chunk: Buffer): Promise<void>;
}

/**
 * What became of an object that was asked for: `good` is what its name says; `lost` what could not be had, because it is
 * not there, is something else, or nothing can be had.
 */
export type FetchedObject =
  | { readonly type: 'good'; readonly bytes: number }
  | { readonly type: 'lost'; readonly why: 'absent' | 'wrong' | 'unavailable' };

export type SentObject = 'sent' | 'there' | 'refused';

/**
 * Speaks with a remote cache in Bazel's layout: objects at `cas/<sha256>`, entries at `ac/<key>`. Trouble is never an
 * exception: it is tried again a few times, and then nothing more is asked (or, where only writing is refused, sent) for
 * as long as this lives.
 */
export class RemoteClient {
  private readonly turns: Turns;
  private readonly ending = new AbortController();
  /** Before then nothing is asked, because it asked for that. */
  private pausedUntil = 0;
  private paused = 0;
  /** Objects in a row whose bytes broke off, each as often as it was tried. */
  private cuts = 0;
  private hasSent = false;
  /** Why nothing is asked any more; or nothing sent. */
  private leftBecause: string | undefined;
  private sendsNothingBecause: string | undefined;

  private constructor(
    private readonly target: RemoteTarget,
    private readonly sender: HttpSender,
    private readonly limits: RemoteLimits,
  ) {
    this.turns = new Turns(limits.atOnce);
    // All that waits listens.
    setMaxListeners(0, this.ending.signal);
  }

  /** @throws FailureError where the credentials of the environment cannot be sent, or its proxy is none */
  static async open(
    url: string,
    variables: { readonly [name: string]: string | undefined },
    changed: Partial<RemoteLimits> = {},
  ): Promise<RemoteClient> {
    const limits = { ...usualLimits, ...changed };
    const target = openRemoteTarget(url, variables);
    const { atOnce: connections, connectMilliseconds } = limits;
    const proxy = proxyFor(target.base, variables);
    const sender = await openHttpSender(target.base, { connections, connectMilliseconds, proxy });
    return new RemoteClient(target, sender, limits);
  }

  /** Whether nothing is asked any more. */
  get isLeft(): boolean {
    return this.ending.signal.aborted;
  }

  /** Why nothing is asked, or nothing sent any more: `does not answer; it is left alone`. */
  get trouble(): string | undefined {
    if (this.leftBecause !== undefined) return `${this.leftBecause}; it is left alone from here on`;
    const { sendsNothingBecause: because } = this;
    return because === undefined ? undefined : `${because}; nothing more is sent to it`;
  }

  /** Ends what is under way; nothing is asked or sent any more. */
  leave(because?: string): void {
    if (!this.isLeft) this.leftBecause = because;
    this.ending.abort();
    this.sender.end();
  }

  /** The text of an entry; undefined where there is none, or none can be had. */
  async entryText(key: Digest): Promise<string | undefined> {
    const { textBytes } = this.limits;
    const found = await this.ask('GET', `ac/${key}`, 0, async (response) => {
      if (response.statusCode === 404) return void (await drain(response));
      if (response.statusCode !== 200) throw statusTrouble(response);
      // No entry is longer: what stands there is none.
      return (await responseText(response, textBytes)) ?? '';
    });
    return found.answer;
  }

  /**
   * Reads an object and says whether it is what its name says.
   *
   * @param bytes its size; where that is not known, of a small text
   * @param sink gets the bytes before they are judged
   * @throws what the sink throws
   */
  async fetchObject(digest: Digest, bytes: number | undefined, sink?: Sink): Promise<FetchedObject> {
    const most = bytes ?? this.limits.textBytes;
    const found = await this.ask('GET', `cas/${digest}`, most, async (response): Promise<FetchedObject> => {
      if (response.statusCode === 404) {
        await drain(response);
        return { type: 'lost', why: 'absent' };
      }
      if (response.statusCode !== 200) throw statusTrouble(response);
      const hash = createHash('sha256');
      let read = 0;
      await sink?.begin();
      for await (const chunk of bytesOf(response)) {
        read += chunk.length;
        if (read > most) return { type: 'lost', why: 'wrong' };
        hash.update(chunk);
        await sink?.write(chunk);
      }
      const isGood = (bytes === undefined || read === bytes) && hash.digest('hex') === digest;
      return isGood ? { type: 'good', bytes: read } : { type: 'lost', why: 'wrong' };
    });
    return found.answer ?? { type: 'lost', why: 'unavailable' };
  }

  /** Whether an object is there, in this size as far as is said. */
  async hasObject(digest: Digest, bytes: number): Promise<boolean> {
    const found = await this.ask('HEAD', `cas/${digest}`, 0, async (response) => {
      await drain(response);
      if (response.statusCode === 404) return false;
      if (response.statusCode !== 200) throw statusTrouble(response);
      const { 'content-length': length } = response.headers;
      return length === undefined || Number(length) === bytes;
    });
    return found.answer ?? false;
  }

  /** @param isKnownBad whether what is there is to be replaced unseen */
  async sendObject(digest: Digest, body: RequestBody, isKnownBad: boolean): Promise<SentObject> {
    if (!isKnownBad && (await this.hasObject(digest, body.bytes))) return 'there';
    if (!(await this.put(`cas/${digest}`, body, digest))) return 'refused';
    if (this.hasSent) return 'sent';
    this.hasSent = true;
    // Asked once: a server that takes everything and keeps nothing is not worth the rest.
    if (this.isLeft || (await this.hasObject(digest, body.bytes))) return 'sent';
    this.sendsNothingBecause ??= 'does not keep what it is sent';
    return 'refused';
  }

  async sendEntry(key: Digest, body: RequestBody, payload: Digest): Promise<boolean> {
    return await this.put(`ac/${key}`, body, payload);
  }

  private async put(path: string, body: RequestBody, payload: Digest): Promise<boolean> {
    if (this.isLeft || this.sendsNothingBecause !== undefined) return false;
    const sent = await this.ask(
      'PUT',
      path,
      body.bytes,
      async (response) => {
        const { statusCode = 0 } = response;
        await drain(response);
        if (statusCode >= 200 && statusCode < 300) return true;
        throw statusTrouble(response);
      },
      { body, payload },
    );
    return sent.answer ?? false;
  }

  /** Asks as often as it may; without an answer where there is none. */
  private async ask<Value>(
    method: 'GET' | 'HEAD' | 'PUT',
    path: string,
    bytes: number,
    read: (response: IncomingMessage) => Promise<Value>,
    sent: { readonly body?: RequestBody; readonly payload?: Digest } = {},
  ): Promise<{ readonly answer?: Value }> {
    for (let attempt = 1; ; attempt++) {
      const tried = await this.turns.take(() => this.askOnce(method, path, bytes, read, sent));
      if (!('trouble' in tried)) return tried;
      if (!this.mayTryAgain(method, tried.trouble, attempt)) return {};
    }
  }

  private async askOnce<Value>(
    method: 'GET' | 'HEAD' | 'PUT',
    path: string,
    bytes: number,
    read: (response: IncomingMessage) => Promise<Value>,
    { body, payload }: { readonly body?: RequestBody; readonly payload?: Digest },
  ): Promise<{ readonly answer?: Value } | { readonly trouble: RemoteTrouble }> {
    try {
      const pause = this.pausedUntil - performance.now();
      if (pause > 0) await sleep(pause, undefined, { signal: this.ending.signal }).catch(() => undefined);
      if (this.isLeft) return {};
      const pathname = `${this.target.base.pathname.replace(/\/$/, '')}/${path}`;
      const headers = this.target.signed({
        method,
        pathname,
        headers: {},
        ...(payload === undefined ? {} : { payload }),
      });
      const answer = await this.sender.send(
        { method, pathname, headers, ...(body === undefined ? {} : { body }) },
        this.limitsFor(bytes),
        read,
      );
      this.cuts = 0;
      return { answer };
    } catch (error) {
      if (!(error instanceof RemoteTrouble)) throw error;
      return { trouble: error };
    }
  }

  private limitsFor(bytes: number): RequestLimits {
    const { connectMilliseconds, idleMilliseconds, graceMilliseconds, bytesPerSecond } = this.limits;
    const totalMilliseconds = graceMilliseconds + (bytes / bytesPerSecond) * 1000;
    return {
      connectMilliseconds,
      idleMilliseconds,
      totalMilliseconds: Math.min(totalMilliseconds, 2 ** 31 - 1),
    };
  }

  /** Decides what follows from trouble; where it is to be tried again, everything waits for a while. */
  private mayTryAgain(method: string, trouble: RemoteTrouble, attempt: number): boolean {
    if (this.isLeft) return false;
    const { type, status = 0 } = trouble;
    // A wait that ended without a byte is long enough not to be waited twice more.
    const attempts = type === 'timeout' ? Math.min(2, this.limits.attempts) : this.limits.attempts;
    const mayPass =
      type !== 'status' || status === 408 || status === 429 || (status >= 500 && status !== 507);
    if (mayPass && attempt < attempts && this.pause(trouble, attempt)) return true;
    if (type === 'cut' && ++this.cuts < this.limits.attempts) return false;
    const because = describe(trouble);
    if (method === 'PUT' && type === 'status' && status !== 429) this.sendsNothingBecause ??= because;
    else this.leave(because);
    return false;
  }

  /** False where it asks for more time than it gets. */
  private pause({ retryAfterMilliseconds }: RemoteTrouble, attempt: number): boolean {
    const { pauseMilliseconds, longestPauseMilliseconds, allPausesMilliseconds } = this.limits;
    const wait =
      retryAfterMilliseconds ?? pauseMilliseconds * 4 ** (attempt - 1) * (0.75 + Math.random() / 2);
    const now = performance.now();
    const longer = Math.max(0, now + wait - Math.max(this.pausedUntil, now));
    if (wait > longestPauseMilliseconds || this.paused + longer > allPausesMilliseconds) return false;
    this.paused += longer;
    this.pausedUntil = Math.max(this.pausedUntil, now + wait);
    return true;
  }
}

/** What keeps it from being used, for people. */
function describe({ status, message, retryAfterMilliseconds }: RemoteTrouble): string {
  switch (status) {
    case 401:
    case 403:
      return `refuses access (${status})`;
    case 407:
      return 'cannot be reached: the proxy wants another name or password (407)';
    case 413:
      return 'takes nothing so large (413)';
    case 507:
      return 'has no space left (507)';
    case 429:
    case 503:
      return retryAfterMilliseconds === undefined
        ? message
        : `${message} and asks to be left alone for ${Math.ceil(retryAfterMilliseconds / 1000)} s`;
    default:
      return message;
  }
}
