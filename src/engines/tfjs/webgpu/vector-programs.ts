// Elementwise work on whole vectors, and their way in and out: a vector stands as its blocks of all tensors but the
// embedding, one weight vector after the other, and then the embedding's rows, one slot after the other. Where all
// weight vectors are equal there is one, and the rows are those of all items.
import { type Binding, type Dialect, type Program, program, read, readWrite } from './program.js';

/** `expression` of `first`, `second` (which may be one for all vectors) and `third` at each place. */
export function elementwiseProgram(
  form: Dialect,
  name: string,
  operands: readonly ('first' | 'second' | 'third')[],
  expression: string,
): Program {
  const { size } = form;
  const has = (operand: (typeof operands)[number]) => operands.includes(operand);
  const load = [
    has('first') ? 'let a = first[firstAt];' : '',
    has('second') ? 'let b = second[secondAt];' : '',
    has('third') ? 'let c = third[at];' : '',
  ].join('\n  ');
  return program(
    form,
    name,
    [
      read('slotItems', 'u32'),
      ...operands.map((operand): Binding => read(operand, 'vec4f')),
      readWrite('result', 'vec4f'),
    ],
    {
      body: `
  let i = group.x * ${form.threads}u + thread;
  if (i >= ${size.dense} + call.slots * ${size.embeddingBlocks}) { return; }
  var at = group.y * ${size.dense} + i;
  var firstAt = group.y * call.weightStride + i;
  var secondAt = group.y * call.otherStride + i;
  if (i >= ${size.dense}) {
    let slot = group.y * call.slots + (i - ${size.dense}) / ${size.embeddingBlocks};
    let k = (i - ${size.dense}) % ${size.embeddingBlocks};
    at = call.vectors * ${size.dense} + slot * ${size.embeddingBlocks} + k;
    let item = slotItems[select(0u, slot, call.weightShared == 1u || call.otherShared == 1u)];
    firstAt = call.weightRows + select(slot, item, call.weightShared == 1u) * ${size.embeddingBlocks} + k;
    secondAt = call.otherRows + select(slot, item, call.otherShared == 1u) * ${size.embeddingBlocks} + k;
  }
  ${load}
  result[at] = ${expression};`,
    },
  );
}

/** Where a component of a block outside the embedding stands in `parameterLayout`, counted after the embedding. */
const placeFunction = ({ size }: Dialect): string => `
fn unitPlace(r: u32) -> u32 {
  let unit = r % ${size.units};
  if (unit >= ${size.hidden}) { return none; }
  return (r / ${size.units}) * ${size.hidden} + unit;
}
fn place(i: u32, c: u32) -> u32 {
  let embedding = ${size.embedding};
  let hidden = ${size.hidden};
  let hiddenWeights = 3u * hidden * embedding;
  let inputBias = hiddenWeights + 3u * hidden * hidden;
  let hiddenBias = inputBias + 3u * hidden;
  let outputWeights = hiddenBias + 3u * hidden;
  let outputBias = outputWeights + ${size.items} * hidden;
  if (i < ${size.inputWeights}) {
    let row = unitPlace(i % ${size.gates});
    let column = 4u * (i / ${size.gates}) + c;
    return select(hiddenWeights + row * hidden + column, none, row == none || column >= hidden);
  }
  if (i < ${size.outputWeights}) {
    let row = unitPlace((i - ${size.inputWeights}) % ${size.gates});
    let column = 4u * ((i - ${size.inputWeights}) / ${size.gates}) + c;
    return select(row * embedding + column, none, row == none || column >= embedding);
  }
  if (i < ${size.inputBias}) {
    let column = 4u * ((i - ${size.outputWeights}) / ${size.items}) + c;
    let item = (i - ${size.outputWeights}) % ${size.items};
    return select(outputWeights + item * hidden + column, none, column >= hidden);
  }
  if (i < ${size.hiddenBias}) {
    let row = unitPlace(4u * (i - ${size.inputBias}) + c);
    return select(inputBias + row, none, row == none);
  }
  if (i < ${size.outputBias}) {
    let row = unitPlace(4u * (i - ${size.hiddenBias}) + c);
    return select(hiddenBias + row, none, row == none);
  }
  let item = 4u * (i - ${size.outputBias}) + c;
  return select(outputBias + item, none, item >= ${size.items});
}`;

/** One vector for all from `flat`, which is laid out by `parameterLayout`. */
export function packProgram(form: Dialect): Program {
  const { size } = form;
  return program(form, 'pack', [read('flat', 'f32'), readWrite('result', 'vec4f')], {
    functions: placeFunction(form),
    body: `
  let i = group.x * ${form.threads}u + thread;
  if (i >= ${size.dense} + ${size.items} * ${size.embeddingBlocks}) { return; }
  var values = vec4f();
  for (var c = 0u; c < 4u; c++) {
    var at = none;
    if (i < ${size.dense}) {
      let after = place(i, c);
      if (after != none) { at = ${size.items} * ${size.embedding} + after; }
    } else {
      let column = 4u * ((i - ${size.dense}) % ${size.embeddingBlocks}) + c;
      if (column < ${size.embedding}) { at = ((i - ${size.dense}) / ${size.embeddingBlocks}) * ${size.embedding} + column; }
    }
    if (at != none) { values[c] = flat[at]; }
  }
  result[i] = values;`,
  });
}

/** The sum over vectors, in their order, laid out by `parameterLayout` after the embedding; then the slots' rows. */
export function sumProgram(form: Dialect): Program {
  const { size } = form;
  return program(form, 'sum', [read('vectors', 'vec4f'), readWrite('flat', 'f32')], {
    functions: placeFunction(form),
    body: `
  let i = group.x * ${form.threads}u + thread;
  if (i < ${size.dense}) {
    var sum = vec4f();
    for (var vector = 0u; vector < call.vectors; vector++) { sum += vectors[vector * ${size.dense} + i]; }
    for (var c = 0u; c < 4u; c++) {
      let at = place(i, c);
      if (at != none) { flat[at] = sum[c]; }
    }
    return;
  }
  let j = i - ${size.dense};
  if (j >= call.vectors * call.slots * ${size.embeddingBlocks}) { return; }
  let values = vectors[call.vectors * ${size.dense} + j];
  let rows = place(${size.outputBias}, 0u) + ${size.items};
  let column = 4u * (j % ${size.embeddingBlocks});
  for (var c = 0u; c < 4u && column + c < ${size.embedding}; c++) {
    flat[rows + (j / ${size.embeddingBlocks}) * ${size.embedding} + column + c] = values[c];
  }`,
  });
}

/**
 * Sums of squares of `first` and of its distance from `second`, of each of the six tensors after the embedding in the
 * order of `parameterLayout` and of each slot's row: a workgroup for each.
 */
export function squaresProgram(form: Dialect): Program {
  const { size } = form;
  return program(
    form,
    'squares',
    [read('slotItems', 'u32'), read('first', 'vec4f'), read('second', 'vec4f'), readWrite('result', 'f32')],
    {
      functions: `
var<workgroup> parts: array<vec2f, ${form.threads}>;
fn firstBlock(tensor: u32) -> u32 {
  switch tensor {
    case 0u: { return ${size.inputWeights}; }
    case 1u: { return 0u; }
    case 2u: { return ${size.inputBias}; }
    case 3u: { return ${size.hiddenBias}; }
    case 4u: { return ${size.outputWeights}; }
    default: { return ${size.outputBias}; }
  }
}
fn endBlock(tensor: u32) -> u32 {
  switch tensor {
    case 0u: { return ${size.outputWeights}; }
    case 1u: { return ${size.inputWeights}; }
    case 2u: { return ${size.hiddenBias}; }
    case 3u: { return ${size.outputBias}; }
    case 4u: { return ${size.inputBias}; }
    default: { return ${size.dense}; }
  }
}`,
      body: `
  let vector = group.y;
  var firstAt = vector * call.weightStride + firstBlock(group.x);
  var secondAt = vector * call.otherStride + firstBlock(group.x);
  var count = endBlock(group.x) - firstBlock(group.x);
  if (group.x >= 6u) {
    let slot = vector * call.slots + group.x - 6u;
    let item = slotItems[select(0u, slot, call.weightShared == 1u || call.otherShared == 1u)];
    firstAt = call.weightRows + select(slot, item, call.weightShared == 1u) * ${size.embeddingBlocks};
    secondAt = call.otherRows + select(slot, item, call.otherShared == 1u) * ${size.embeddingBlocks};
    count = ${size.embeddingBlocks};
  }
  var sums = vec2f();
  for (var i = thread; i < count; i += ${form.threads}u) {
    let value = first[firstAt + i];
    let change = value - second[secondAt + i];
    sums += vec2f(dot(value, value), dot(change, change));
  }
  parts[thread] = sums;
  for (var half = ${form.threads / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { parts[thread] += parts[thread + half]; }
  }
  if (thread == 0u) {
    let width = 6u + call.slots;
    result[vector * width + group.x] = parts[0].x;
    result[(call.vectors + vector) * width + group.x] = parts[0].y;
  }`,
    },
  );
}
