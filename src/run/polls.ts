const firstMilliseconds = 100;
const longestMilliseconds = 1_000;

/** Looks again later at nodes that wait for another process: soon at first, then about each second. */
export class Polls {
  private readonly timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly look: () => void }>();
  private readonly counts = new Map<string, number>();

  get size(): number {
    return this.timers.size;
  }

  /** Calls `look` once. */
  add(id: string, look: () => void): void {
    const count = this.counts.get(id) ?? 0;
    this.counts.set(id, count + 1);
    const delay = Math.min(longestMilliseconds, firstMilliseconds * 1.5 ** count);
    const timer = setTimeout(() => {
      this.timers.delete(id);
      look();
    }, delay);
    this.timers.set(id, { timer, look });
  }

  /** Calls every look that is due later now: something has changed. */
  lookNow(): void {
    const looks = [...this.timers.values()].map(({ look }) => look);
    this.clear();
    for (const look of looks) look();
  }

  clear(): void {
    for (const { timer } of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
