/** Values in the order in which they come, kept until they are read: once, by one reader. */
export class EventStream<Value> implements AsyncIterableIterator<Value> {
  private waiting: Value[] = [];
  /** How many of these have been read: taking each out of a list of thousands would move the others. */
  private taken = 0;
  private readonly readers: (() => void)[] = [];
  private end: { readonly error?: unknown } | undefined;

  push(value: Value): void {
    this.waiting.push(value);
    this.readers.shift()?.();
  }

  /** Nothing comes any more; with an error, reading fails with it once all before it was read. */
  close(end: { readonly error?: unknown } = {}): void {
    this.end = end;
    for (const wake of this.readers.splice(0)) wake();
  }

  async next(): Promise<IteratorResult<Value, undefined>> {
    while (this.taken === this.waiting.length && this.end === undefined) {
      await new Promise<void>((resolve) => this.readers.push(resolve));
    }
    if (this.taken < this.waiting.length) {
      const value = this.waiting[this.taken++] as Value;
      if (this.taken === this.waiting.length) {
        this.waiting = [];
        this.taken = 0;
      }
      return { done: false, value };
    }
    if (this.end !== undefined && 'error' in this.end) throw this.end.error;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
