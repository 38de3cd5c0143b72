import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server does in the place of what it should. */
export type Fault =
  | { readonly status: number; readonly headers?: { readonly [name: string]: string } }
  /** Breaks off after so many bytes of the body. */
  | { readonly cutAfter: number }
  /** Changes one bit of the body. */
  | { readonly flipBit: number }
  /** Sends this in the place of the body. */
  | { readonly body: string | Buffer }
  /** Takes the request and never answers; or sends a byte now and then. */
  | 'hang'
  | 'trickle'
  /** Says that it has stored what it was sent. */
  | 'drop'
  /** Breaks off in the place of its answer, whether or not it has stored what it was sent. */
  | 'break'
  | 'store and break';

export interface SeenRequest {
  readonly method: string;
  /** Below the root: `/cas/…`. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A remote cache in memory that does wrong what it is asked to do wrong. */
export class CacheServer {
  readonly files = new Map<string, Buffer>();
  readonly requests: SeenRequest[] = [];
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  url = '';
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        const seen = { method, path, headers, body: Buffer.concat(chunks) };
        this.requests.push(seen);
        this.answer(seen, response);
      });
    });
  }

  static async start(): Promise<CacheServer> {
    const server = new CacheServer();
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    server.url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    return server;
  }

  /** The paths that were asked for by a method, in order. */
  pathsOf(method: string): readonly string[] {
    return this.requests.filter((request) => request.method === method).map(({ path }) => path);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(seen: SeenRequest, response: ServerResponse): void {
    const fault = this.fault(seen);
    if (fault === 'hang') return;
    if (fault === 'store and break' && seen.method === 'PUT') this.files.set(seen.path, seen.body);
    if (fault === 'break' || fault === 'store and break') {
      response.destroy();
      return;
    }
    if (fault !== undefined && typeof fault !== 'string' && 'status' in fault) {
      response.writeHead(fault.status, fault.headers).end('no');
      return;
    }
    if (seen.method === 'PUT') {
      const existed = this.files.has(seen.path);
      if (fault !== 'drop') this.files.set(seen.path, seen.body);
      response.writeHead(existed ? 204 : 201).end();
      return;
    }
    const stored = this.files.get(seen.path);
    if (stored === undefined) {
      response.writeHead(404).end('not here');
      return;
    }
    if (seen.method === 'HEAD') response.writeHead(200, { 'content-length': stored.length }).end();
    else sendBody(stored, fault, response);
  }
}

function sendBody(
  stored: Buffer,
  fault: Exclude<Fault, { status: number }> | undefined,
  response: ServerResponse,
) {
  const body = fault === undefined || typeof fault === 'string' ? stored : spoilt(stored, fault);
  response.writeHead(200, { 'content-length': body.length });
  if (fault === 'trickle') {
    let sent = 0;
    const timer = setInterval(() => {
      if (sent < body.length - 1 && !response.destroyed) response.write(body.subarray(sent, ++sent));
      else clearInterval(timer);
    }, 20);
  } else if (fault !== undefined && typeof fault !== 'string' && 'cutAfter' in fault) {
    response.write(body.subarray(0, fault.cutAfter), () => response.destroy());
  } else response.end(body);
}

function spoilt(stored: Buffer, fault: Exclude<Fault, { status: number } | string>): Buffer {
  if ('body' in fault) return Buffer.from(fault.body);
  if ('cutAfter' in fault) return stored;
  const copy = Buffer.from(stored);
  const at = Math.floor(fault.flipBit / 8) % copy.length;
  copy[at] = copy[at]! ^ (1 << (fault.flipBit % 8));
  return copy;
}
