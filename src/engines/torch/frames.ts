import type { Json, JsonObject } from '../../base/json.js';

/** What goes over the pipes, both ways; python/kshot_torch.py says how. */
export interface Frame {
  readonly header: JsonObject;
  readonly arrays: Arrays;
}

/** Flat arrays by name. The other side knows what shape it needs, but where it is said. */
export type Arrays = { readonly [name: string]: FlatArray | ShapedArray };

type FlatArray = Float32Array | Float64Array | Int32Array;

interface ShapedArray {
  readonly values: FlatArray;
  readonly shape: readonly number[];
}

const startBytes = 16;
const alignment = 8;
/** PyTorch's names of types. */
const arrayTypes = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;
type ArrayType = keyof typeof arrayTypes;

/** A frame in pieces that are to be written one after the other; they are views of its arrays. */
export function encodeFrame({ header, arrays }: Frame): readonly Uint8Array[] {
  const list: Json[] = [];
  const pieces: Uint8Array[] = [];
  let payloadBytes = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const { values, shape } = 'shape' in array ? array : { values: array, shape: [array.length] };
    list.push([name, typeOf(values), shape]);
    pieces.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const gap = -values.byteLength & (alignment - 1);
    if (gap > 0) pieces.push(new Uint8Array(gap));
    payloadBytes += values.byteLength + gap;
  }
  const text = Buffer.from(JSON.stringify({ ...header, arrays: list }));
  const start = Buffer.alloc(startBytes);
  start.writeBigUInt64LE(BigInt(text.length), 0);
  start.writeBigUInt64LE(BigInt(payloadBytes), 8);
  return [start, text, ...pieces];
}

/** Puts frames together from what comes out of a pipe, however that is cut. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #wanted = startBytes;

  /** The frames that are whole with this chunk. */
  push(chunk: Uint8Array): readonly Frame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Frame[] = [];
    while (this.#bytes >= this.#wanted) {
      const whole = Buffer.concat(this.#chunks);
      const headerBytes = Number(whole.readBigUInt64LE(0));
      const end = startBytes + headerBytes + Number(whole.readBigUInt64LE(8));
      this.#chunks = [whole];
      this.#wanted = end;
      if (whole.length < end) break;
      frames.push(decodeFrame(whole.subarray(0, end), headerBytes));
      this.#chunks = [whole.subarray(end)];
      this.#bytes -= end;
      this.#wanted = startBytes;
    }
    return frames;
  }
}

function decodeFrame(whole: Buffer, headerBytes: number): Frame {
  const text = whole.subarray(startBytes, startBytes + headerBytes).toString();
  const { arrays: list = [], ...header } = JSON.parse(text) as JsonObject;
  const arrays: { [name: string]: FlatArray } = {};
  let at = startBytes + headerBytes;
  for (const [name, type, shape] of list as [string, ArrayType, number[]][]) {
    const TypedArray = arrayTypes[type];
    const length = shape.reduce((product, extent) => product * extent, 1);
    const bytes = length * TypedArray.BYTES_PER_ELEMENT;
    // A copy: a typed array must begin at a multiple of its width.
    const copy = new Uint8Array(whole.subarray(at, at + bytes));
    arrays[name] = new TypedArray(copy.buffer, 0, length);
    at += Math.ceil(bytes / alignment) * alignment;
  }
  return { header, arrays };
}

function typeOf(values: FlatArray): ArrayType {
  if (values instanceof Float32Array) return 'float32';
  return values instanceof Float64Array ? 'float64' : 'int32';
}
