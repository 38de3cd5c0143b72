import { type EngineChoice } from '../../engines/choose-engine.js';
import type { Spec } from '../spec/spec.js';
/** What the names under `engine:` stand for. */
export interface ResolvedEngines {
    /** Of the name at the top. */
    readonly top: EngineChoice;
    /** For each name that a step computes with. */
    readonly choices: ReadonlyMap<string, EngineChoice>;
}
/** Looks up each name once, and none that no step computes with: a pipeline without such steps probes nothing. */
export declare function resolveEngines({ engine: atTop, steps }: Pick<Spec, 'engine' | 'steps'>, choose: (asked: string) => Promise<EngineChoice>): Promise<ResolvedEngines>;
