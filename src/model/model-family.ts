import { FailureError } from '../base/failure.js';
import type { JsonObject } from '../base/json.js';
import type { GruShape } from './gru/gru-shape.js';

/** One tensor inside the flat parameter vector, row-major. */
export interface ParameterTensor {
  /** PyTorch's name of it, e.g. `gru.weight_ih_l0`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** First index in the flat vector. */
  readonly offset: number;
  readonly size: number;
}

/** What an engine must know of a model in order to compute it: one form for each family, each with its items. */
export type ModelShape = GruShape | ModuleShape;

/** A class of `torch.nn.Module` in a file of the user's. */
export interface ModuleShape {
  readonly items: number;
  /** Where the file is, with all that it imports of the project; absolute. */
  readonly folder: string;
  /** Relative to the folder. */
  readonly file: string;
  readonly className: string;
  /** What the class is made with, beside the items. */
  readonly options: JsonObject;
  /** Patterns of the names of the output layer's tensors, `*` standing for anything. */
  readonly head: readonly string[];
  /** Of the parameters that the class draws. */
  readonly seed: number;
  /** Whether it is to be trained at second order. */
  readonly secondOrder: boolean;
}

/** The shape of the built-in GRU, which every engine computes; a module's, one of them does. */
export function builtInShape(shape: ModelShape): GruShape {
  if ('hidden' in shape) return shape;
  throw new FailureError({
    reason: 'bug',
    message: `only the engine torch computes ${shape.file}:${shape.className}`,
  });
}

/**
 * What everything but an engine knows of a model: where its parameters stand in the flat vector that learning and
 * engines exchange, and what for. Plain data, so that it may as well be read from somewhere as be worked out.
 */
export interface ModelLayout {
  readonly shape: ModelShape;
  /** The shape in words, e.g. `343 items, embedding_size 64 and hidden_size 128`. */
  readonly sizes: string;
  /** One after another, from 0 to the end of the vector. */
  readonly tensors: readonly ParameterTensor[];
  /** Length of the vector. */
  readonly parameterCount: number;
  /** Names of the output layer's tensors, which ANIL alone adapts. */
  readonly head: readonly string[];
  /** Name of the tensor that has a row for each item, where there is one. */
  readonly itemEmbedding?: string;
}

/** A kind of model that can be trained, adapted, and kept in a file. */
export interface ModelFamily<Shape extends ModelShape = ModelShape> {
  layout(shape: Shape): ModelLayout;
  /** Parameters before any training; they depend on the shape and the seed alone. */
  initialParameters(shape: Shape, seed: number): Float64Array | Promise<Float64Array>;
  /** What `shapeOf` goes by, for a message. */
  readonly recognizedBy: string;
  /** The shape of a model of this family that has these tensors; undefined where they are of something else. */
  shapeOf(tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>): Shape | undefined;
}
