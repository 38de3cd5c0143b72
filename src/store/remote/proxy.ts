import { BlockList, isIP } from 'node:net';
import { FailureError } from '../../base/failure.js';

/** What carries requests to others for this machine. */
export interface ProxyServer {
  /** Its address without name and password. */
  readonly url: URL;
  /** What is sent to it to say who asks; neither recorded nor printed. */
  readonly headers: { readonly 'proxy-authorization'?: string };
}

type Variables = { readonly [name: string]: string | undefined };

/**
 * The proxy for an address by HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as curl reads them (their names in small letters
 * first); undefined where the server is to be asked itself. This machine itself is never asked through a proxy.
 *
 * @throws FailureError `invalid-value` where one is no address of a proxy; its value may hold a password, and is not shown
 */
export function proxyFor(target: URL, variables: Variables): ProxyServer | undefined {
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const read = (variable: string) => (variables[variable.toLowerCase()] || variables[variable])?.trim();
  const value = read(name);
  if (value === undefined || value === '') return undefined;
  if (isThisMachine(target.hostname) || isExcepted(target, read('NO_PROXY') ?? '')) return undefined;
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new FailureError({
      reason: 'invalid-value',
      message: `${name} is no address of a proxy that speaks HTTP`,
      hint: 'such as http://proxy.example.org:3128; NO_PROXY names the servers that are asked without it',
    });
  }
  const { username, password } = url;
  const who = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url: new URL(url.origin),
    headers: who === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(who).toString('base64')}` },
  };
}

/** Whether NO_PROXY names a server: by `*`, its name or that of a domain above it, its address, or a network. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const host = withoutBrackets(hostname);
  const usedPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const [, bracketed, plain = '', askedPort = usedPort] =
        /^(?:\[(.*)\]|([^:]*|.*:.*:.*))(?::(\d+))?$/.exec(entry) ?? [];
      const name = (bracketed ?? plain).replace(/^\*?\./, '');
      if (name === '' || askedPort !== usedPort) return false;
      return host === name || host.endsWith(`.${name}`) || isInNetwork(host, name);
    });
}

function isThisMachine(hostname: string): boolean {
  const host = withoutBrackets(hostname);
  return /(^|\.)localhost$/.test(host) || isInNetwork(host, '127.0.0.0/8') || host === '::1';
}

/** @param network `10.0.0.0/8`; whatever else it says, nothing is in it */
function isInNetwork(host: string, network: string): boolean {
  const [start = '', bits = ''] = network.split('/');
  const family = isIP(host);
  const length = Number(bits);
  if (family === 0 || isIP(start) !== family || !/^\d+$/.test(bits)) return false;
  if (length > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(start, length, type);
  return list.check(host, type);
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}
