import { FailureError } from '../base/failure.js';
import { isJsonObject, type Json } from '../base/json.js';

/** One tensor of a safetensors file, row-major; its array's type is the file's F32 or F64. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

const bytesOfType = new Map([
  ['F32', 4],
  ['F64', 8],
]);

/**
 * A safetensors file: 8 bytes of header length (little-endian), a JSON header padded with spaces to a multiple of 8,
 * the values in the order given. Equal arguments give equal bytes.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: { readonly [name: string]: string } = {},
): Uint8Array {
  const entries: [string, Json][] = Object.keys(metadata).length === 0 ? [] : [['__metadata__', metadata]];
  let end = 0;
  for (const { name, shape, values } of tensors) {
    const start = end;
    end += values.byteLength;
    const dtype = values instanceof Float32Array ? 'F32' : 'F64';
    entries.push([name, { dtype, shape, data_offsets: [start, end] }]);
  }
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const file = Buffer.alloc(8 + headerBytes + end, ' ');
  file.writeBigUInt64LE(BigInt(headerBytes), 0);
  header.copy(file, 8);
  let offset = 8 + headerBytes;
  for (const { values } of tensors) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return file;
}

/**
 * The tensors of a safetensors file in the order of their values.
 *
 * @throws FailureError `bad-data`, naming `source`, where the bytes are not a whole file of F32 and F64 tensors.
 */
export function readSafetensors(bytes: Uint8Array, source: string): readonly NamedTensor[] {
  const malformed = (what: string): FailureError =>
    new FailureError({
      reason: 'bad-data',
      message: `${source} is not a model in safetensors format: ${what}`,
      hint: 'write it again, or check that it was copied whole',
    });
  if (bytes.length < 8) throw malformed(`it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > BigInt(bytes.length - 8)) throw malformed('its header is cut off');
  const data = bytes.subarray(8 + Number(headerBytes));
  let header: Json;
  try {
    header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + Number(headerBytes))).toString()) as Json;
  } catch {
    throw malformed('its header is not JSON');
  }
  if (!isJsonObject(header)) throw malformed('its header is not a JSON object');

  const placed = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => {
      const { dtype, shape, data_offsets: offsets } = isJsonObject(entry) ? entry : {};
      const width = typeof dtype === 'string' ? bytesOfType.get(dtype) : undefined;
      if (width === undefined) throw malformed(`tensor ${name} is neither F32 nor F64`);
      if (!isListOfSizes(shape)) throw malformed(`tensor ${name} has no shape`);
      if (!isListOfSizes(offsets)) throw malformed(`tensor ${name} has no data_offsets`);
      const [start = -1, end = -1] = offsets;
      const size = shape.reduce((product, extent) => product * extent, 1);
      if (end - start !== size * width) {
        throw malformed(`tensor ${name} has ${end - start} bytes where its shape wants ${size * width}`);
      }
      return { name, shape, start, end, width };
    })
    .sort((one, other) => one.start - other.start);
  let end = 0;
  for (const tensor of placed) {
    if (tensor.start !== end) throw malformed(`tensor ${tensor.name} does not begin where the last one ends`);
    end = tensor.end;
  }
  if (end !== data.length) throw malformed(`it has ${data.length} bytes of values where ${end} are named`);

  return placed.map(({ name, shape, start, end, width }) => {
    // A copy, because a typed array must begin at a multiple of its width.
    const copy = data.slice(start, end);
    const buffer = copy.buffer.slice(copy.byteOffset, copy.byteOffset + copy.byteLength) as ArrayBuffer;
    return { name, shape, values: width === 4 ? new Float32Array(buffer) : new Float64Array(buffer) };
  });
}

function isListOfSizes(value: Json | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}
