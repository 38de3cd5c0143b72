import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import type { ProxyServer } from './proxy.js';
import { RemoteTrouble } from './remote-trouble.js';

/** How long a request may keep waiting. */
export interface RequestLimits {
  /** To be connected. */
  readonly connectMilliseconds: number;
  /** Without a byte either way. */
  readonly idleMilliseconds: number;
  /** For all of it. */
  readonly totalMilliseconds: number;
}

/** What is sent with a request. */
export interface RequestBody {
  readonly bytes: number;
  open(): Readable;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly pathname: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: RequestBody;
}

/** Sends requests over connections that stay open for the next. */
export interface HttpSender {
  /**
   * Sends one request and gives its answer to `read`, in whose hands it is until that has resolved; then, or in case of
   * trouble, nothing of it goes on.
   *
   * @throws RemoteTrouble, or what `read` or the body throw
   */
  send<Value>(
    request: HttpRequest,
    limits: RequestLimits,
    read: (response: IncomingMessage) => Promise<Value>,
  ): Promise<Value>;
  /** Ends all that is under way; nothing is to be sent any more. */
  end(): void;
}

type StartRequest = (options: RequestOptions) => ClientRequest;

/** What all requests of a sender have in common. */
interface Connection {
  readonly start: StartRequest;
  readonly options: RequestOptions;
  /** What stands before the path of each request, and the headers of each. */
  readonly origin: string;
  readonly headers: { readonly [name: string]: string };
  /** The proxy that it goes through, to be told of. */
  readonly proxy: string | undefined;
  /** Of each that is under way, what ends it. */
  readonly underWay: Set<() => void>;
}

/** How a server is asked. */
export interface SenderOptions {
  readonly connections: number;
  readonly connectMilliseconds: number;
  /** What carries requests there; absent where it is asked itself. */
  readonly proxy?: ProxyServer | undefined;
}

/** @param url of the server; by TLS, certificates are checked as Node does, NODE_EXTRA_CA_CERTS among them */
export async function openHttpSender(url: URL, options: SenderOptions): Promise<HttpSender> {
  const connection = await openConnection(url, options);
  return {
    send: (sent, limits, read) => send(connection, sent, limits, read),
    end() {
      for (const end of [...connection.underWay]) end();
    },
  };
}

async function openConnection(
  url: URL,
  { connections, connectMilliseconds, proxy }: SenderOptions,
): Promise<Connection> {
  const isEncrypted = url.protocol === 'https:';
  // A proxy is given a request that is not encrypted as it is, with the server's name in it; else it opens the way.
  const peer = proxy === undefined || isEncrypted ? url : proxy.url;
  const { request, Agent } =
    peer.protocol === 'https:' ? await import('node:https') : await import('node:http');
  // Its idle connections keep no process alive.
  const kept = { keepAlive: true, maxFreeSockets: connections };
  const isTunnel = proxy !== undefined && isEncrypted;
  const agent = isTunnel
    ? new (await import('./tunnel-agent.js')).TunnelAgent(
        proxy,
        `${url.hostname}:${url.port || 443}`,
        connectMilliseconds,
        kept,
      )
    : new Agent(kept);
  const { hostname, port, protocol } = peer;
  const isHandedOn = proxy !== undefined && !isTunnel;
  return {
    start: request as StartRequest,
    options: { agent, protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port },
    origin: isHandedOn ? url.origin : '',
    headers: isHandedOn ? { host: url.host, ...proxy.headers } : {},
    proxy: proxy?.url.origin,
    underWay: new Set(),
  };
}

function send<Value>(
  { start, options, origin, headers: ownHeaders, proxy, underWay }: Connection,
  { method, pathname, headers, body }: HttpRequest,
  limits: RequestLimits,
  read: (response: IncomingMessage) => Promise<Value>,
): Promise<Value> {
  return new Promise<Value>((resolve, reject) => {
    const length: { readonly [name: string]: string } =
      body === undefined ? {} : { 'content-length': String(body.bytes) };
    const request = start({
      ...options,
      method,
      path: `${origin}${pathname}`,
      headers: { 'accept-encoding': 'identity', ...ownHeaders, ...headers, ...length },
      timeout: limits.idleMilliseconds,
    });
    const source = body?.open();
    const end = () => {
      clearTimeout(total);
      clearTimeout(connecting);
      underWay.delete(abort);
      source?.destroy();
    };
    const fail = (error: unknown) => {
      end();
      request.destroy();
      reject(error);
    };
    const slow = (what: string) => fail(new RemoteTrouble('timeout', what));
    const abort = () => fail(new RemoteTrouble('network', 'was left alone'));
    const total = setTimeout(() => slow('is too slow'), limits.totalMilliseconds);
    let connecting: NodeJS.Timeout | undefined;
    underWay.add(abort);
    request.on('socket', (socket) => {
      if (!socket.connecting) return;
      connecting = setTimeout(() => slow('cannot be reached'), limits.connectMilliseconds);
      socket.once('connect', () => clearTimeout(connecting));
    });
    request.on('timeout', () => slow('does not answer'));
    request.on('error', (error) => fail(networkTrouble(error, proxy)));
    request.on('response', (response) => {
      read(response).then((value) => {
        end();
        // Answered before all was sent, or not read to its end: the connection serves no further request.
        if (!request.writableFinished || !response.readableEnded) request.destroy();
        resolve(value);
      }, fail);
    });
    if (source === undefined) request.end();
    else source.on('error', fail).pipe(request);
  });
}

/** The bytes of an answer, piece by piece; a connection that breaks is trouble, not an error of the system. */
export async function* bytesOf(response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    throw error instanceof RemoteTrouble ? error : new RemoteTrouble('cut', 'breaks off in the middle');
  }
}

/** The text of a short answer; undefined where it is longer. An iterator would take as long again, for thousands. */
export function responseText(response: IncomingMessage, mostBytes: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
      else {
        resolve(undefined);
        response.destroy();
      }
    });
    response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    const cut = () => reject(new RemoteTrouble('cut', 'breaks off in the middle'));
    response.on('error', cut);
    // Also where it was ended from here.
    response.on('close', cut);
  });
}

/** Reads what is of no interest, so that the connection serves the next request; a long one is not waited for. */
export async function drain(response: IncomingMessage): Promise<void> {
  await responseText(response, 64 * 1024);
}

/** The trouble that an answer is which is none of those that were hoped for. */
export function statusTrouble({ statusCode = 0, headers }: IncomingMessage): RemoteTrouble {
  const { location, 'retry-after': retryAfter } = headers;
  const to = location === undefined ? '' : ` and names another address, ${location.slice(0, 200)}`;
  return new RemoteTrouble('status', `answers ${statusCode}${to}`, {
    status: statusCode,
    retryAfterMilliseconds: waitOf(retryAfter),
  });
}

/** Seconds, or a date. */
function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

function networkTrouble(error: NodeJS.ErrnoException, proxy: string | undefined): RemoteTrouble {
  if (error instanceof RemoteTrouble) return error;
  // Of several addresses each has its own.
  const { errors } = error as { readonly errors?: readonly NodeJS.ErrnoException[] };
  const code = error.code ?? errors?.[0]?.code;
  const by = proxy === undefined ? '' : ` by the proxy ${proxy}`;
  return new RemoteTrouble('network', `cannot be talked to${by} (${code ?? error.message.slice(0, 200)})`);
}
