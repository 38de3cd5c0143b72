// Products of many rows at once: what enters the walk over a tree, and what its results give to the weights.
import { planeCount, planes } from './cell-programs.js';
import { type Dialect, forLanes, type Program, program, read, readWrite } from './program.js';

/** Where row `row` of a gate sum's derivative `r` stands: by the input's sum, or by the recurrent one. */
const sumFunctions = ({ size }: Dialect): string => `
fn recurrentSumAt(row: u32) -> u32 { return (row * ${planeCount}u + ${planes.resetSum}u) * ${size.hiddenBlocks}; }
fn stateAt(row: u32) -> u32 { return (row * ${planeCount}u + ${planes.state}u) * ${size.hiddenBlocks}; }
// The candidate's third stands elsewhere: it lacks the reset gate.
fn inputSumBlock(row: u32, r: u32) -> u32 {
  let at = row * ${planeCount}u;
  if (r < 2u * ${size.units}) { return (at + ${planes.resetSum}u) * ${size.hiddenBlocks} + (r >> 2u); }
  return (at + ${planes.candidateSum}u) * ${size.hiddenBlocks} + ((r - 2u * ${size.units}) >> 2u);
}`;

/** A workgroup's slots, all of one vector; a lane without one repeats the first and writes nothing. */
const slotStart = (form: Dialect): string => `
  let firstSlot = plan[call.slotBlocks + 2u * group.x];
  let slotsHere = plan[call.slotBlocks + 2u * group.x + 1u];
  ${forLanes(
    form,
    (lane) => `
  let has${lane} = ${lane}u < slotsHere;
  let slot${lane} = plan[call.usedSlots + select(firstSlot, firstSlot + ${lane}u, has${lane})];
  let row${lane} = call.weightRows
    + select(slot${lane}, plan[call.slotItems + slot${lane}], call.weightShared == 1u) * ${form.size.embeddingBlocks};`,
  )}
  let vector = slot0 / call.slots;
  let weightsAt = vector * call.weightStride;
  let r = group.y * ${form.threads}u + thread;`;

/** `Wih * x + bih` of each slot's item, and the items' rows of the embedding. */
export function inputProgram(form: Dialect): Program {
  const { size } = form;
  return program(
    form,
    'input',
    [read('plan', 'u32'), read('weights', 'vec4f'), readWrite('cells', 'vec4f'), readWrite('numbers', 'f32')],
    {
      body: `${slotStart(form)}
  if (group.y == 0u) {
    for (var k = thread; k < ${size.embeddingBlocks}; k += ${form.threads}u) {
      ${forLanes(form, (lane) => `if (has${lane}) { cells[call.inputsAt + slot${lane} * ${size.embeddingBlocks} + k] = weights[row${lane} + k]; }`)}
    }
  }
  if (r < ${size.gates}) {
    let bias = weights[weightsAt + ${size.inputBias} + (r >> 2u)][r & 3u];
    ${forLanes(form, (lane) => `var sum${lane} = bias;`)}
    for (var k = 0u; k < ${size.embeddingBlocks}; k++) {
      let weight = weights[weightsAt + ${size.inputWeights} + k * ${size.gates} + r];
      ${forLanes(form, (lane) => `sum${lane} += dot(weight, weights[row${lane} + k]);`)}
    }
    ${forLanes(form, (lane) => `if (has${lane}) { numbers[call.inputSumsAt + slot${lane} * ${size.gates} + r] = sum${lane}; }`)}
  }`,
    },
  );
}

/** The derivative of `inputProgram` along a direction. */
export function inputTangentProgram(form: Dialect): Program {
  const { size } = form;
  return program(
    form,
    'input tangent',
    [
      read('plan', 'u32'),
      read('weights', 'vec4f'),
      read('direction', 'vec4f'),
      readWrite('tangents', 'vec4f'),
      readWrite('tangentNumbers', 'f32'),
    ],
    {
      body: `${slotStart(form)}
  let directionAt = vector * ${size.dense};
  ${forLanes(form, (lane) => `let along${lane} = call.vectors * ${size.dense} + slot${lane} * ${size.embeddingBlocks};`)}
  if (group.y == 0u) {
    for (var k = thread; k < ${size.embeddingBlocks}; k += ${form.threads}u) {
      ${forLanes(form, (lane) => `if (has${lane}) { tangents[call.inputsAt + slot${lane} * ${size.embeddingBlocks} + k] = direction[along${lane} + k]; }`)}
    }
  }
  if (r < ${size.gates}) {
    let bias = direction[directionAt + ${size.inputBias} + (r >> 2u)][r & 3u];
    ${forLanes(form, (lane) => `var sum${lane} = bias;`)}
    for (var k = 0u; k < ${size.embeddingBlocks}; k++) {
      let at = ${size.inputWeights} + k * ${size.gates} + r;
      let weight = weights[weightsAt + at];
      let along = direction[directionAt + at];
      ${forLanes(form, (lane) => `sum${lane} += dot(along, weights[row${lane} + k]) + dot(weight, direction[along${lane} + k]);`)}
    }
    ${forLanes(form, (lane) => `if (has${lane}) { tangentNumbers[call.inputSumsAt + slot${lane} * ${size.gates} + r] = sum${lane}; }`)}
  }`,
    },
  );
}

/** A workgroup's rows, all of one vector. */
const rowStart = (form: Dialect): string => `
  let firstRow = plan[call.rowBlocks + 2u * group.x];
  let rowsHere = plan[call.rowBlocks + 2u * group.x + 1u];
  ${forLanes(
    form,
    (lane) => `
  let has${lane} = ${lane}u < rowsHere;
  let row${lane} = select(firstRow, firstRow + ${lane}u, has${lane});
  let parent${lane} = plan[call.rowParents + row${lane}];`,
  )}
  let directionAt = plan[call.rowVectors + firstRow] * ${form.size.dense};`;

/** The direction's recurrent matrix and bias on the states before each row. */
export function recurrentTangentProgram(form: Dialect): Program {
  const { size } = form;
  return program(
    form,
    'recurrent tangent',
    [
      read('plan', 'u32'),
      read('direction', 'vec4f'),
      read('cells', 'vec4f'),
      readWrite('tangentNumbers', 'f32'),
    ],
    {
      functions: sumFunctions(form),
      body: `${rowStart(form)}
  let r = group.y * ${form.threads}u + thread;
  if (r < ${size.gates}) {
    let bias = direction[directionAt + ${size.hiddenBias} + (r >> 2u)][r & 3u];
    ${forLanes(
      form,
      (lane) => `
    var sum${lane} = 0.0;
    let before${lane} = stateAt(select(parent${lane}, row${lane}, parent${lane} == none));`,
    )}
    for (var k = 0u; k < ${size.hiddenBlocks}; k++) {
      let along = direction[directionAt + k * ${size.gates} + r];
      ${forLanes(form, (lane) => `sum${lane} += dot(along, cells[before${lane} + k]);`)}
    }
    ${forLanes(
      form,
      (lane) => `
    if (has${lane}) {
      tangentNumbers[call.recurrentAt + row${lane} * ${size.gates} + r] =
        select(sum${lane} + bias, bias, parent${lane} == none);
    }`,
    )}
  }`,
    },
  );
}

/** The direction's recurrent matrix, transposed, on the derivatives of each row's recurrent sums. */
export function beforeTangentProgram(form: Dialect): Program {
  const { size } = form;
  return program(
    form,
    'before tangent',
    [read('plan', 'u32'), read('direction', 'vec4f'), read('cells', 'vec4f'), readWrite('tangents', 'vec4f')],
    {
      functions: `${sumFunctions(form)}
var<workgroup> partial: array<vec4f, ${form.threads * form.lanes}>;`,
      body: `${rowStart(form)}
  let tile = min(${size.hiddenBlocks}, ${form.threads}u);
  let splits = ${form.threads}u / tile;
  for (var tileAt = 0u; tileAt < ${size.hiddenBlocks}; tileAt += tile) {
    let inTile = thread / splits;
    let split = thread % splits;
    if (inTile < tile && tileAt + inTile < ${size.hiddenBlocks}) {
      ${forLanes(
        form,
        (lane) => `
      var sum${lane} = vec4f();
      let from${lane} = recurrentSumAt(row${lane});`,
      )}
      for (var r = split; r < ${size.gates}; r += splits) {
        let along = direction[directionAt + (tileAt + inTile) * ${size.gates} + r];
        ${forLanes(form, (lane) => `sum${lane} += cells[from${lane} + (r >> 2u)][r & 3u] * along;`)}
      }
      ${forLanes(form, (lane) => `partial[(${lane}u * tile + inTile) * splits + split] = sum${lane};`)}
    }
    workgroupBarrier();
    let inThisTile = min(tile, ${size.hiddenBlocks} - tileAt);
    for (var i = thread; i < rowsHere * inThisTile; i += ${form.threads}u) {
      let lane = i / inThisTile;
      let k = tileAt + i % inThisTile;
      var sum = vec4f();
      for (var s = 0u; s < splits; s++) { sum += partial[(lane * tile + k - tileAt) * splits + s]; }
      tangents[((firstRow + lane) * ${planeCount}u + ${planes.before}u) * ${size.hiddenBlocks} + k] = sum;
    }
    workgroupBarrier();
  }`,
    },
  );
}

/**
 * The gradient by all weights but the embedding's: each thread adds up one block of one vector over the vector's rows
 * or pairs, in their order. With `tangent`, what a Hessian-vector product takes from `derivative`.
 */
export function denseProgram(form: Dialect, tangent: boolean): Program {
  const { size } = form;
  const logit = `(numbers[pair * ${size.items} + item] - select(0.0, 1.0, item == plan[call.pairLabels + pair]))
        * bitcast<f32>(plan[call.pairWeights + pair])`;
  /** A product's terms: of two values, or of each with the other's tangent. */
  const outer = (scalar: (from: string) => string, vector: (from: string) => string): string =>
    tangent
      ? `${scalar('tangents')} * ${vector('cells')} + ${scalar('cells')} * ${vector('tangents')}`
      : `${scalar('cells')} * ${vector('cells')}`;
  const from = tangent ? 'tangents' : 'cells';
  return program(
    form,
    tangent ? 'dense tangent' : 'dense',
    [
      read('plan', 'u32'),
      read('cells', 'vec4f'),
      read('numbers', 'f32'),
      ...(tangent
        ? [read('tangents', 'vec4f'), read('tangentNumbers', 'f32'), read('derivative', 'vec4f')]
        : []),
      readWrite('result', 'vec4f'),
    ],
    {
      functions: `${sumFunctions(form)}
fn logitDerivative(pair: u32, item: u32) -> f32 { return ${logit}; }`,
      body: `
  let i = group.x * ${form.threads}u + thread;
  let vector = group.y;
  let firstRow = plan[call.vectorRows + vector];
  let endRow = plan[call.vectorRows + vector + 1u];
  let firstPair = plan[call.vectorPairs + vector];
  let endPair = plan[call.vectorPairs + vector + 1u];
  var sum = vec4f();
  if (i < ${size.inputWeights}) {
    let k = i / ${size.gates};
    let r = i % ${size.gates};
    for (var row = firstRow; row < endRow; row++) {
      let parent = plan[call.rowParents + row];
      if (parent != none) {
        let at = recurrentSumAt(row) + (r >> 2u);
        let before = stateAt(parent) + k;
        sum += ${outer(
          (of) => `${of}[at][r & 3u]`,
          (of) => `${of}[before]`,
        )};
      }
    }
  } else if (i < ${size.outputWeights}) {
    let k = (i - ${size.inputWeights}) / ${size.gates};
    let r = (i - ${size.inputWeights}) % ${size.gates};
    for (var row = firstRow; row < endRow; row++) {
      let at = inputSumBlock(row, r);
      let input = call.inputsAt + (vector * call.slots + plan[call.rowSlots + row]) * ${size.embeddingBlocks} + k;
      sum += ${outer(
        (of) => `${of}[at][r & 3u]`,
        (of) => `${of}[input]`,
      )};
    }
  } else if (i < ${size.inputBias}) {
    let k = (i - ${size.outputWeights}) / ${size.items};
    let item = (i - ${size.outputWeights}) % ${size.items};
    for (var pair = firstPair; pair < endPair; pair++) {
      let end = stateAt(plan[call.pairRows + pair]) + k;
      sum += ${outer(
        (of) =>
          of === 'cells' ? 'logitDerivative(pair, item)' : `tangentNumbers[pair * ${size.items} + item]`,
        (of) => `${of}[end]`,
      )};
    }
  } else if (i < ${size.hiddenBias}) {
    let r = 4u * (i - ${size.inputBias});
    for (var row = firstRow; row < endRow; row++) { sum += ${from}[inputSumBlock(row, r)]; }
  } else if (i < ${size.outputBias}) {
    let k = i - ${size.hiddenBias};
    for (var row = firstRow; row < endRow; row++) { sum += ${from}[recurrentSumAt(row) + k]; }
  } else if (i < ${size.dense}) {
    let item = 4u * (i - ${size.outputBias});
    for (var c = 0u; c < 4u && item + c < ${size.items}; c++) {
      for (var pair = firstPair; pair < endPair; pair++) {
        sum[c] += ${tangent ? `tangentNumbers[pair * ${size.items} + item + c]` : 'logitDerivative(pair, item + c)'};
      }
    }
  }
  if (i < ${size.dense}) {
    let at = vector * ${size.dense} + i;
    result[at] = ${tangent ? 'derivative[at] - sum' : 'sum'};
  }`,
    },
  );
}

/** The gradient by the slots' rows of the embedding; with `tangent` as in `denseProgram`. */
export function embeddingProgram(form: Dialect, tangent: boolean): Program {
  const { size } = form;
  return program(
    form,
    tangent ? 'embedding tangent' : 'embedding',
    [
      read('plan', 'u32'),
      read('weights', 'vec4f'),
      read('cells', 'vec4f'),
      ...(tangent
        ? [read('direction', 'vec4f'), read('tangents', 'vec4f'), read('derivative', 'vec4f')]
        : []),
      readWrite('result', 'vec4f'),
    ],
    {
      functions: `${sumFunctions(form)}
var<workgroup> partial: array<vec4f, ${form.threads}>;`,
      body: `
  let slot = group.y * call.slots + group.x;
  let weightsAt = group.y * call.weightStride + ${size.inputWeights};
  let directionAt = group.y * ${size.dense} + ${size.inputWeights};
  let firstOf = plan[call.slotRowOffsets + slot];
  let endOf = plan[call.slotRowOffsets + slot + 1u];
  let tile = min(${size.embeddingBlocks}, ${form.threads}u);
  let splits = ${form.threads}u / tile;
  for (var tileAt = 0u; tileAt < ${size.embeddingBlocks}; tileAt += tile) {
    let inTile = thread / splits;
    let split = thread % splits;
    if (inTile < tile && tileAt + inTile < ${size.embeddingBlocks}) {
      var sum = vec4f();
      for (var r = split; r < ${size.gates} && firstOf < endOf; r += splits) {
        var first = 0.0;
        ${tangent ? 'var second = 0.0;' : ''}
        for (var i = firstOf; i < endOf; i++) {
          let at = inputSumBlock(plan[call.slotRows + i], r);
          first += cells[at][r & 3u];
          ${tangent ? 'second += tangents[at][r & 3u];' : ''}
        }
        let at = (tileAt + inTile) * ${size.gates} + r;
        sum += ${tangent ? 'second * weights[weightsAt + at] + first * direction[directionAt + at]' : 'first * weights[weightsAt + at]'};
      }
      partial[inTile * splits + split] = sum;
    }
    workgroupBarrier();
    let inThisTile = min(tile, ${size.embeddingBlocks} - tileAt);
    if (thread < inThisTile) {
      var sum = vec4f();
      for (var s = 0u; s < splits; s++) { sum += partial[thread * splits + s]; }
      let at = call.vectors * ${size.dense} + slot * ${size.embeddingBlocks} + tileAt + thread;
      result[at] = ${tangent ? 'derivative[at] - sum' : 'sum'};
    }
    workgroupBarrier();
  }`,
    },
  );
}
