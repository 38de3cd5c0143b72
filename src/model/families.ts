import { gru } from './gru/gru.js';
import type { ModelFamily } from './model-family.js';

/** The families of models, as a file's tensors are tried against them. */
export const modelFamilies: readonly ModelFamily[] = [gru];
