// What the shipped pipeline trains with, in the names that the PyTorch scripts read.

/** Of a meta-iteration. */
export const shippedSettings = {
  inner_lr: 0.05,
  outer_lr: 0.001,
  inner_steps: 5,
  lambda_residual: 0.1,
  clip_norm: 10,
  second_order: true,
};

/** Of an episode and of the model. */
export const shippedSizes = { k: 5, q: 10, embedding: 64, hidden: 128 };
