import type { GruShape } from '../../../model/gru/gru-shape.js';

/** One storage buffer of a program. */
export interface Binding {
  /** Its name in the source. */
  readonly name: string;
  readonly access: 'read' | 'read_write';
  /** What it is an array of. */
  readonly of: 'u32' | 'f32' | 'vec4f';
}

/** A compute program: WGSL with an entry point `main`. */
export interface Program {
  readonly name: string;
  readonly bindings: readonly Binding[];
  readonly source: string;
}

/** Sizes of the model in blocks of four, and where the tensors stand in a weight vector. */
export interface PackedShape {
  readonly items: number;
  readonly itemBlocks: number;
  readonly embedding: number;
  readonly embeddingBlocks: number;
  readonly hidden: number;
  readonly hiddenBlocks: number;
  /** Hidden units, rounded up to whole blocks. */
  readonly units: number;
  /** Three times `units`: a row of gates. */
  readonly gates: number;
  /** Where in a vector, in blocks of four, the input weights begin; the recurrent weights begin at 0. */
  readonly inputWeights: number;
  readonly outputWeights: number;
  readonly inputBias: number;
  readonly hiddenBias: number;
  readonly outputBias: number;
  /** Blocks of a vector without its embedding rows. */
  readonly dense: number;
}

/**
 * A matrix `[rows, columns]` stands as `[columns / 4][rows]` blocks of four columns: then threads that take
 * consecutive rows read consecutive blocks in the product with a vector, and so do threads that share the sum over
 * rows in the transposed product. What pads a row to whole blocks is zero and stays zero through every pass.
 */
export function packShape({ items, embedding, hidden }: GruShape): PackedShape {
  const [itemBlocks, embeddingBlocks, hiddenBlocks] = [items, embedding, hidden].map((n) =>
    Math.ceil(n / 4),
  ) as [number, number, number];
  const units = 4 * hiddenBlocks;
  const gates = 3 * units;
  const inputWeights = hiddenBlocks * gates;
  const outputWeights = inputWeights + embeddingBlocks * gates;
  const inputBias = outputWeights + hiddenBlocks * items;
  const hiddenBias = inputBias + gates / 4;
  const outputBias = hiddenBias + gates / 4;
  return {
    items,
    itemBlocks,
    embedding,
    embeddingBlocks,
    hidden,
    hiddenBlocks,
    units,
    gates,
    inputWeights,
    outputWeights,
    inputBias,
    hiddenBias,
    outputBias,
    dense: outputBias + itemBlocks,
  };
}

const shapeFields = [
  'items',
  'itemBlocks',
  'embedding',
  'embeddingBlocks',
  'hidden',
  'hiddenBlocks',
  'units',
  'gates',
  'inputWeights',
  'outputWeights',
  'inputBias',
  'hiddenBias',
  'outputBias',
  'dense',
] as const satisfies readonly (keyof PackedShape)[];

/** What a call says beside its buffers. Offsets into `plan` are in words; absent numbers are 0. */
const callFields = [
  'vectors',
  'slots',
  // Of the operands that may be one vector for all: blocks from one vector to the next (0 where they are one), where
  // the embedding rows begin, and whether these are rows of items rather than of slots.
  'weightStride',
  'weightRows',
  'weightShared',
  'otherStride',
  'otherRows',
  'otherShared',
  // Of the plan.
  'slotItems',
  'usedSlots',
  'slotBlocks',
  'rowVectors',
  'rowSlots',
  'rowParents',
  'rowFirstChild',
  'rowChildren',
  'rowPairs',
  'rowBlocks',
  'slotRowOffsets',
  'slotRows',
  'vectorRows',
  'vectorPairs',
  'pairRows',
  'pairLabels',
  'pairWeights',
  'pairBlocks',
  'groups',
  'steps',
  // Of an evaluation: where in `cells` (blocks) and in `numbers` the parts begin.
  'inputsAt',
  'endsAt',
  'lossesAt',
  'inputSumsAt',
  'recurrentAt',
] as const;

const floatFields = ['rate'] as const;

export type CallField = (typeof callFields)[number] | (typeof floatFields)[number];
export type Call = { readonly shape: PackedShape } & { readonly [field in CallField]?: number };

/** Room of a call in the buffer of calls: an offset has to be a multiple of 256. */
export const callBytes = 256;

const callStruct = [
  'struct Call {',
  ...[...shapeFields, ...callFields].map((name) => `  ${name}: u32,`),
  ...floatFields.map((name) => `  ${name}: f32,`),
  '}',
].join('\n');

/** Writes `call` as the programs' `struct Call`. */
export function writeCall(target: ArrayBuffer, offset: number, call: Call): void {
  const words = new Uint32Array(target, offset, callBytes / 4);
  let at = 0;
  for (const field of shapeFields) words[at++] = call.shape[field];
  for (const field of callFields) words[at++] = call[field] ?? 0;
  const floats = new Float32Array(target, offset, callBytes / 4);
  for (const field of floatFields) floats[at++] = call[field] ?? 0;
}

/** What a workgroup shares at most: a block for each thread and lane, and a number for each of them and a little more. */
export const workgroupBytes = 4 * 256 * (16 + 4) + 1024;

/** How programs are written out: the sizes as they stand in the source, and how many rows a workgroup takes at once. */
export interface Dialect {
  /** Each size of the shape as WGSL: a literal, which the compiler unrolls loops by, or a field of the call. */
  readonly size: { readonly [field in keyof PackedShape]: string };
  /** Rows that a workgroup computes side by side, so that it reads its weights once for all of them. */
  readonly lanes: number;
  /** Threads of a workgroup. */
  readonly threads: number;
}

/**
 * With `shape` the programs are compiled for it alone, which makes them faster and takes a compilation for each shape;
 * without it they read the sizes when they run.
 */
export function dialect(shape: PackedShape | undefined, lanes: number): Dialect {
  const size = Object.fromEntries(
    shapeFields.map((field) => [field, shape === undefined ? `call.${field}` : `${shape[field]}u`]),
  ) as { [field in keyof PackedShape]: string };
  // Every device has 256 threads to a workgroup; what needs no compilation of its own needs no more than these either.
  return { size, lanes, threads: shape === undefined ? 64 : 256 };
}

/** A program from its body, which may use `call`, its bindings, `group`, `thread` and what `functions` declare. */
export function program(
  { threads }: Dialect,
  name: string,
  bindings: readonly Binding[],
  { functions = '', body }: { readonly functions?: string; readonly body: string },
): Program {
  const declared = bindings.map(
    ({ name: binding, access, of }, index) =>
      `@group(0) @binding(${index + 1}) var<storage, ${access}> ${binding}: array<${of}>;`,
  );
  const source = `${callStruct}
@group(0) @binding(0) var<uniform> call: Call;
${declared.join('\n')}
const none = 0xffffffffu;
${functions}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
${body}
}
`;
  return { name, bindings, source };
}

/** The text that `write` gives for each lane: loops over lanes are written out, so that what they index are registers. */
export function forLanes({ lanes }: Dialect, write: (lane: number) => string): string {
  return Array.from({ length: lanes }, (_, lane) => write(lane)).join('\n');
}

export const read = (name: string, of: Binding['of']): Binding => ({ name, access: 'read', of });
export const readWrite = (name: string, of: Binding['of']): Binding => ({ name, access: 'read_write', of });
