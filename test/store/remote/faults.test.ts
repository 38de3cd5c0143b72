import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedJson } from '../../../src/base/files/checked-json.js';
import { leavesOf } from '../../../src/base/files/tree.js';
import type { Entry } from '../../../src/store/entry.js';
import { hashFile } from '../../../src/store/hash-file.js';
import type { RemoteStore } from '../../../src/store/remote/remote-store.js';
import { soundEntry } from '../../../src/store/remote/sound-entry.js';
import type { CacheServer, Fault } from '../../support/cache-server.js';
import { compute, hexDigest, keyOf, recordOf } from '../local/rig.js';
import { type OpenOptions, withServer } from './rig.js';

const text = 'the bytes of an output';
const objectPath = `/cas/${hexDigest(text)}`;
const entryPath = `/ac/${keyOf('a')}`;
const leaf = { digest: hexDigest(text), bytes: text.length };

/** Somebody has computed `a` and it is all on the server; then the body is called, with a colleague that has nothing. */
async function withResult(
  body: (
    server: CacheServer,
    open: (name: string, options?: OpenOptions) => Promise<RemoteStore>,
    entry: Entry,
  ) => Promise<void>,
): Promise<void> {
  await withServer(async (server, open) => {
    const mine = await open('mine');
    const entry = await compute(mine, 'a', text);
    await mine.exchanged();
    server.requests.length = 0;
    await body(server, open, entry);
  });
}

const reads: readonly {
  readonly name: string;
  readonly fault: Fault;
  readonly says: RegExp | undefined;
  /** Whether it is still asked for other things. */
  readonly isAsked?: boolean;
  /** How often the request is tried. */
  readonly tries: number;
}[] = [
  { name: '404', fault: { status: 404 }, says: undefined, isAsked: true, tries: 1 },
  { name: '401', fault: { status: 401 }, says: /refuses access \(401\); it is left alone/, tries: 1 },
  { name: '403', fault: { status: 403 }, says: /refuses access \(403\)/, tries: 1 },
  { name: '500', fault: { status: 500 }, says: /answers 500/, tries: 3 },
  { name: '502', fault: { status: 502 }, says: /answers 502/, tries: 3 },
  {
    name: '301',
    fault: { status: 301, headers: { location: 'http://127.0.0.1:1/' } },
    says: /names another address/,
    tries: 1,
  },
  {
    name: '429, for an hour',
    fault: { status: 429, headers: { 'retry-after': '3600' } },
    says: /left alone for 3600 s/,
    tries: 1,
  },
  {
    name: '429, till a date',
    fault: { status: 503, headers: { 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' } },
    says: /answers 503/,
    tries: 1,
  },
  {
    name: '429, every time',
    fault: { status: 429, headers: { 'retry-after': '0' } },
    says: /answers 429/,
    tries: 3,
  },
  { name: 'a server that never answers', fault: 'hang', says: /does not answer/, tries: 2 },
  { name: 'a slow loris', fault: 'trickle', says: /is too slow/, tries: 2 },
  {
    name: 'another text',
    fault: { body: 'no entry and no such object' },
    says: /holds what kshot has not stored there/,
    isAsked: true,
    tries: 1,
  },
  {
    name: 'nothing',
    fault: { body: '' },
    says: /holds what kshot has not stored there/,
    isAsked: true,
    tries: 1,
  },
];

describe('what a remote cache does wrong when it is read', () => {
  it.each(reads)(
    '$name costs a computation, and no more',
    async ({ fault, says, isAsked = false, tries }) => {
      await withResult(async (server, open, entry) => {
        for (const at of [entryPath, objectPath]) {
          server.requests.length = 0;
          server.fault = ({ path, method }) => (path === at && method === 'GET' ? fault : undefined);
          const store = await open(`colleague of ${at.slice(0, 4).replaceAll('/', '')}`);
          const began = performance.now();
          expect(await store.find(entry.key)).toEqual(at === entryPath ? undefined : entry);
          expect(await store.verify(leaf)).toBe(at === entryPath && isAsked);
          if (at === objectPath) expect(await store.find(entry.key)).toBeUndefined();
          expect(performance.now() - began).toBeLessThan(3000);
          expect(server.pathsOf('GET').filter((path) => path === at)).toHaveLength(tries);
          const said = (await store.exchanged())!.warnings.map(({ message }) => message);
          if (says === undefined) expect(said).toEqual([]);
          else expect(said.join()).toMatch(says);
          expect(await compute(store, 'a', text)).toEqual(entry);
          expect(await store.find(entry.key)).toEqual(entry);
          expect(await store.verify(leaf)).toBe(true);
        }
      });
    },
  );

  it('a server that is not there is tried a few times, and then not again', async () => {
    await withResult(async (server, open) => {
      await server.close();
      const store = await open('hers');
      const keys = Array.from({ length: 50 }, (_, index) => keyOf(`key ${index}`));
      expect(await Promise.all(keys.map((key) => store.find(key)))).toEqual(keys.map(() => undefined));
      const { warnings } = (await store.exchanged())!;
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringMatching(/cannot be talked to \(ECONNREFUSED\); it is left alone/),
      ]);
    });
  });

  it('a connection that breaks at any byte gives nothing, and one that breaks once, all', async () => {
    await withResult(async (server, open, entry) => {
      const sizes = { [entryPath]: server.files.get(entryPath)!.length, [objectPath]: text.length };
      for (const [at, size] of Object.entries(sizes)) {
        for (let cutAfter = 0; cutAfter < size; cutAfter += at === entryPath ? 37 : 1) {
          server.fault = ({ path }) => (path === at ? { cutAfter } : undefined);
          const store = await open(`${at.slice(1, 3)} ${cutAfter}`);
          if (at === entryPath) expect(await store.find(entry.key)).toBeUndefined();
          else expect(await store.verify(leaf)).toBe(false);
        }
      }
      let broken = 0;
      server.fault = ({ path }) => (path === objectPath && broken++ === 0 ? { cutAfter: 5 } : undefined);
      const store = await open('once');
      expect(await store.verify(leaf)).toBe(true);
      expect((await store.exchanged())?.fetched).toEqual({ objects: 1, bytes: text.length });
    });
  });

  it('no flipped bit of an entry or an object gets in', async () => {
    await withResult(async (server, open, entry) => {
      const bits = { [entryPath]: 8 * server.files.get(entryPath)!.length, [objectPath]: 8 * text.length };
      for (const [at, count] of Object.entries(bits)) {
        for (let flipBit = 0; flipBit < count; flipBit += at === entryPath ? 101 : 7) {
          server.fault = ({ path }) => (path === at ? { flipBit } : undefined);
          const store = await open(`${at.slice(1, 3)} ${flipBit}`);
          if (at === entryPath) expect(await store.find(entry.key)).toBeUndefined();
          else expect(await store.verify(leaf)).toBe(false);
        }
      }
    });
  });

  it('it is asked again after as long as it asked for, and everything waits for it', async () => {
    await withResult(async (server, open, entry) => {
      let refused = 0;
      server.fault = () => (refused++ === 0 ? { status: 429, headers: { 'retry-after': '1' } } : undefined);
      const store = await open('hers');
      const began = performance.now();
      expect(await store.find(entry.key)).toEqual(entry);
      expect(performance.now() - began).toBeGreaterThan(950);
      expect((await store.exchanged())?.warnings).toEqual([]);
    });
  });
});

const writes: readonly {
  readonly name: string;
  readonly fault: Fault;
  readonly says: RegExp;
  /** Whether it is asked for nothing any more. */
  readonly isLeft?: boolean;
}[] = [
  {
    name: 'a server that takes what it is sent and drops it',
    fault: 'drop',
    says: /does not keep what it is sent/,
  },
  { name: 'a full bucket', fault: { status: 507 }, says: /has no space left \(507\); nothing more is sent/ },
  { name: 'a server that takes nothing so large', fault: { status: 413 }, says: /takes nothing so large/ },
  { name: 'a wrong secret', fault: { status: 403 }, says: /refuses access \(403\); nothing more is sent/ },
  { name: 'a server without PUT', fault: { status: 405 }, says: /answers 405/ },
  { name: 'a disk that refuses', fault: { status: 500 }, says: /answers 500/ },
  {
    name: 'a server that ends as it is sent to',
    fault: 'break',
    says: /cannot be talked to \(ECONNRESET\)/,
    isLeft: true,
  },
  { name: 'a server that never answers', fault: 'hang', says: /does not answer/, isLeft: true },
];

describe('what a remote cache does wrong when it is written', () => {
  it.each(writes)(
    '$name takes no result away, and gives nobody half of one',
    async ({ fault, says, isLeft }) => {
      await withResult(async (server, open, entry) => {
        server.fault = ({ method }) => (method === 'PUT' ? fault : undefined);
        const store = await open('hers');
        const own = await compute(store, 'b', 'more');
        const exchange = (await store.exchanged())!;
        expect(exchange).toMatchObject({ sent: { entries: 0 }, unsent: 1 });
        expect(exchange.warnings.map(({ message }) => message).join()).toMatch(says);
        expect(await store.find(own.key)).toEqual(own);
        // What it has can be read all the same.
        expect(await store.find(entry.key)).toEqual(isLeft === true ? undefined : entry);
        expect(await store.verify(leaf)).toBe(isLeft !== true);
        server.fault = () => undefined;
        expect(await (await open('third')).find(own.key)).toBeUndefined();
        // And a later push sends it.
        expect(await (await open('hers')).sendEntry(own)).toEqual({ type: 'sent' });
        expect(await (await open('third')).find(own.key)).toEqual(own);
      });
    },
  );

  it('an answer that never comes makes nothing of what was stored', async () => {
    await withServer(async (server, open) => {
      const broken = new Set<string>();
      server.fault = ({ method, path }) => {
        if (method !== 'PUT' || broken.has(path)) return undefined;
        broken.add(path);
        return 'store and break';
      };
      const store = await open('mine');
      const entries = [await compute(store, 'a', text), await compute(store, 'b', 'more')];
      expect(await store.exchanged()).toMatchObject({ sent: { entries: 2 }, unsent: 0, warnings: [] });
      const hers = await open('hers', { mode: 'read' });
      expect(await hers.check(entries.map(({ key }) => key))).toMatchObject({ entries: 2, objects: 2 });
    });
  });

  it('a server that is full after some objects has no entry that names those that it lacks', async () => {
    await withServer(async (server, open) => {
      let put = 0;
      server.fault = ({ method }) => (method === 'PUT' && ++put > 3 ? { status: 507 } : undefined);
      const store = await open('mine');
      for (const name of ['a', 'b', 'c', 'd']) await compute(store, name, `output of ${name}`);
      expect((await store.exchanged())?.unsent).toBeGreaterThan(1);
      for (const [path, bytes] of server.files) {
        if (!path.startsWith('/ac/')) continue;
        const entry = soundEntry(bytes.toString(), path.slice(4))!;
        for (const { leaf } of leavesOf(entry.outputs['value']!)) {
          expect(server.files.has(`/cas/${leaf.digest}`)).toBe(true);
        }
      }
    });
  });
});

/** Entries as somebody could write them who means harm, with a checksum that is right. */
const hostileTree = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.record({
      type: fc.constant('file'),
      leaf: fc.record({
        digest: fc.constantFrom(
          hexDigest(text),
          hexDigest('else'),
          '../../etc/passwd',
          hexDigest(text).toUpperCase(),
          '',
        ),
        bytes: fc.constantFrom(text.length, 0, -1, 1.5, 2 ** 60, null, '4'),
      }),
    }),
    fc.record({ type: fc.constant('list'), elements: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ type: fc.constant('bundle'), ports: tie('ports') }),
    fc.constantFrom(null, [], 'file', { type: 'file' }, { type: 'link', to: '/' }),
  ),
  ports: fc.dictionary(
    fc.constantFrom(
      'value',
      'a/b',
      '..',
      '../../x',
      '/etc/x',
      '',
      '__proto__',
      'a\nb',
      'constructor',
      '.hidden',
    ),
    tie('tree'),
    { maxKeys: 2 },
  ),
}));

describe('entries that somebody has changed', () => {
  const whole = { ...recordOf('a'), outputs: { value: { type: 'file', leaf } } };

  it('are taken only where they say what kshot could have written, with no name that leads out of a folder', () => {
    fc.assert(
      fc.property(hostileTree.ports, fc.constantFrom('outputs', 'inputs'), (ports, field) => {
        const entry = soundEntry(checkedJson({ ...whole, [field]: ports }), keyOf('a'));
        if (entry === undefined) return;
        for (const [port, tree] of [...Object.entries(entry.outputs), ...Object.entries(entry.inputs)]) {
          for (const { path, leaf: object } of leavesOf(tree, port)) {
            expect(path).toMatch(/^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*$/);
            expect(object.digest).toMatch(/^[0-9a-f]{64}$/);
            expect(Number.isSafeInteger(object.bytes) && object.bytes >= 0).toBe(true);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['another key', { key: keyOf('b') }],
    ['the pre-image of another key', { preimage: recordOf('b').preimage }],
    ['inputs that the key was not made of', { inputs: { data: { type: 'file', leaf } } }],
    ['another format', { format: 2 }],
    ['no facts', { facts: {} }],
    ['a host that moves the cursor', { facts: { ...whole.facts, host: 'a\u001b[2J' } }],
    ['seconds that are none', { facts: { ...whole.facts, seconds: -1 } }],
    ['a figure that is none', { facts: { ...whole.facts, values: { loss: '1' } } }],
    ['a size below nothing', { outputs: { value: { type: 'file', leaf: { ...leaf, bytes: -1 } } } }],
  ])('are not taken with %s', (_what, change) => {
    expect(soundEntry(checkedJson(whole), keyOf('a'))).toBeDefined();
    expect(soundEntry(checkedJson({ ...whole, ...change }), keyOf('a'))).toBeUndefined();
  });

  it('are not taken without their checksum, nested without end, or with anything else in them', () => {
    expect(soundEntry(JSON.stringify(whole), keyOf('a'))).toBeUndefined();
    const deep = `${'{"type":"list","elements":['.repeat(50_000)}${']}'.repeat(50_000)}`;
    const nested = checkedJson(whole).replace(/"inputs":\{\}/, `"inputs":{"x":${deep}}`);
    expect(soundEntry(nested, keyOf('a'))).toBeUndefined();
    const more = { ...whole, more: 1, facts: { ...whole.facts, more: 1 } };
    expect(soundEntry(checkedJson(more), keyOf('a'))).toEqual(whole);
  });

  it('or objects with any bytes changed, cut off or added, a thousand of them, are never taken for what they were', async () => {
    await withResult(async (server, open) => {
      const original = Buffer.from(text);
      const index = fc.nat(original.length - 1);
      const changed = fc.oneof(
        fc.tuple(index, fc.integer({ min: 1, max: 255 })).map(([at, mask]) => {
          const copy = Buffer.from(original);
          copy[at] = (copy[at] ?? 0) ^ mask;
          return copy;
        }),
        index.map((length) => original.subarray(0, length)),
        fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Buffer.concat([original, more])),
        fc.tuple(index, index).map(([one, two]) => {
          const copy = Buffer.from(original);
          [copy[one], copy[two]] = [original[two] ?? 0, original[one] ?? 0];
          return copy;
        }),
      );
      let turn = 0;
      await fc.assert(
        fc.asyncProperty(changed, async (bytes) => {
          server.files.set(objectPath, bytes);
          const store = await open(`object ${turn++}`);
          expect(await store.find(keyOf('a'))).toBeDefined();
          const isSame = bytes.equals(original);
          expect(await store.verify(leaf)).toBe(isSame);
          expect(existsSync(store.objectPath(leaf.digest))).toBe(isSame);
        }),
        { numRuns: 1000 },
      );
      expect(turn).toBe(1000);
    });
  });

  it('bring no bytes into a cache but those that their names say, whatever the server holds', async () => {
    await withResult(async (server, open, entry) => {
      const original = server.files.get(entryPath)!;
      let turn = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.record({ at: fc.nat(original.length - 1), byte: fc.nat(255) }).map(({ at, byte }) => {
              const copy = Buffer.from(original);
              copy[at] = byte;
              return copy;
            }),
            hostileTree.ports.map((outputs) => Buffer.from(checkedJson({ ...whole, outputs }))),
          ),
          fc.uint8Array({ maxLength: 40 }),
          async (changed, bytes) => {
            server.files.set(entryPath, changed);
            server.files.set(`/cas/${hexDigest('else')}`, Buffer.from(bytes));
            const store = await open(`mutated ${turn++}`);
            const found = await store.find(entry.key);
            if (found === undefined) return;
            const leaves = Object.values(found.outputs).flatMap((tree) => [...leavesOf(tree)]);
            for (const { leaf: object } of leaves) {
              if (!(await store.verify(object))) continue;
              expect(await hashFile(store.objectPath(object.digest))).toEqual(object);
            }
            expect((await store.here.verifyAll()).badObjects).toEqual([]);
          },
        ),
        { numRuns: 150 },
      );
    });
  });
});

describe('credentials', () => {
  it('are sent, and stand in nothing that is said', async () => {
    await withResult(async (server, open, entry) => {
      const secret = 'Bearer hush-hush-0123';
      server.fault = ({ headers }) => (headers.authorization === secret ? undefined : { status: 401 });
      const store = await open('hers', { variables: { KSHOT_REMOTE_AUTHORIZATION: ` ${secret}\n` } });
      expect(await store.find(entry.key)).toEqual(entry);
      server.fault = () => ({ status: 403 });
      await store.find(keyOf('b'));
      const said = JSON.stringify(await store.exchanged());
      expect(said).toContain('refuses access');
      expect(said).not.toContain('hush');
    });
  });

  it('that no header can carry are refused without being shown', async () => {
    await withServer(async (_server, open) => {
      const opening = open('hers', { variables: { KSHOT_REMOTE_AUTHORIZATION: 'Bearer a\r\nX: hush' } });
      await expect(opening).rejects.toThrow(/KSHOT_REMOTE_AUTHORIZATION holds characters/);
      await expect(opening).rejects.not.toThrow(/hush/);
    });
  });
});
