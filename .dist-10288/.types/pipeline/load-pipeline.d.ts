import type { Failure } from '../base/failure.js';
import { type Result } from '../base/result.js';
import type { EngineChoice } from '../engines/choose-engine.js';
import type { Kind } from '../kinds/kind.js';
import type { Graph } from './graph/graph.js';
import { type ParameterValidators } from './graph/parameter-errors.js';
export interface LoadOptions {
    /** The project's root, absolute. */
    readonly root: string;
    /** The pipeline's file, absolute or relative to the root. */
    readonly file: string;
    /** `PATH=YAML` arguments of `--set`, later over earlier. */
    readonly sets?: readonly string[];
    /** Takes the place of the engine named at the top; an engine named on a step stays. */
    readonly engine?: string;
    /** What a name under `engine:` stands for; default: what this machine has. */
    readonly chooseEngine?: (asked: string) => Promise<EngineChoice>;
    /** Steps or node ids; the graph then holds only these and what they need. None: everything. */
    readonly targets?: readonly string[];
    /** The kinds there are, and their compiled schemas; kshot's own unless given. */
    readonly kinds?: {
        readonly [name: string]: Kind;
    };
    readonly validators?: ParameterValidators;
}
/** Reads, checks and expands a pipeline. Fails with everything that is wrong with it, in the order of the file. */
export declare function loadPipeline(options: LoadOptions): Promise<Result<Graph, Failure[]>>;
