// The recurrent cell, forward and backward, over the whole of a tree: a workgroup takes a group of trees of one weight
// vector and walks them level by level with barriers between, so that a pass over all levels is one dispatch.
import { type Dialect, forLanes, type Program, program, read, readWrite } from './program.js';

/** What is kept of each row, each `hiddenBlocks` long; the last three thirds of `recurrentSums` are one row of gates. */
export const planes = {
  reset: 0,
  update: 1,
  candidate: 2,
  /** The candidate's third of `Whh * before + bhh`. */
  recurrent: 3,
  state: 4,
  /** Derivatives by the sums that go into the gates: by that of the candidate from the input, then by the recurrent ones. */
  candidateSum: 5,
  resetSum: 6,
  updateSum: 7,
  recurrentSum: 8,
  /** By the state (in the tangents: what the state's derivative gives to the one before, without the product). */
  stateDerivative: 9,
  /** By the state before. */
  before: 10,
} as const;
export const planeCount = 11;

/** Math on blocks that no device's fast variants can spoil: nothing overflows, since `exp` is of nothing above 0. */
const gateFunctions = `
fn sigmoid(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(e, vec4f(1.0), x >= vec4f()) / (1.0 + e);
}
fn hyperbolicTangent(x: vec4f) -> vec4f {
  let e = exp(-2.0 * abs(x));
  return sign(x) * (1.0 - e) / (1.0 + e);
}`;

/** Functions to address `planes` of a buffer of rows. */
function planeAt({ size }: Dialect): string {
  return `
fn planeAt(row: u32, plane: u32) -> u32 { return (row * ${planeCount}u + plane) * ${size.hiddenBlocks}; }`;
}

/** Starts a group: its steps, and each lane's row in a step. */
function groupStart({ lanes }: Dialect): string {
  return `
  let vector = plan[call.groups + group.x * 3u];
  let firstStep = plan[call.groups + group.x * 3u + 1u];
  let endStep = plan[call.groups + group.x * 3u + 2u];
  let weightsAt = vector * call.weightStride;
  const lanes = ${lanes}u;`;
}

/** A block of four of a scalar row of gates in `from` at `at`. */
const block = (from: string, at: string): string =>
  `vec4f(${from}[${at}], ${from}[${at} + 1u], ${from}[${at} + 2u], ${from}[${at} + 3u])`;

/**
 * Forward pass. With `tangent`, its derivative along a direction: what does not depend on the states' own tangents
 * (`inputSums` and `recurrent` of `numbers`) has been worked out for all rows at once, so that the walk reads only one
 * matrix, as the pass itself does.
 */
export function forwardProgram(form: Dialect, tangent: boolean): Program {
  const { size } = form;
  const states = tangent ? 'tangents' : 'cells';
  const finish = tangent
    ? `
          let recurrentAt = call.recurrentAt + row * ${size.gates} + unitAt;
          let reset = cells[planeAt(row, ${planes.reset}u) + unitBlock];
          let update = cells[planeAt(row, ${planes.update}u) + unitBlock];
          let candidate = cells[planeAt(row, ${planes.candidate}u) + unitBlock];
          let recurrent = cells[planeAt(row, ${planes.recurrent}u) + unitBlock];
          let recurrentReset = sumReset + ${block('numbers', 'recurrentAt')};
          let recurrentUpdate = sumUpdate + ${block('numbers', `recurrentAt + ${size.units}`)};
          let recurrentCandidate = sumCandidate + ${block('numbers', `recurrentAt + 2u * ${size.units}`)};
          let resetTangent = reset * (1.0 - reset) * (inputReset + recurrentReset);
          let updateTangent = update * (1.0 - update) * (inputUpdate + recurrentUpdate);
          let candidateTangent = (1.0 - candidate * candidate)
            * (inputCandidate + resetTangent * recurrent + reset * recurrentCandidate);
          var before = vec4f();
          var beforeTangent = vec4f();
          if (parent != none) {
            before = cells[planeAt(parent, ${planes.state}u) + unitBlock];
            beforeTangent = tangents[planeAt(parent, ${planes.state}u) + unitBlock];
          }
          tangents[planeAt(row, ${planes.reset}u) + unitBlock] = resetTangent;
          tangents[planeAt(row, ${planes.update}u) + unitBlock] = updateTangent;
          tangents[planeAt(row, ${planes.candidate}u) + unitBlock] = candidateTangent;
          tangents[planeAt(row, ${planes.recurrent}u) + unitBlock] = recurrentCandidate;
          tangents[planeAt(row, ${planes.state}u) + unitBlock] =
            updateTangent * (before - candidate) + (1.0 - update) * candidateTangent + update * beforeTangent;`
    : `
          let biasAt = weightsAt + ${size.hiddenBias} + unitBlock;
          let recurrent = sumCandidate + weights[biasAt + 2u * ${size.hiddenBlocks}];
          let reset = sigmoid(inputReset + sumReset + weights[biasAt]);
          let update = sigmoid(inputUpdate + sumUpdate + weights[biasAt + ${size.hiddenBlocks}]);
          let candidate = hyperbolicTangent(inputCandidate + reset * recurrent);
          var before = vec4f();
          if (parent != none) { before = cells[planeAt(parent, ${planes.state}u) + unitBlock]; }
          cells[planeAt(row, ${planes.reset}u) + unitBlock] = reset;
          cells[planeAt(row, ${planes.update}u) + unitBlock] = update;
          cells[planeAt(row, ${planes.candidate}u) + unitBlock] = candidate;
          cells[planeAt(row, ${planes.recurrent}u) + unitBlock] = recurrent;
          cells[planeAt(row, ${planes.state}u) + unitBlock] = (1.0 - update) * candidate + update * before;`;
  return program(
    form,
    tangent ? 'forward tangent' : 'forward',
    tangent
      ? [
          read('plan', 'u32'),
          read('weights', 'vec4f'),
          read('cells', 'vec4f'),
          readWrite('tangents', 'vec4f'),
          read('numbers', 'f32'),
        ]
      : [read('plan', 'u32'), read('weights', 'vec4f'), readWrite('cells', 'vec4f'), read('numbers', 'f32')],
    {
      functions: `${gateFunctions}${planeAt(form)}
var<workgroup> partial: array<f32, ${3 * form.threads * form.lanes}>;`,
      // Threads share the units of a tile; where there are more threads than units, `splits` of them share a unit's
      // sum over the state before. Every sum has the same order whatever the number of lanes.
      body: `${groupStart(form)}
  let tile = min(${size.units}, ${form.threads}u);
  let splits = min(${size.hiddenBlocks}, ${form.threads}u / tile);
  let unitInTile = thread % tile;
  let split = thread / tile;
  for (var step = firstStep; step < endStep; step++) {
    let rowsAt = call.steps + step * lanes;
    let isRoot = plan[call.rowParents + plan[rowsAt]] == none;
    ${forLanes(
      form,
      (lane) => `
    var before${lane} = 0u;
    {
      let row = plan[rowsAt + ${lane}u];
      if (row != none && !isRoot) { before${lane} = planeAt(plan[call.rowParents + row], ${planes.state}u); }
    }`,
    )}
    for (var tileAt = 0u; tileAt < ${size.units}; tileAt += tile) {
      let unit = tileAt + unitInTile;
      if (split < splits && unit < ${size.units}) {
        ${forLanes(form, (lane) => `var sum${lane} = vec3f();`)}
        if (!isRoot) {
          for (var k = split; k < ${size.hiddenBlocks}; k += splits) {
            let at = weightsAt + k * ${size.gates} + unit;
            let toReset = weights[at];
            let toUpdate = weights[at + ${size.units}];
            let toCandidate = weights[at + 2u * ${size.units}];
            ${forLanes(
              form,
              (lane) => `
            {
              let state = ${states}[before${lane} + k];
              sum${lane} += vec3f(dot(toReset, state), dot(toUpdate, state), dot(toCandidate, state));
            }`,
            )}
          }
        }
        ${forLanes(
          form,
          (lane) => `
        {
          let at = (split * lanes + ${lane}u) * 3u * tile + unitInTile;
          partial[at] = sum${lane}.x;
          partial[at + tile] = sum${lane}.y;
          partial[at + 2u * tile] = sum${lane}.z;
        }`,
        )}
      }
      workgroupBarrier();
      let blocksInTile = min(tile, ${size.units} - tileAt) / 4u;
      for (var i = thread; i < lanes * blocksInTile; i += ${form.threads}u) {
        let lane = i / blocksInTile;
        let blockInTile = i % blocksInTile;
        let row = plan[rowsAt + lane];
        if (row != none) {
          // Not an array: SwiftShader lets one that is a loop's own keep its values from turn to turn.
          var sumReset = vec4f();
          var sumUpdate = vec4f();
          var sumCandidate = vec4f();
          for (var s = 0u; s < splits; s++) {
            let at = (s * lanes + lane) * 3u * tile + 4u * blockInTile;
            sumReset += ${block('partial', 'at')};
            sumUpdate += ${block('partial', 'at + tile')};
            sumCandidate += ${block('partial', 'at + 2u * tile')};
          }
          let unitBlock = tileAt / 4u + blockInTile;
          let unitAt = 4u * unitBlock;
          let inputAt = call.inputSumsAt + (vector * call.slots + plan[call.rowSlots + row]) * ${size.gates} + unitAt;
          let inputReset = ${block('numbers', 'inputAt')};
          let inputUpdate = ${block('numbers', `inputAt + ${size.units}`)};
          let inputCandidate = ${block('numbers', `inputAt + 2u * ${size.units}`)};
          let parent = plan[call.rowParents + row];
          ${finish}
        }
      }
      storageBarrier();
      workgroupBarrier();
    }
  }`,
    },
  );
}

/**
 * Backward pass from the derivatives at the pairs' ends. With `tangent`, its derivative along a direction; the product
 * with the direction's own matrix stands in plane `before` already.
 */
export function backwardProgram(form: Dialect, tangent: boolean): Program {
  const { size } = form;
  const own = tangent ? 'tangents' : 'cells';
  const cell = tangent
    ? `
        let resetTangent = tangents[planeAt(row, ${planes.reset}u) + k];
        let updateTangent = tangents[planeAt(row, ${planes.update}u) + k];
        let candidateTangent = tangents[planeAt(row, ${planes.candidate}u) + k];
        let recurrentTangent = tangents[planeAt(row, ${planes.recurrent}u) + k];
        var beforeTangent = vec4f();
        if (parent != none) { beforeTangent = tangents[planeAt(parent, ${planes.state}u) + k]; }
        let first = cells[planeAt(row, ${planes.stateDerivative}u) + k];
        let candidateSum = cells[planeAt(row, ${planes.candidateSum}u) + k];
        let change = before - candidate;
        let changeTangent = beforeTangent - candidateTangent;
        let candidateSumTangent = (derivative * (1.0 - update) - first * updateTangent) * (1.0 - candidate * candidate)
          - 2.0 * first * (1.0 - update) * candidate * candidateTangent;
        let resetSumTangent =
          (candidateSumTangent * recurrent + candidateSum * recurrentTangent) * reset * (1.0 - reset)
          + candidateSum * recurrent * (1.0 - 2.0 * reset) * resetTangent;
        let updateSumTangent = (derivative * change + first * changeTangent) * update * (1.0 - update)
          + first * change * (1.0 - 2.0 * update) * updateTangent;
        tangents[planeAt(row, ${planes.candidateSum}u) + k] = candidateSumTangent;
        tangents[planeAt(row, ${planes.resetSum}u) + k] = resetSumTangent;
        tangents[planeAt(row, ${planes.updateSum}u) + k] = updateSumTangent;
        tangents[planeAt(row, ${planes.recurrentSum}u) + k] = candidateSumTangent * reset + candidateSum * resetTangent;
        tangents[planeAt(row, ${planes.stateDerivative}u) + k] = derivative * update + first * updateTangent;`
    : `
        let candidateSum = derivative * (1.0 - update) * (1.0 - candidate * candidate);
        cells[planeAt(row, ${planes.candidateSum}u) + k] = candidateSum;
        cells[planeAt(row, ${planes.resetSum}u) + k] = candidateSum * recurrent * reset * (1.0 - reset);
        cells[planeAt(row, ${planes.updateSum}u) + k] = derivative * (before - candidate) * update * (1.0 - update);
        cells[planeAt(row, ${planes.recurrentSum}u) + k] = candidateSum * reset;
        cells[planeAt(row, ${planes.stateDerivative}u) + k] = derivative;`;
  const carried = tangent
    ? `tangents[planeAt(row, ${planes.stateDerivative}u) + k] + tangents[planeAt(row, ${planes.before}u) + k]`
    : `cells[planeAt(row, ${planes.stateDerivative}u) + k] * cells[planeAt(row, ${planes.update}u) + k]`;
  return program(
    form,
    tangent ? 'backward tangent' : 'backward',
    tangent
      ? [
          read('plan', 'u32'),
          read('weights', 'vec4f'),
          read('cells', 'vec4f'),
          readWrite('tangents', 'vec4f'),
        ]
      : [read('plan', 'u32'), read('weights', 'vec4f'), readWrite('cells', 'vec4f')],
    {
      functions: `${planeAt(form)}
var<workgroup> partial: array<vec4f, ${form.threads * form.lanes}>;`,
      body: `${groupStart(form)}
  let tile = min(${size.hiddenBlocks}, ${form.threads}u);
  let splits = ${form.threads}u / tile;
  for (var step = endStep; step > firstStep; step--) {
    let rowsAt = call.steps + (step - 1u) * lanes;
    let isRoot = plan[call.rowParents + plan[rowsAt]] == none;
    for (var i = thread; i < lanes * ${size.hiddenBlocks}; i += ${form.threads}u) {
      let row = plan[rowsAt + i / ${size.hiddenBlocks}];
      if (row != none) {
        let k = i % ${size.hiddenBlocks};
        let parent = plan[call.rowParents + row];
        var derivative = vec4f();
        let endPair = plan[call.rowPairs + row + 1u];
        for (var pair = plan[call.rowPairs + row]; pair < endPair; pair++) {
          derivative += ${own}[call.endsAt + pair * ${size.hiddenBlocks} + k];
        }
        let firstChild = plan[call.rowFirstChild + row];
        let children = plan[call.rowChildren + row];
        for (var child = 0u; child < children; child++) {
          derivative += ${own}[planeAt(firstChild + child, ${planes.before}u) + k];
        }
        let reset = cells[planeAt(row, ${planes.reset}u) + k];
        let update = cells[planeAt(row, ${planes.update}u) + k];
        let candidate = cells[planeAt(row, ${planes.candidate}u) + k];
        let recurrent = cells[planeAt(row, ${planes.recurrent}u) + k];
        var before = vec4f();
        if (parent != none) { before = cells[planeAt(parent, ${planes.state}u) + k]; }
        ${cell}
      }
    }
    storageBarrier();
    workgroupBarrier();
    for (var tileAt = 0u; tileAt < ${size.hiddenBlocks}; tileAt += tile) {
      // Neighbouring threads share a sum, so that they read neighbouring rows of the matrix.
      let inTile = thread / splits;
      let split = thread % splits;
      if (!isRoot && inTile < tile && tileAt + inTile < ${size.hiddenBlocks}) {
        ${forLanes(
          form,
          (lane) => `
        var sum${lane} = vec4f();
        var from${lane} = planeAt(plan[rowsAt], ${planes.resetSum}u);
        if (plan[rowsAt + ${lane}u] != none) { from${lane} = planeAt(plan[rowsAt + ${lane}u], ${planes.resetSum}u); }`,
        )}
        for (var r = split; r < ${size.gates}; r += splits) {
          let weight = weights[weightsAt + (tileAt + inTile) * ${size.gates} + r];
          ${forLanes(form, (lane) => `sum${lane} += ${own}[from${lane} + (r >> 2u)][r & 3u] * weight;`)}
        }
        ${forLanes(form, (lane) => `partial[(${lane}u * tile + inTile) * splits + split] = sum${lane};`)}
      }
      workgroupBarrier();
      if (!isRoot) {
        let inThisTile = min(tile, ${size.hiddenBlocks} - tileAt);
        for (var i = thread; i < lanes * inThisTile; i += ${form.threads}u) {
          let lane = i / inThisTile;
          let k = tileAt + i % inThisTile;
          let row = plan[rowsAt + lane];
          if (row != none) {
            var sum = ${carried};
            for (var s = 0u; s < splits; s++) { sum += partial[(lane * tile + k - tileAt) * splits + s]; }
            ${own}[planeAt(row, ${planes.before}u) + k] = sum;
          }
        }
      }
      storageBarrier();
      workgroupBarrier();
    }
  }`,
    },
  );
}
