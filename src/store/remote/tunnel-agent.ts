import { request as requestPlain } from 'node:http';
import { Agent, type AgentOptions, type RequestOptions, request as requestByTls } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ProxyServer } from './proxy.js';
import { RemoteTrouble } from './remote-trouble.js';

type OnConnection = (error: Error | null, stream: Duplex) => void;

/** Opens connections to a server by TLS through a proxy, which sees its name and what goes there only encrypted. */
export class TunnelAgent extends Agent {
  /** @param server its name and port, as CONNECT names it */
  constructor(
    private readonly proxy: ProxyServer,
    private readonly server: string,
    private readonly connectMilliseconds: number,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(options: RequestOptions, callback?: OnConnection): undefined {
    const { url, headers } = this.proxy;
    const fail = callback as ((error: Error) => void) | undefined;
    const request = url.protocol === 'https:' ? requestByTls : requestPlain;
    const asking = request({
      hostname: withoutBrackets(url.hostname),
      port: url.port,
      method: 'CONNECT',
      path: this.server,
      headers: { host: this.server, ...headers },
      agent: false,
      timeout: this.connectMilliseconds,
    });
    // Whoever has left the server alone meanwhile need not wait for it.
    asking.on('socket', (socket) => socket.unref());
    asking.on('timeout', () => asking.destroy(new RemoteTrouble('timeout', this.trouble('does not answer'))));
    asking.on('error', (error) => fail?.(error));
    asking.on('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        fail?.(new RemoteTrouble('network', this.trouble(`answers ${statusCode}`)));
        return;
      }
      socket.setTimeout(0);
      socket.ref();
      const through = { ...options, socket };
      const encrypted = super.createConnection(through);
      if (encrypted) callback?.(null, encrypted);
    });
    asking.end();
  }

  private trouble(what: string): string {
    return `cannot be reached: the proxy ${this.proxy.url.origin} ${what}`;
  }
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
