import type { BatchJob, BatchSystem } from './batch-system.js';

type Listed = ReadonlyMap<string, BatchJob> | undefined;

/** Asks a batch system once for the jobs of all pools: a queue that many users ask has better things to do. */
export class Queue {
  readonly system: BatchSystem;
  private readonly lastsMilliseconds: number;
  private readonly names = new Set<string>();
  private answer: { readonly at: number; readonly listed: Promise<Listed> } | undefined;

  /** @param lastsMilliseconds how long an answer serves for all */
  constructor(system: BatchSystem, lastsMilliseconds: number) {
    this.system = system;
    this.lastsMilliseconds = lastsMilliseconds;
  }

  /** From now on asks for these jobs too. */
  watch(name: string): void {
    if (this.names.has(name)) return;
    this.names.add(name);
    this.answer = undefined;
  }

  /** The jobs of this name, as of a moment ago; undefined where the queue does not answer. */
  async ask(name: string): Promise<Listed> {
    const isOld = this.answer === undefined || performance.now() - this.answer.at > this.lastsMilliseconds;
    if (isOld) this.answer = { at: performance.now(), listed: this.system.ask([...this.names]) };
    const listed = await this.answer?.listed;
    if (listed === undefined) return undefined;
    return new Map([...listed].filter(([, job]) => job.name === name));
  }
}
