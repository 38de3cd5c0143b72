/** `out[i, r] += sum_c weights[r, c] * inputs[i, c]` for `from <= i < to`. */
export declare function addProduct(out: Float64Array, weights: Float64Array, inputs: Float64Array, rows: number, columns: number, from: number, to: number): void;
/** `out[i, c] += sum_r inputs[i, r] * weights[r, c]` for `from <= i < to`. */
export declare function addTransposedProduct(out: Float64Array, weights: Float64Array, inputs: Float64Array, rows: number, columns: number, from: number, to: number): void;
/** `out[r, c] += sum_i left[i, r] * right[i, c]` for `0 <= i < count`. */
export declare function addOuterProducts(out: Float64Array, left: Float64Array, right: Float64Array, rows: number, columns: number, count: number): void;
/** `out[c] += sum_i inputs[i, c]` for `0 <= i < count`. */
export declare function addRows(out: Float64Array, inputs: Float64Array, columns: number, count: number): void;
/** `[count, columns]`, every row a copy of `row`. */
export declare function repeatRow(row: Float64Array, count: number): Float64Array;
/** `out[i] = table[indices[i]]`, rows of `columns` numbers. */
export declare function gatherRows(table: Float64Array, indices: Int32Array, columns: number): Float64Array;
/** `table[indices[i]] += rows[i]`, rows of `columns` numbers. */
export declare function scatterAddRows(table: Float64Array, indices: Int32Array, rows: Float64Array, columns: number): void;
