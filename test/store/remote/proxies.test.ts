import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../src/store/remote/proxy.js';
import { CacheServer } from '../../support/cache-server.js';
import { ForwardProxy } from '../../support/forward-proxy.js';
import { kshot } from '../../support/kshot.js';
import { temporaryProject } from '../../support/temporary-project.js';
import { compute, hexDigest } from '../local/rig.js';
import { type OpenColleague, withServer } from './rig.js';

describe('the proxy for a server', () => {
  const proxyOf = (url: string, variables: { readonly [name: string]: string }) =>
    proxyFor(new URL(url), variables)?.url.origin;

  it.each([
    ['http://cache.test/x', { HTTP_PROXY: 'http://p:3128' }, 'http://p:3128'],
    ['http://cache.test/x', { HTTP_PROXY: 'p:3128', http_proxy: 'small:1' }, 'http://small:1'],
    ['http://cache.test/x', { HTTPS_PROXY: 'http://p:3128' }, undefined],
    ['https://cache.test/x', { HTTP_PROXY: 'http://o:1', HTTPS_PROXY: 'https://p:3128/' }, 'https://p:3128'],
    ['https://cache.test/x', { HTTPS_PROXY: ' ' }, undefined],
    ['https://localhost:8443/x', { HTTPS_PROXY: 'p' }, undefined],
    ['https://127.0.0.7/x', { HTTPS_PROXY: 'p' }, undefined],
    ['https://[::1]/x', { HTTPS_PROXY: 'p' }, undefined],
  ])('of %s by %j is %s', (url, variables, expected) => {
    expect(proxyOf(url, variables)).toBe(expected);
  });

  it.each([
    ['cache.test', true],
    ['*', true],
    ['other.test, .test', true],
    ['*.test', true],
    ['CACHE.test:8443', true],
    ['che.test', false],
    ['cache.test:443', false],
    ['10.0.0.0/8', false],
    ['', false],
  ])('is none where NO_PROXY is %s: %s', (list, isExcepted) => {
    const variables = { HTTPS_PROXY: 'http://p:3128', NO_PROXY: list };
    expect(proxyOf('https://a.cache.test:8443/x', variables) === undefined).toBe(isExcepted);
  });

  it.each([
    ['http://10.1.2.3/', '10.0.0.0/8', true],
    ['http://10.1.2.3/', '10.1.2.3:80', true],
    ['http://11.1.2.3/', '10.0.0.0/8', false],
    ['http://11.1.2.3/', '11.0.0.0/99', false],
    ['http://[fd00::7]/', 'fd00::/16', true],
    ['http://[fd00::7]/', '[fd00::7]:80', true],
    ['http://[fd00::7]/', 'fd00::7', true],
  ])('%s is in %s: %s', (url, list, isExcepted) => {
    expect(proxyOf(url, { HTTP_PROXY: 'p', no_proxy: list }) === undefined).toBe(isExcepted);
  });

  it('is refused where it is none, without its password', () => {
    const opening = () => proxyFor(new URL('http://cache.test'), { HTTP_PROXY: 'socks5://me:hush@p:1080' });
    expect(opening).toThrow(/HTTP_PROXY is no address/);
    expect(opening).not.toThrow(/hush/);
  });
});

/** A name that only the proxy finds. */
const url = 'http://cache.test/kshot';

async function withProxy(
  body: (proxy: ForwardProxy, server: CacheServer, open: OpenColleague) => Promise<void>,
): Promise<void> {
  await withServer(async (server, open) => {
    const proxy = await ForwardProxy.start(portOf(server.url));
    try {
      await body(proxy, server, open);
    } finally {
      await proxy.close();
    }
  });
}

const portOf = (address: string) => Number(new URL(address).port);

describe('a remote cache behind a proxy', () => {
  it('is asked through it, as itself', async () => {
    await withProxy(async (proxy, server, open) => {
      const variables = { HTTP_PROXY: proxy.url.replace('//', '//me:s%20ecret@') };
      const mine = await open('mine', { url, variables });
      const entry = await compute(mine, 'a', 'text');
      expect(await mine.exchanged()).toMatchObject({ sent: { entries: 1 }, unsent: 0, warnings: [] });
      const hers = await open('hers', { url, variables });
      expect(await hers.find(entry.key)).toEqual(entry);
      expect(await hers.bring([{ digest: hexDigest('text'), bytes: 4 }])).toBe(true);
      expect(proxy.asked).toContain(`GET ${url}/ac/${entry.key}`);
      expect(proxy.asked).toHaveLength(server.requests.length);
      const who = `Basic ${Buffer.from('me:s ecret').toString('base64')}`;
      expect(new Set(proxy.authorizations)).toEqual(new Set([who]));
      // What a bucket's signature covers.
      expect(new Set(server.requests.map(({ headers }) => headers.host))).toEqual(new Set(['cache.test']));
    });
  });

  it.each([
    ['http', 407, /the proxy wants another name or password/],
    ['http', 'hang', /does not answer/],
    ['https', 403, /cannot be reached: the proxy http:\/\/127\S+ answers 403; it is left alone/],
    ['https', 'hang', /cannot be reached: the proxy http:\/\/127\S+ does not answer/],
    ['https', undefined, /cannot be talked to by the proxy http:\/\/127\S+ \(E\w+\)/],
  ] as const)(
    'of %s is left alone where the proxy answers %s, without its password being said',
    async (scheme, refusal, says) => {
      await withProxy(async (proxy, _server, open) => {
        proxy.refusal = refusal;
        const address = proxy.url.replace('//', '//me:hush@');
        // Undefined: what is at the other end speaks no TLS.
        const store = await open('mine', {
          url: url.replace('http', scheme),
          variables: { HTTP_PROXY: address, HTTPS_PROXY: address },
          limits: { connectMilliseconds: 100 },
        });
        const entry = await compute(store, 'a', 'text');
        expect(await store.find(entry.key)).toEqual(entry);
        const said = JSON.stringify((await store.exchanged())?.warnings);
        expect(said).toMatch(says);
        expect(said).not.toContain('hush');
      });
    },
  );
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('skipping a test of TLS through a proxy: there is no openssl');

describe.skipIf(!hasOpenssl)('a remote cache by TLS behind a proxy', () => {
  const folder = temporaryProject({});

  /** Speaks TLS under a name, with a certificate of its own, for a server that speaks none. */
  async function encrypted(name: string, port: number): Promise<{ server: Server; certificate: string }> {
    const [key, cert] = [folder.path(`${name}.key`), folder.path(`${name}.crt`)];
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', cert],
    ]);
    expect(made.status).toBe(0);
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
      const there = connect(port, '127.0.0.1');
      socket.pipe(there).pipe(socket);
      socket.on('error', () => there.destroy());
      there.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, certificate: readFileSync(cert, 'utf8') };
  }

  it('is asked through a tunnel that stays open, and only under the name that its certificate has', async () => {
    const cache = await CacheServer.start();
    const [right, wrong] = [
      await encrypted('cache.test', portOf(cache.url)),
      await encrypted('other.test', portOf(cache.url)),
    ];
    const proxies = await Promise.all(
      [right, wrong].map(({ server }) => ForwardProxy.start((server.address() as AddressInfo).port)),
    );
    folder.write('trusted.pem', right.certificate + wrong.certificate);
    try {
      const run = async (mode: string, proxy: ForwardProxy | undefined) => {
        const project = temporaryProject({
          files: {
            'kshot.yaml': `cache: { remote: { url: "https://cache.test/x", mode: ${mode} } }\n`,
            'pipelines/p.yaml':
              'version: 1\nsteps:\n  one: { kind: value, with: { a: 1 } }\n  two: { kind: value, with: { a: 2 } }\n',
          },
        });
        return await kshot(project, ['run'], {
          environment: { HTTPS_PROXY: proxy?.url, NODE_EXTRA_CA_CERTS: folder.path('trusted.pem') },
        });
      };
      const first = await run('read_write', proxies[0]);
      expect([first.exitCode, first.stderr]).toEqual([0, expect.stringMatching(/sent 2 results/)]);
      const second = await run('read', proxies[0]);
      expect(second.stderr).toMatch(/0 ran \+ 2 hit/);
      expect(new Set(proxies[0]?.asked)).toEqual(new Set(['CONNECT cache.test:443']));
      expect(proxies[0]?.asked.length).toBeLessThan(cache.requests.length);
      const third = await run('read', proxies[1]);
      expect([third.exitCode, third.stderr]).toEqual([0, expect.stringMatching(/2 ran/)]);
      expect(third.stderr).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
    } finally {
      for (const proxy of proxies) await proxy.close();
      for (const { server } of [right, wrong]) server.close();
      await cache.close();
    }
  });
});
