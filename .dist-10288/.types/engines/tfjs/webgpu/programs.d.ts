import { type PackedShape, type Program } from './program.js';
/** The programs that go over rows, slots or pairs, several to a workgroup. */
export interface LanePrograms {
    readonly input: Program;
    readonly forward: Program;
    readonly head: Program;
    readonly rank: Program;
    readonly backward: Program;
    readonly inputTangent: Program;
    readonly recurrentTangent: Program;
    readonly beforeTangent: Program;
    readonly forwardTangent: Program;
    readonly headTangent: Program;
    readonly backwardTangent: Program;
}
export interface Programs {
    /** Threads of a workgroup. */
    readonly threads: number;
    /** By how many a workgroup takes at once. */
    readonly lanes: {
        readonly 1: LanePrograms;
        readonly 4: LanePrograms;
    };
    readonly dense: Program;
    readonly denseTangent: Program;
    readonly embedding: Program;
    readonly embeddingTangent: Program;
    readonly scale: Program;
    readonly product: Program;
    readonly addProduct: Program;
    readonly descendByRate: Program;
    readonly descendByRates: Program;
    readonly pack: Program;
    readonly sum: Program;
    readonly squares: Program;
}
/** The programs for a shape: the same objects again for shapes that share them, so that pipelines are shared too. */
export declare function programsFor(shape: PackedShape): Programs;
