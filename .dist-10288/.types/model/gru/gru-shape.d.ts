/** Sizes of the recommender: embedding (items x embedding) -> GRU (hidden, one layer) -> linear (items). */
export interface GruShape {
    readonly items: number;
    /** 64 in the experiment. */
    readonly embedding: number;
    /** 128 in the experiment. */
    readonly hidden: number;
}
