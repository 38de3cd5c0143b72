import { failed, type Result, success } from '../../base/result.js';

/** Whether a project only takes from a remote cache, or also gives to it what it computes. */
export type RemoteMode = 'read' | 'read_write';

/** Where the remote cache of a project is, as kshot.yaml says it. */
export interface RemoteCache {
  /** `https://…`, `http://…` or `s3://bucket/prefix`; it holds no secret. */
  readonly url: string;
  readonly mode: RemoteMode;
}

/** The bucket of `s3://bucket/prefix`, and the prefix without slashes at its ends. */
export interface BucketPlace {
  readonly bucket: string;
  readonly prefix: string;
}

/** The address of a remote cache without slashes at its end; else what is wrong with it, and what to write instead. */
export function checkRemoteUrl(
  text: string,
): Result<string, { readonly message: string; readonly hint: string }> {
  if (text.startsWith('s3:')) {
    return bucketOf(text) === undefined
      ? failed({ message: `${text} is no bucket`, hint: 'such as s3://my-bucket/kshot' })
      : success(text.replace(/\/+$/, ''));
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    const message = 'the address of a remote cache begins with http://, https:// or s3://';
    return failed({ message, hint: 'such as https://cache.example.org/kshot, or s3://my-bucket/kshot' });
  }
  // kshot.yaml is committed and shown, and so is what stands in it.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return failed({
      message: 'the address of a remote cache holds no name, password, query or fragment',
      hint: 'credentials are read from KSHOT_REMOTE_AUTHORIZATION, such as "Bearer …"',
    });
  }
  return success(url.href.replace(/\/+$/, ''));
}

/** Undefined for what is no `s3://bucket/prefix`. */
export function bucketOf(url: string): BucketPlace | undefined {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w.=-]+)*)\/*$/.exec(url);
  if (found === null) return undefined;
  const [, bucket = '', path = ''] = found;
  const names = path.split('/').filter((name) => name !== '');
  return names.some((name) => name === '.' || name === '..')
    ? undefined
    : { bucket, prefix: names.join('/') };
}
