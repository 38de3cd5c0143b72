import type { GruShape } from '../../../model/gru/gru-shape.js';
import { parameterCount, parameterLayout } from '../../../model/gru/parameter-layout.js';
import { type InnerRates, isLayerRates, ratesOfStep } from '../../../model/layer-rates.js';
import type { Parameters } from '../../engine.js';
import type { ItemSlots } from '../../item-slots.js';
import type { PackedForests } from '../packed-forests.js';
import type { Footprint, Passes, Rates, Values } from '../passes.js';

/** How much a device can hold. */
export interface DeviceLimits {
  /** Bytes that the engine may take in all; more tasks than fit are computed one part after the other. */
  readonly memoryBytes: number;
  /** Bytes of the largest single buffer. */
  readonly bufferBytes: number;
}

/** A backend that has been set up, and how to compute on it. */
export interface TfjsBackend {
  /** What the engine is called after `tfjs:`, e.g. `cpu`. */
  readonly name: string;
  /** Device and driver, for a GPU. */
  readonly device?: string;
  readonly limits: DeviceLimits;
  createPasses(shape: GruShape): Passes;
}

/** What was enqueued to be read, by name; what is undefined is not read. */
type Enqueued = { readonly [name: string]: Values | undefined };
type Read<Names extends Enqueued> = {
  readonly [Name in keyof Names]: Names[Name] extends Values ? Float32Array : Float32Array | undefined;
};

/** A model's passes on a backend, and the rules of working there. */
export class Device {
  readonly shape: GruShape;
  readonly #backend: TfjsBackend;
  readonly #passes: Passes;

  constructor(backend: TfjsBackend, shape: GruShape) {
    this.shape = shape;
    this.#backend = backend;
    this.#passes = backend.createPasses(shape);
  }

  /** Runs `enqueue`, releases all that it made, and reads what it returned in one transfer. */
  async compute<Names extends Enqueued>(enqueue: (passes: Passes) => Names): Promise<Read<Names>> {
    const enqueued = this.#passes.enqueue(() => enqueue(this.#passes));
    const names = Object.keys(enqueued).filter((name) => enqueued[name] !== undefined);
    const values = names.map((name) => enqueued[name]).filter((one) => one !== undefined);
    try {
      const arrays = await this.#passes.read(values);
      return Object.fromEntries(names.map((name, index) => [name, arrays[index]])) as Read<Names>;
    } finally {
      for (const one of values) one.release();
    }
  }

  /** The vector in the device's precision. */
  inFloat32(vector: Parameters): Float32Array {
    const count = parameterCount(this.shape);
    if (vector.length !== count) throw new Error(`expected ${count} parameters, found ${vector.length}`);
    return vector instanceof Float32Array ? vector : Float32Array.from(vector);
  }

  /** The inner rates of each step, counted from 0, for `compute` to use; each is uploaded once. */
  uploadRates(rates: InnerRates, slots: ItemSlots): (step: number) => Rates {
    if (typeof rates === 'number') return () => rates;
    const uploaded = new Map<number, Rates>();
    return (step) => {
      const row = rateRow(rates, step);
      const known = uploaded.get(row);
      if (known !== undefined) return known;
      const each = isLayerRates(rates) ? ratesOfStep(parameterLayout(this.shape), rates, row) : rates;
      const made = this.#passes.uploadVector(this.inFloat32(each), slots);
      uploaded.set(row, made);
      return made;
    };
  }

  footprint(forests: PackedForests): Footprint {
    return this.#passes.footprint(forests);
  }

  /** In how many parts to compute something of `bytes` whose largest buffer has `bufferBytes`, so that each part fits. */
  partsOf(bytes: number, bufferBytes: number): number {
    const { limits } = this.#backend;
    return Math.max(1, Math.ceil(Math.max(bytes / limits.memoryBytes, bufferBytes / limits.bufferBytes)));
  }

  close(): void {
    this.#passes.close();
  }
}

/** Which of the rates an inner step takes: all the first, unless steps have some of their own. */
export function rateRow(rates: InnerRates, step: number): number {
  return isLayerRates(rates) ? Math.min(step, rates.steps - 1) : 0;
}
