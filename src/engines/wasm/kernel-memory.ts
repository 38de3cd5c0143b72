import { totalmem } from 'node:os';
import { FailureError } from '../../base/failure.js';

const pageBytes = 65_536;
/** Most pages that 32-bit addresses reach. */
const maximumPages = 65_536;
/** Nor more than the machine has, or a container grants (0 where there is none). */
const limitBytes = Math.min(
  maximumPages * pageBytes,
  totalmem(),
  process.constrainedMemory() || Number.POSITIVE_INFINITY,
);

/**
 * Regions of the threads' shared memory, taken one after the other and given back all at once. Memory grows as needed
 * and is kept for the next call, so that calls of a size do not make it grow further.
 */
export class KernelMemory {
  readonly memory: WebAssembly.Memory;
  #end: number;
  #words: Int32Array;
  #floats: Float32Array;
  #doubles: Float64Array;

  /** The first `reservedBytes` are never given out. */
  constructor(readonly reservedBytes: number) {
    this.#end = reservedBytes;
    const initial = Math.ceil(reservedBytes / pageBytes);
    this.memory = new WebAssembly.Memory({ initial, maximum: maximumPages, shared: true });
    this.#words = new Int32Array(this.memory.buffer);
    this.#floats = new Float32Array(this.memory.buffer);
    this.#doubles = new Float64Array(this.memory.buffer);
  }

  /** Gives every region back. */
  clear(): void {
    this.#end = this.reservedBytes;
  }

  /** Every region ends before this address. */
  get bytesTaken(): number {
    return this.#end;
  }

  /** How many bytes can still be taken. */
  get bytesLeft(): number {
    return limitBytes - this.#end;
  }

  /** Address of `bytes` bytes, on a multiple of 64; what stands there is left as it is. */
  take(bytes: number): number {
    const address = this.#end;
    const end = address + Math.ceil(bytes / 64) * 64;
    if (bytes > this.bytesLeft) {
      throw new FailureError({
        reason: 'engine-unavailable',
        message: `the wasm engine needs more memory than it can have: ${gigabytes(end)} of ${gigabytes(limitBytes)} GB`,
        hint: 'use a smaller model, shorter prefixes, fewer inner steps, or first-order gradients (second_order: false)',
      });
    }
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      // A fifth more than asked for, so that slowly growing calls do not grow the memory each time.
      const pages = Math.ceil((missing + end / 5) / pageBytes);
      const limit = maximumPages - this.memory.buffer.byteLength / pageBytes;
      this.memory.grow(Math.min(pages, limit));
      this.#words = new Int32Array(this.memory.buffer);
      this.#floats = new Float32Array(this.memory.buffer);
      this.#doubles = new Float64Array(this.memory.buffer);
    }
    this.#end = end;
    return address;
  }

  /** Address of a copy of `values`. */
  put(values: ArrayLike<number>): number {
    const address = this.take(values.length * 4);
    this.#words.set(values, address / 4);
    return address;
  }

  putFloats(values: ArrayLike<number>): number {
    const address = this.take(values.length * 4);
    this.#floats.set(values, address / 4);
    return address;
  }

  /** Views hold until the next region is taken. */
  words(address: number, length: number): Int32Array {
    return this.#words.subarray(address / 4, address / 4 + length);
  }

  floats(address: number, length: number): Float32Array {
    return this.#floats.subarray(address / 4, address / 4 + length);
  }

  doubles(address: number, length: number): Float64Array {
    return this.#doubles.subarray(address / 8, address / 8 + length);
  }
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
