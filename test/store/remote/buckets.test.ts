import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkRemoteUrl } from '../../../src/store/remote/remote-address.js';
import { openRemoteTarget } from '../../../src/store/remote/remote-target.js';
import { signedHeaders } from '../../../src/store/remote/sign-request.js';
import type { Fault, SeenRequest } from '../../support/cache-server.js';
import { compute, hexDigest, keyOf } from '../local/rig.js';
import { withServer } from './rig.js';

const variables = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

describe('signatures of requests to S3', () => {
  const credentials = {
    accessKeyId: variables.AWS_ACCESS_KEY_ID,
    secretAccessKey: variables.AWS_SECRET_ACCESS_KEY,
    region: 'us-east-1',
  };
  const now = new Date('2013-05-24T00:00:00Z');

  // "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk", Amazon S3's reference.
  it('are those of the examples that Amazon publishes', () => {
    const get = signedHeaders(
      {
        method: 'GET',
        host: 'examplebucket.s3.amazonaws.com',
        pathname: '/test.txt',
        headers: { range: 'bytes=0-9' },
      },
      hexDigest(''),
      credentials,
      now,
    );
    expect(get['authorization']).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
    const put = signedHeaders(
      {
        method: 'PUT',
        host: 'examplebucket.s3.amazonaws.com',
        pathname: '/test$file.text',
        headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      },
      hexDigest('Welcome to Amazon S3.'),
      credentials,
      now,
    );
    expect(put['authorization']).toMatch(
      /Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd$/,
    );
  });
});

describe('the address of a bucket', () => {
  it.each([
    [{}, 's3://team-cache/kshot/', 'https://team-cache.s3.us-east-1.amazonaws.com/kshot/ac/k'],
    [
      { AWS_REGION: 'eu-central-1' },
      's3://team-cache',
      'https://team-cache.s3.eu-central-1.amazonaws.com/ac/k',
    ],
    [
      { AWS_DEFAULT_REGION: 'eu-west-1' },
      's3://team.cache/x',
      'https://s3.eu-west-1.amazonaws.com/team.cache/x/ac/k',
    ],
    [{ AWS_ENDPOINT_URL: 'http://minio:9000/' }, 's3://b-1/a/b', 'http://minio:9000/b-1/a/b/ac/k'],
    [
      { AWS_ENDPOINT_URL: 'http://minio:9000', AWS_ENDPOINT_URL_S3: 'https://x.r2.cloudflarestorage.com' },
      's3://b-1',
      'https://x.r2.cloudflarestorage.com/b-1/ac/k',
    ],
  ])('follows from the variables that AWS reads: %j, %s', (environment, url, expected) => {
    const checked = checkRemoteUrl(url);
    expect(checked.ok).toBe(true);
    const target = openRemoteTarget(checked.ok ? checked.value : '', environment);
    expect(`${target.base.href.replace(/\/$/, '')}/ac/k`).toBe(expected);
  });

  it.each([
    's3://B',
    's3://b',
    's3://bucket/../x',
    's3://bucket/a b',
    's3://user:pass@bucket/x',
    's3:bucket',
  ])('%s is none', (url) => {
    expect(checkRemoteUrl(url).ok).toBe(false);
  });

  it('of a server that is none is refused', () => {
    expect(() => openRemoteTarget('s3://bucket', { AWS_ENDPOINT_URL: 'minio:9000' })).toThrow(
      /AWS_ENDPOINT_URL/,
    );
  });
});

/** Checks a signature as S3 does, from what arrived; written apart from what signs. */
function refusalOf({ method, path, headers, body }: SeenRequest, secret: string): Fault | undefined {
  const header = headers.authorization ?? '';
  const found =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w{64})$/.exec(
      header,
    );
  if (found === null) return { status: 403 };
  const [, , day = '', region = '', names = '', signature] = found;
  const digest = createHash('sha256').update(body).digest('hex');
  if (headers['x-amz-content-sha256'] !== digest) return { status: 400 };
  if (!names.split(';').includes('host') || !names.includes('x-amz-date')) return { status: 403 };
  const canonical = `${method}\n${path}\n\n${names
    .split(';')
    .map((name) => `${name}:${headers[name]}\n`)
    .join('')}\n${names}\n${digest}`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = `AWS4-HMAC-SHA256\n${headers['x-amz-date']}\n${day}/${region}/s3/aws4_request\n${hash}`;
  let key: Buffer | string = `AWS4${secret}`;
  for (const part of [day, region, 's3', 'aws4_request', text])
    key = createHmac('sha256', key).update(part).digest();
  return key.toString('hex') === signature ? undefined : { status: 403 };
}

describe('a bucket', () => {
  it('holds what colleagues share, by requests that are signed with their payload', async () => {
    await withServer(async (server, open) => {
      server.fault = (request) => refusalOf(request, variables.AWS_SECRET_ACCESS_KEY);
      const environment = { ...variables, AWS_ENDPOINT_URL: server.url, AWS_SESSION_TOKEN: 'lent' };
      const url = 's3://team-cache/kshot';
      const mine = await open('mine', { url, variables: environment });
      const entry = await compute(mine, 'a', 'text');
      expect(await mine.exchanged()).toMatchObject({ sent: { entries: 1 }, unsent: 0, warnings: [] });
      expect([...server.files.keys()].sort()).toEqual([
        `/team-cache/kshot/ac/${entry.key}`,
        `/team-cache/kshot/cas/${hexDigest('text')}`,
      ]);
      expect(server.requests.at(-1)?.headers['x-amz-security-token']).toBe('lent');

      const hers = await open('hers', { url, variables: environment });
      expect(await hers.find(entry.key)).toEqual(entry);
      expect(await hers.bring([{ digest: hexDigest('text'), bytes: 4 }])).toBe(true);

      const wrong = { ...environment, AWS_SECRET_ACCESS_KEY: 'another-secret' };
      const theirs = await open('theirs', { url, variables: wrong });
      expect(await theirs.find(entry.key)).toBeUndefined();
      const own = await compute(theirs, 'b', 'more');
      expect(await theirs.find(own.key)).toEqual(own);
      const said = JSON.stringify(await theirs.exchanged());
      expect(said).toMatch(/refuses access \(403\)/);
      expect(said).not.toMatch(/another-secret|AKIA|lent/);
    });
  });

  it('is asked without a signature where no credentials are there', async () => {
    await withServer(async (server, open) => {
      const store = await open('mine', {
        url: 's3://team-cache',
        variables: { AWS_ENDPOINT_URL: server.url },
      });
      await store.find(keyOf('a'));
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    });
  });
});
