/** What keeps a remote cache from answering as it should. */
export class RemoteTrouble extends Error {
  readonly type: 'network' | 'timeout' | 'status' | 'cut';
  readonly status: number | undefined;
  /** What it asks to be given before it is asked again. */
  readonly retryAfterMilliseconds: number | undefined;

  constructor(
    type: RemoteTrouble['type'],
    message: string,
    more: { readonly status?: number; readonly retryAfterMilliseconds?: number | undefined } = {},
  ) {
    super(message);
    this.name = 'RemoteTrouble';
    this.type = type;
    this.status = more.status;
    this.retryAfterMilliseconds = more.retryAfterMilliseconds;
  }
}
