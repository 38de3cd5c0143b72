import type { ModelFamily, ModelLayout } from '../../model/model-family.js';
/** A model that is going to be trained. */
export interface NewModel {
    readonly layout: ModelLayout;
    initialParameters(): ReturnType<ModelFamily['initialParameters']>;
}
/** The model that the parameters of a training say, for data of so many items. */
export declare function newModel({ embedding_size: embedding, hidden_size: hidden, seed, }: {
    readonly embedding_size: number;
    readonly hidden_size: number;
    readonly seed: number;
}, items: number): NewModel;
