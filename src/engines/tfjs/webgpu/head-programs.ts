// The output layer at the ends of the pairs' prefixes. A workgroup takes a few pairs of one weight vector from the
// states to the logits, through softmax, and back to the derivative by the states.
import { planeCount, planes } from './cell-programs.js';
import { type Dialect, forLanes, type Program, program, read, readWrite } from './program.js';

const sharers = 16;

/** Declarations for `reduceAll`. */
const reduceMemory = ({ threads, lanes }: Dialect): string => `
var<workgroup> parts: array<f32, ${threads * lanes}>;
var<workgroup> wholes: array<f32, ${sharers * lanes}>;`;

/** Puts into `name<lane>` what `combine` makes of all threads' `name<lane>`, in an order of its own, for every thread. */
function reduceAll(form: Dialect, name: string, combine: (one: string, other: string) => string): string {
  return `
  ${forLanes(form, (lane) => `parts[${lane * form.threads}u + thread] = ${name}${lane};`)}
  workgroupBarrier();
  if (thread < ${sharers * form.lanes}u) {
    let begin = (thread / ${sharers}u) * ${form.threads}u + thread % ${sharers}u;
    var whole = parts[begin];
    for (var i = ${sharers}u; i < ${form.threads}u; i += ${sharers}u) { whole = ${combine('whole', 'parts[begin + i]')}; }
    wholes[thread] = whole;
  }
  workgroupBarrier();
  ${forLanes(
    form,
    (lane) => `
  ${name}${lane} = wholes[${lane * sharers}u];
  for (var i = 1u; i < ${sharers}u; i++) { ${name}${lane} = ${combine(`${name}${lane}`, `wholes[${lane * sharers}u + i]`)}; }`,
  )}`;
}

const add = (one: string, other: string): string => `${one} + ${other}`;
const max = (one: string, other: string): string => `max(${one}, ${other})`;

/** A workgroup's pairs; a lane without a pair repeats the first one and writes nothing. */
function pairStart(form: Dialect): string {
  const { size } = form;
  return `
  let firstPair = plan[call.pairBlocks + 2u * group.x];
  let pairsHere = plan[call.pairBlocks + 2u * group.x + 1u];
  let vector = plan[call.rowVectors + plan[call.pairRows + firstPair]];
  let weightsAt = vector * call.weightStride;
  ${forLanes(
    form,
    (lane) => `
  let has${lane} = ${lane}u < pairsHere;
  let pair${lane} = select(firstPair, firstPair + ${lane}u, has${lane});
  let state${lane} = (plan[call.pairRows + pair${lane}] * ${planeCount}u + ${planes.state}u) * ${size.hiddenBlocks};
  let label${lane} = plan[call.pairLabels + pair${lane}];
  let numbers${lane} = pair${lane} * ${size.items};`,
  )}`;
}

/** `logit<lane>` of `item`. */
function logitsOf(form: Dialect): string {
  const { size } = form;
  return `
    let bias = weights[weightsAt + ${size.outputBias} + (item >> 2u)][item & 3u];
    ${forLanes(form, (lane) => `var logit${lane} = bias;`)}
    for (var k = 0u; k < ${size.hiddenBlocks}; k++) {
      let weight = weights[weightsAt + ${size.outputWeights} + k * ${size.items} + item];
      ${forLanes(form, (lane) => `logit${lane} += dot(weight, cells[state${lane} + k]);`)}
    }`;
}

/** Adds `products` of each item up over items, and writes the sums as the derivatives at the pairs' ends. */
function writeEnds(
  form: Dialect,
  target: string,
  products: (lane: number) => string,
  weights: string,
): string {
  const { size } = form;
  return `
  storageBarrier();
  workgroupBarrier();
  let tile = min(${size.hiddenBlocks}, ${form.threads}u);
  let splits = ${form.threads}u / tile;
  for (var tileAt = 0u; tileAt < ${size.hiddenBlocks}; tileAt += tile) {
    let inTile = thread / splits;
    let split = thread % splits;
    if (inTile < tile && tileAt + inTile < ${size.hiddenBlocks}) {
      ${forLanes(form, (lane) => `var sum${lane} = vec4f();`)}
      for (var item = split; item < ${size.items}; item += splits) {
        let at = weightsAt + ${size.outputWeights} + (tileAt + inTile) * ${size.items} + item;
        ${weights}
        ${forLanes(form, products)}
      }
      ${forLanes(form, (lane) => `partial[(${lane}u * tile + inTile) * splits + split] = sum${lane};`)}
    }
    workgroupBarrier();
    let inThisTile = min(tile, ${size.hiddenBlocks} - tileAt);
    for (var i = thread; i < pairsHere * inThisTile; i += ${form.threads}u) {
      let lane = i / inThisTile;
      let k = tileAt + i % inThisTile;
      var sum = vec4f();
      for (var s = 0u; s < splits; s++) { sum += partial[(lane * tile + k - tileAt) * splits + s]; }
      ${target}[call.endsAt + (firstPair + lane) * ${size.hiddenBlocks} + k] = sum;
    }
    workgroupBarrier();
  }`;
}

/** Loss, softmax (kept in `numbers`), and the derivative by the states at the ends. */
export function headProgram(form: Dialect): Program {
  const { size } = form;
  return program(
    form,
    'head',
    [read('plan', 'u32'), read('weights', 'vec4f'), readWrite('cells', 'vec4f'), readWrite('numbers', 'f32')],
    {
      functions: `${reduceMemory(form)}
var<workgroup> own: array<f32, ${form.lanes}>;
var<workgroup> partial: array<vec4f, ${form.threads * form.lanes}>;`,
      body: `${pairStart(form)}
  ${forLanes(form, (lane) => `var highest${lane} = -3.4e38;`)}
  for (var item = thread; item < ${size.items}; item += ${form.threads}u) {
    ${logitsOf(form)}
    ${forLanes(
      form,
      (lane) => `
    highest${lane} = max(highest${lane}, logit${lane});
    if (has${lane}) { numbers[numbers${lane} + item] = logit${lane}; }
    if (item == label${lane}) { own[${lane}] = logit${lane}; }`,
    )}
  }
  ${reduceAll(form, 'highest', max)}
  ${forLanes(
    form,
    (lane) => `
  var sum${lane} = 0.0;
  if (has${lane}) {
    for (var item = thread; item < ${size.items}; item += ${form.threads}u) {
      let power = exp(numbers[numbers${lane} + item] - highest${lane});
      numbers[numbers${lane} + item] = power;
      sum${lane} += power;
    }
  }`,
  )}
  ${reduceAll(form, 'sum', add)}
  ${forLanes(
    form,
    (lane) => `
  if (has${lane}) {
    for (var item = thread; item < ${size.items}; item += ${form.threads}u) { numbers[numbers${lane} + item] /= sum${lane}; }
    if (thread == ${lane}u) { numbers[call.lossesAt + pair${lane}] = highest${lane} + log(sum${lane}) - own[${lane}]; }
  }
  let weight${lane} = bitcast<f32>(plan[call.pairWeights + pair${lane}]);`,
  )}
  ${writeEnds(
    form,
    'cells',
    (lane) =>
      `sum${lane} += (numbers[numbers${lane} + item] - select(0.0, 1.0, item == label${lane})) * weight${lane} * weight;`,
    'let weight = weights[at];',
  )}`,
    },
  );
}

/** The derivative of `headProgram` along a direction: of the logits' derivatives, kept in `tangentNumbers`, and on. */
export function headTangentProgram(form: Dialect): Program {
  const { size } = form;
  return program(
    form,
    'head tangent',
    [
      read('plan', 'u32'),
      read('weights', 'vec4f'),
      read('direction', 'vec4f'),
      read('cells', 'vec4f'),
      read('numbers', 'f32'),
      readWrite('tangents', 'vec4f'),
      readWrite('tangentNumbers', 'f32'),
    ],
    {
      functions: `${reduceMemory(form)}
var<workgroup> partial: array<vec4f, ${form.threads * form.lanes}>;`,
      body: `${pairStart(form)}
  let directionAt = vector * ${size.dense};
  ${forLanes(form, (lane) => `var mean${lane} = 0.0;`)}
  for (var item = thread; item < ${size.items}; item += ${form.threads}u) {
    let bias = direction[directionAt + ${size.outputBias} + (item >> 2u)][item & 3u];
    ${forLanes(form, (lane) => `var logit${lane} = bias;`)}
    for (var k = 0u; k < ${size.hiddenBlocks}; k++) {
      let at = ${size.outputWeights} + k * ${size.items} + item;
      let weight = weights[weightsAt + at];
      let along = direction[directionAt + at];
      ${forLanes(
        form,
        (lane) =>
          `logit${lane} += dot(along, cells[state${lane} + k]) + dot(weight, tangents[state${lane} + k]);`,
      )}
    }
    ${forLanes(
      form,
      (lane) => `
    mean${lane} += numbers[numbers${lane} + item] * logit${lane};
    if (has${lane}) { tangentNumbers[numbers${lane} + item] = logit${lane}; }`,
    )}
  }
  ${reduceAll(form, 'mean', add)}
  ${forLanes(
    form,
    (lane) => `
  let weight${lane} = bitcast<f32>(plan[call.pairWeights + pair${lane}]);
  if (has${lane}) {
    for (var item = thread; item < ${size.items}; item += ${form.threads}u) {
      let at = numbers${lane} + item;
      tangentNumbers[at] = numbers[at] * (tangentNumbers[at] - mean${lane}) * weight${lane};
    }
  }`,
  )}
  ${writeEnds(
    form,
    'tangents',
    (lane) => `
        {
          let first = (numbers[numbers${lane} + item] - select(0.0, 1.0, item == label${lane})) * weight${lane};
          sum${lane} += tangentNumbers[numbers${lane} + item] * weight + first * along;
        }`,
    `let weight = weights[at];
        let along = direction[directionAt + at - weightsAt];`,
  )}`,
    },
  );
}

/** The rank of each pair's label among the logits, in `ranks`. */
export function rankProgram(form: Dialect): Program {
  const { size } = form;
  return program(
    form,
    'rank',
    [read('plan', 'u32'), read('weights', 'vec4f'), read('cells', 'vec4f'), readWrite('numbers', 'f32')],
    {
      functions: `${reduceMemory(form)}
var<workgroup> own: array<f32, ${form.lanes}>;
// By its bits: a compiler may take for granted that no number is infinite.
fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }`,
      body: `${pairStart(form)}
  for (var item = thread; item < ${size.items}; item += ${form.threads}u) {
    ${logitsOf(form)}
    ${forLanes(
      form,
      (lane) => `
    if (has${lane}) { numbers[numbers${lane} + item] = logit${lane}; }
    if (item == label${lane}) { own[${lane}] = logit${lane}; }`,
    )}
  }
  workgroupBarrier();
  ${forLanes(
    form,
    (lane) => `
  var above${lane} = 0.0;
  var wild${lane} = 0.0;
  if (has${lane}) {
    for (var item = thread; item < ${size.items}; item += ${form.threads}u) {
      let score = numbers[numbers${lane} + item];
      if (!isFinite(score)) { wild${lane} = 1.0; }
      if (score > own[${lane}] || (score == own[${lane}] && item < label${lane})) { above${lane} += 1.0; }
    }
  }`,
  )}
  ${reduceAll(form, 'above', add)}
  ${reduceAll(form, 'wild', max)}
  ${forLanes(
    form,
    (lane) => `
  if (has${lane} && thread == ${lane}u) {
    numbers[call.lossesAt + pair${lane}] = select(1.0 + above${lane}, 0.0, wild${lane} > 0.0);
  }`,
  )}`,
    },
  );
}
