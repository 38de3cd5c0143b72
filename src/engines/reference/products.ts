// The three products that the model's passes are made of, over row-major matrices. Every index is within bounds by
// the shapes in the docstrings, which is what each `!` here says. Sums are taken four at a time: a fixed order, and
// several times faster than one at a time.

/** `out[i, r] += sum_c weights[r, c] * inputs[i, c]` for `from <= i < to`. */
export function addProduct(
  out: Float64Array,
  weights: Float64Array,
  inputs: Float64Array,
  rows: number,
  columns: number,
  from: number,
  to: number,
): void {
  const blocked = columns - (columns % 4);
  for (let r = 0; r < rows; r++) {
    const weight = r * columns;
    for (let i = from; i < to; i++) {
      const input = i * columns;
      let sum0 = 0;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      for (let c = 0; c < blocked; c += 4) {
        sum0 += weights[weight + c]! * inputs[input + c]!;
        sum1 += weights[weight + c + 1]! * inputs[input + c + 1]!;
        sum2 += weights[weight + c + 2]! * inputs[input + c + 2]!;
        sum3 += weights[weight + c + 3]! * inputs[input + c + 3]!;
      }
      for (let c = blocked; c < columns; c++) sum0 += weights[weight + c]! * inputs[input + c]!;
      out[i * rows + r]! += sum0 + sum1 + (sum2 + sum3);
    }
  }
}

/** `out[i, c] += sum_r inputs[i, r] * weights[r, c]` for `from <= i < to`. */
export function addTransposedProduct(
  out: Float64Array,
  weights: Float64Array,
  inputs: Float64Array,
  rows: number,
  columns: number,
  from: number,
  to: number,
): void {
  const blocked = rows - (rows % 4);
  for (let r = 0; r < blocked; r += 4) {
    const weight0 = r * columns;
    const weight1 = weight0 + columns;
    const weight2 = weight1 + columns;
    const weight3 = weight2 + columns;
    for (let i = from; i < to; i++) {
      const input = i * rows + r;
      const factor0 = inputs[input]!;
      const factor1 = inputs[input + 1]!;
      const factor2 = inputs[input + 2]!;
      const factor3 = inputs[input + 3]!;
      const row = i * columns;
      for (let c = 0; c < columns; c++) {
        out[row + c]! +=
          factor0 * weights[weight0 + c]! +
          factor1 * weights[weight1 + c]! +
          (factor2 * weights[weight2 + c]! + factor3 * weights[weight3 + c]!);
      }
    }
  }
  for (let r = blocked; r < rows; r++) {
    for (let i = from; i < to; i++) {
      const factor = inputs[i * rows + r]!;
      for (let c = 0; c < columns; c++) out[i * columns + c]! += factor * weights[r * columns + c]!;
    }
  }
}

/** `out[r, c] += sum_i left[i, r] * right[i, c]` for `0 <= i < count`. */
export function addOuterProducts(
  out: Float64Array,
  left: Float64Array,
  right: Float64Array,
  rows: number,
  columns: number,
  count: number,
): void {
  const blocked = count - (count % 4);
  for (let r = 0; r < rows; r++) {
    const row = r * columns;
    for (let i = 0; i < blocked; i += 4) {
      const factor0 = left[i * rows + r]!;
      const factor1 = left[(i + 1) * rows + r]!;
      const factor2 = left[(i + 2) * rows + r]!;
      const factor3 = left[(i + 3) * rows + r]!;
      const right0 = i * columns;
      const right1 = right0 + columns;
      const right2 = right1 + columns;
      const right3 = right2 + columns;
      for (let c = 0; c < columns; c++) {
        out[row + c]! +=
          factor0 * right[right0 + c]! +
          factor1 * right[right1 + c]! +
          (factor2 * right[right2 + c]! + factor3 * right[right3 + c]!);
      }
    }
    for (let i = blocked; i < count; i++) {
      const factor = left[i * rows + r]!;
      for (let c = 0; c < columns; c++) out[row + c]! += factor * right[i * columns + c]!;
    }
  }
}

/** `out[c] += sum_i inputs[i, c]` for `0 <= i < count`. */
export function addRows(out: Float64Array, inputs: Float64Array, columns: number, count: number): void {
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < columns; c++) out[c]! += inputs[i * columns + c]!;
  }
}

/** `[count, columns]`, every row a copy of `row`. */
export function repeatRow(row: Float64Array, count: number): Float64Array {
  const rows = new Float64Array(row.length * count);
  for (let i = 0; i < count; i++) rows.set(row, i * row.length);
  return rows;
}

/** `out[i] = table[indices[i]]`, rows of `columns` numbers. */
export function gatherRows(table: Float64Array, indices: Int32Array, columns: number): Float64Array {
  const rows = new Float64Array(indices.length * columns);
  indices.forEach((index, i) => {
    rows.set(table.subarray(index * columns, (index + 1) * columns), i * columns);
  });
  return rows;
}

/** `table[indices[i]] += rows[i]`, rows of `columns` numbers. */
export function scatterAddRows(
  table: Float64Array,
  indices: Int32Array,
  rows: Float64Array,
  columns: number,
): void {
  indices.forEach((index, i) => {
    for (let c = 0; c < columns; c++) table[index * columns + c]! += rows[i * columns + c]!;
  });
}
