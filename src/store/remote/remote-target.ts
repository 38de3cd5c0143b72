import { type Digest, sha256 } from '../../base/canonical.js';
import { FailureError } from '../../base/failure.js';
import { bucketOf } from './remote-address.js';
import { type BucketCredentials, signedHeaders } from './sign-request.js';

/** A request to a remote cache, before it is signed. */
export interface UnsignedRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  /** Of its address: with the slash at its beginning. */
  readonly pathname: string;
  readonly headers: { readonly [name: string]: string };
  /** Of what is sent. */
  readonly payload?: Digest;
}

/** Where requests go, and what they carry to say who asks. */
export interface RemoteTarget {
  /** What paths stand below; no slash is at its end. */
  readonly base: URL;
  /** The headers of a request with those that say who asks; they are neither recorded nor printed. */
  signed(request: UnsignedRequest): { readonly [name: string]: string };
}

type Variables = { readonly [name: string]: string | undefined };

/** The variable whose value is sent as the header `Authorization`. */
export const authorizationVariable = 'KSHOT_REMOTE_AUTHORIZATION';

/**
 * What asks the remote cache at an address, with the credentials of the environment.
 *
 * @throws FailureError `invalid-value` where these cannot be sent
 */
export function openRemoteTarget(url: string, variables: Variables): RemoteTarget {
  return url.startsWith('s3:') ? openBucket(url, variables) : openServer(url, variables);
}

function openServer(url: string, variables: Variables): RemoteTarget {
  const authorization = variables[authorizationVariable]?.trim() ?? '';
  if (/[^\x20-\x7e]/.test(authorization)) {
    throw new FailureError({
      reason: 'invalid-value',
      message: `${authorizationVariable} holds characters that a header cannot carry`,
      hint: 'it is one line, such as "Bearer TOKEN", or "Basic " and the base64 of NAME:PASSWORD',
    });
  }
  const own = authorization === '' ? {} : { authorization };
  return {
    base: new URL(url),
    signed: ({ headers }) => ({ ...headers, ...own }),
  };
}

/** By AWS' own variables, as its tools and those of others read them. */
function openBucket(url: string, variables: Variables): RemoteTarget {
  const place = bucketOf(url);
  if (place === undefined) throw new FailureError({ reason: 'bug', message: `${url} is no bucket` });
  const named = (...names: readonly string[]) =>
    names.map((name) => variables[name]?.trim() ?? '').find((value) => value !== '');
  const region = named('AWS_REGION', 'AWS_DEFAULT_REGION') ?? 'us-east-1';
  const endpoint = named('AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL');
  const folder = baseOf(place.bucket, region, endpoint);
  const base = new URL(place.prefix === '' ? folder : `${folder}/${place.prefix}`);
  const [accessKeyId, secretAccessKey] = [named('AWS_ACCESS_KEY_ID'), named('AWS_SECRET_ACCESS_KEY')];
  // Of a bucket that everybody may read, nobody has to say who asks.
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    return { base, signed: ({ headers }) => headers };
  }
  const sessionToken = named('AWS_SESSION_TOKEN');
  const credentials: BucketCredentials = {
    accessKeyId,
    secretAccessKey,
    region,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  return {
    base,
    // With the digest of what is sent the server itself refuses what has changed on the way.
    signed: ({ payload = emptyDigest, ...request }) =>
      signedHeaders({ ...request, host: base.host }, payload, credentials, new Date()),
  };
}

const emptyDigest = sha256('');

/** Other makers' servers have the bucket in the path; so have names with dots, which no certificate covers. */
function baseOf(bucket: string, region: string, endpoint: string | undefined): string {
  if (endpoint !== undefined) {
    if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
      throw new FailureError({
        reason: 'invalid-value',
        message: `AWS_ENDPOINT_URL is no address: ${endpoint}`,
        hint: 'such as https://minio.example.org:9000',
      });
    }
    return `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  }
  return bucket.includes('.')
    ? `https://s3.${region}.amazonaws.com/${bucket}`
    : `https://${bucket}.s3.${region}.amazonaws.com`;
}
