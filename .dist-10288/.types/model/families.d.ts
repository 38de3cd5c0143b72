import type { ModelFamily } from './model-family.js';
/** The families of models, as a file's tensors are tried against them. */
export declare const modelFamilies: readonly ModelFamily[];
