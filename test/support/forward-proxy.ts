import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy that carries all it is asked for to one port of this machine, whatever name is asked for. */
export class ForwardProxy {
  /** `CONNECT cache.test:443`, `GET http://cache.test/x`, in order. */
  readonly asked: string[] = [];
  /** What was said of who asks, each time. */
  readonly authorizations: (string | undefined)[] = [];
  /** What it answers in the place of what it should. */
  refusal: number | 'hang' | undefined;
  url = '';

  private constructor(
    private readonly server: Server,
    private readonly sockets: Set<Socket>,
  ) {}

  static async start(port: number): Promise<ForwardProxy> {
    const server = createServer();
    const sockets = new Set<Socket>();
    const proxy = new ForwardProxy(server, sockets);
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('request', (incoming, response) => {
      if (proxy.refuses(incoming, (status) => response.writeHead(status).end())) return;
      const { pathname } = new URL(incoming.url ?? '');
      const { method, headers } = incoming;
      const outgoing = request({ host: '127.0.0.1', port, method, path: pathname, headers, agent: false });
      outgoing.on('response', (answer) => {
        answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
      });
      outgoing.on('error', () => response.destroy());
      incoming.pipe(outgoing);
    });
    server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
      if (proxy.refuses(incoming, (status) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))) return;
      const there = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        there.pipe(socket).pipe(there);
      });
      for (const [one, other] of [
        [socket, there],
        [there, socket],
      ] as const)
        one.on('error', () => other.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return proxy;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private refuses({ method, url, headers }: IncomingMessage, answer: (status: number) => void): boolean {
    this.asked.push(`${method} ${url}`);
    this.authorizations.push(headers['proxy-authorization']);
    if (typeof this.refusal === 'number') answer(this.refusal);
    return this.refusal !== undefined;
  }
}
