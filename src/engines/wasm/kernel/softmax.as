// Softmax cross-entropy over one row of logits. Rows are `width` floats long, a multiple of 8, of which the first
// `items` count; what stands after them is left at probability 0.
import { exp4 } from './functions';
import { floats } from './rows';

/** Turns a row of logits into probabilities in place and returns the loss -log p[label]. */
export function softmaxLoss(row: usize, label: i32, items: i32, width: i32): f64 {
  for (let i = items; i < width; i++) store<f32>(row + floats(i), -Infinity);
  const end = row + floats(width);
  let top4 = v128.load(row);
  for (let p = row; p < end; p += 16) top4 = f32x4.pmax(top4, v128.load(p));
  const top = max(
    max(f32x4.extract_lane(top4, 0), f32x4.extract_lane(top4, 1)),
    max(f32x4.extract_lane(top4, 2), f32x4.extract_lane(top4, 3)),
  );
  const own = load<f32>(row + floats(label)) - top;
  const shift = f32x4.splat(top);
  let sum4 = f32x4.splat(0);
  for (let p = row; p < end; p += 16) {
    const value = exp4(f32x4.sub(v128.load(p), shift));
    v128.store(p, value);
    sum4 = f32x4.add(sum4, value);
  }
  // The clamp of exp4 leaves 1e-38 for each absent item: below half a unit in the last place of a sum of at least 1.
  for (let i = items; i < width; i++) store<f32>(row + floats(i), 0);
  const sum =
    f32x4.extract_lane(sum4, 0) +
    f32x4.extract_lane(sum4, 1) +
    (f32x4.extract_lane(sum4, 2) + f32x4.extract_lane(sum4, 3));
  const scale = f32x4.splat(1 / sum);
  for (let p = row; p < end; p += 16) v128.store(p, f32x4.mul(v128.load(p), scale));
  return Math.log(<f64>sum) - <f64>own;
}

/** d = weight * (p - onehot(label)): the gradient of weight * loss by the logits. */
export function lossGradientRow(d: usize, p: usize, label: i32, weight: f32, width: i32): void {
  const scale = f32x4.splat(weight);
  for (let i: usize = 0, end = floats(width); i < end; i += 16) {
    v128.store(d + i, f32x4.mul(scale, v128.load(p + i)));
  }
  const own = floats(label);
  store<f32>(d + own, (load<f32>(p + own) - 1) * weight);
}

/** Tangent of `lossGradientRow`, in place: t, the tangent of the logits, becomes weight * p * (t - sum(p t)). */
export function lossGradientTangentRow(t: usize, p: usize, weight: f32, width: i32): void {
  let sum4 = f32x4.splat(0);
  const end = floats(width);
  for (let i: usize = 0; i < end; i += 16) {
    sum4 = f32x4.add(sum4, f32x4.mul(v128.load(p + i), v128.load(t + i)));
  }
  const mean = f32x4.splat(
    f32x4.extract_lane(sum4, 0) +
      f32x4.extract_lane(sum4, 1) +
      (f32x4.extract_lane(sum4, 2) + f32x4.extract_lane(sum4, 3)),
  );
  const scale = f32x4.splat(weight);
  for (let i: usize = 0; i < end; i += 16) {
    const centred = f32x4.sub(v128.load(t + i), mean);
    v128.store(t + i, f32x4.mul(f32x4.mul(scale, v128.load(p + i)), centred));
  }
}

/** 1 + items scored higher than the label + equal-scored items of lower id; 0 if a score is not a finite number. */
export function rankOf(row: usize, label: i32, items: i32): i32 {
  const own = load<f32>(row + floats(label));
  let rank = 1;
  for (let i = 0; i < items; i++) {
    const other = load<f32>(row + floats(i));
    if (other - other != 0) return 0;
    if (other > own || (other == own && i < label)) rank++;
  }
  return rank;
}

/** Writes the `count` items ranked first to `to`, i32, best first; of equal scores the lower id stands first. */
export function firstItems(row: usize, items: i32, count: i32, to: usize): void {
  let found = 0;
  for (let item = 0; item < items; item++) {
    const score = load<f32>(row + floats(item));
    let place = found;
    // Those before it have lower ids, so that an equal one stays ahead.
    while (place > 0 && load<f32>(row + floats(load<i32>(to + floats(place - 1)))) < score) place--;
    if (place == count) continue;
    if (found < count) found++;
    for (let at = found - 1; at > place; at--) store<i32>(to + floats(at), load<i32>(to + floats(at - 1)));
    store<i32>(to + floats(place), item);
  }
}
