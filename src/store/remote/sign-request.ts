import { createHmac } from 'node:crypto';
import { type Digest, sha256 } from '../../base/canonical.js';

/** Of AWS, or of another maker's server that checks them in the same way. */
export interface BucketCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Where they are lent for a time. */
  readonly sessionToken?: string;
  readonly region: string;
}

/**
 * The headers of a request to S3 with its signature (AWS Signature Version 4, in a header, of a payload whose digest is
 * known). All of the given headers are signed, with the host's name, which whoever sends them adds.
 */
export function signedHeaders(
  request: {
    readonly method: string;
    readonly host: string;
    readonly pathname: string;
    readonly headers: { readonly [name: string]: string };
  },
  payload: Digest,
  { accessKeyId, secretAccessKey, sessionToken, region }: BucketCredentials,
  now: Date,
): { readonly [name: string]: string } {
  const { method, host, pathname, headers } = request;
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const sent: { readonly [name: string]: string } = {
    ...headers,
    'x-amz-content-sha256': payload,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const signed = Object.entries({ ...sent, host }).sort(([one], [other]) => (one < other ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value.trim()}\n`).join('');
  // No request here has a query.
  const canonical = [method, strictlyEncoded(pathname), '', lines, names, payload].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (above, part) => hmac(above, part),
    `AWS4${secretAccessKey}`,
  );
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...sent, authorization };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** A URL leaves some characters as they are that a signature has encoded. */
function strictlyEncoded(path: string): string {
  const encoded = (name: string) =>
    encodeURIComponent(decodeURIComponent(name)).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return path.split('/').map(encoded).join('/');
}
