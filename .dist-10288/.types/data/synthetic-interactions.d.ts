export interface SyntheticOptions {
    readonly users: number;
    readonly items: number;
    /** Courses of study, each a sequence of items of its own order; popular items stand in several. */
    readonly tracks: number;
    readonly seed: number;
}
/** One event of a learner, as a log would hold it. */
export interface SyntheticEvent {
    readonly user_id: string;
    readonly item_id: string;
    /** Epoch seconds, whole. */
    readonly timestamp: number;
}
/**
 * Learners with latent tracks who take course sequences in sessions, with popularity skew. Made up: it stands for no
 * real data set.
 *
 * @returns the events in order of time; the same for equal options, and a learner's own for any number of learners
 */
export declare function syntheticInteractions(options: SyntheticOptions): readonly SyntheticEvent[];
