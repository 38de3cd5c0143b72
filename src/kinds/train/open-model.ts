import { randomStream } from '../../base/random.js';
import type { Engine } from '../../engines/engine.js';
import { gru } from '../../model/gru/gru.js';
import type { ModelFamily, ModelLayout } from '../../model/model-family.js';
import type { KindContext } from '../kind-body.js';
import { layOutModule, type NamedModule } from '../model-module.js';

/** A model that is going to be trained, and what computes it. */
export interface OpenModel {
  readonly layout: ModelLayout;
  readonly engine: Engine;
  initialParameters(): ReturnType<ModelFamily['initialParameters']>;
  /** What its dropout is drawn by in an iteration, counted from 0; absent of one that has none. */
  readonly seedOf?: (iteration: number) => number;
}

interface ModelSettings {
  readonly embedding_size?: number;
  readonly hidden_size?: number;
  readonly model?: NamedModule;
  readonly seed: number;
}

/** The model that the parameters of a training say, for data of so many items. */
export async function openModel(
  context: Pick<KindContext, 'engine' | 'files' | 'scratch'>,
  { embedding_size: embedding = 0, hidden_size: hidden = 0, model, seed }: ModelSettings,
  items: number,
  secondOrder: boolean,
): Promise<OpenModel> {
  if (model === undefined) {
    const shape = { items, embedding, hidden };
    const engine = await context.engine(shape);
    return { layout: gru.layout(shape), engine, initialParameters: () => gru.initialParameters(shape, seed) };
  }
  const engine = await context.engine(await layOutModule(context, model, { items, seed, secondOrder }));
  // An engine that takes a module tells of it.
  const { layout, initialParameters } = engine.module!;
  return {
    layout,
    engine,
    initialParameters: () => Float64Array.from(initialParameters),
    seedOf: (iteration) => randomStream(seed, 'dropout', iteration).integer(2 ** 31),
  };
}
