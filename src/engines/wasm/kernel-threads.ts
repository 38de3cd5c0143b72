import { KernelMemory } from './kernel-memory.js';
import { controlBytes, type Kernel, type KernelForm, openKernel } from './open-kernel.mjs';
import type { PaddedShape } from './padded-shape.js';
import { ThreadPool } from './thread-pool.js';
import { type Group, type Sums, WorkLayout } from './work-layout.js';

/** The first page is the kernel's own data; then every thread, and the host, has a control area. */
const controlStart = 65_536;

/** Floats that one thread adds up at a time. */
const sliceFloats = 16_384;

/** The kernel on `threads` threads, and the memory that they share. */
export class KernelThreads {
  readonly #layout: WorkLayout;
  readonly #kernel: Kernel;
  readonly #pool: ThreadPool;
  readonly #threads: number;

  constructor(form: KernelForm, shape: PaddedShape, threads: number) {
    this.#threads = Math.max(1, Math.floor(threads));
    const sizes = [shape.shape.items, shape.width, shape.embedding, shape.hidden];
    const controls = Array.from({ length: this.#threads + 1 }, (_, i) => controlStart + i * controlBytes);
    const own = new KernelMemory(controlStart + controls.length * controlBytes);
    this.#layout = new WorkLayout(shape, own);
    const { memory } = own;
    this.#kernel = openKernel(form, memory, controls.pop() ?? controlStart, sizes);
    this.#pool = new ThreadPool({ form, memory, shape: sizes }, controls);
  }

  /**
   * Gives back all that the last call laid out; where the next one's work goes. Waits for the threads to be ready:
   * laying work out may have the memory grow.
   */
  async clear(): Promise<WorkLayout> {
    await this.#pool.ready;
    this.#layout.memory.clear();
    return this.#layout;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** Has the threads do all groups, the longest first. */
  async workOff(groups: readonly Group[]): Promise<void> {
    const { memory } = this.#layout;
    const length = (group: Group): number => group.reduce((sum, { work }) => sum + work, 0);
    const inOrder = groups.toSorted((one, other) => length(other) - length(one));
    const addresses = inOrder.map((group) => memory.put([group.length, ...group.map(({ plan }) => plan)]));
    const queue = memory.put([0, groups.length, ...addresses]);
    const arena = groups.reduce(
      (most, group) => group.reduce((max, { plan }) => Math.max(max, this.#kernel.arenaBytes(plan)), most),
      0,
    );
    const fitting = Math.floor(memory.bytesLeft / Math.max(1, arena));
    const threads = Math.max(1, Math.min(this.#threads, groups.length, fitting));
    const orders = Array.from({ length: threads }, () => ({
      call: 'workOff' as const,
      queue,
      arena: memory.take(arena),
    }));
    await this.#pool.run(orders, memory.bytesTaken);
  }

  /** Adds the groups' sums up in their order, in float64. */
  async addUp(sums: Sums): Promise<void> {
    const { memory } = this.#layout;
    const { denseFloats } = this.#layout.shape;
    const slices = Math.ceil(denseFloats / sliceFloats);
    const queue = memory.put([
      0,
      slices,
      sliceFloats,
      denseFloats,
      sums.count,
      sums.first,
      sums.stride,
      sums.total,
    ]);
    const threads = Math.min(this.#threads, slices);
    await this.#pool.run(
      Array.from({ length: threads }, () => ({ call: 'addUp' as const, queue, arena: 0 })),
      memory.bytesTaken,
    );
  }
}
