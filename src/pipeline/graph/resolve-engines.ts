import { type EngineChoice, engineOfJob, isEngineGroup, unusedChoice } from '../../engines/choose-engine.js';
import { batchOptionsOf, type ChosenExecutor } from '../choose-executor.js';
import type { Spec } from '../spec/spec.js';

/** What the names under `engine:` stand for. */
export interface ResolvedEngines {
  /** Of the name at the top. */
  readonly top: EngineChoice;
  /** For each name that a step computes with. */
  readonly choices: ReadonlyMap<string, EngineChoice>;
}

/** Looks up each name once, and none that no step computes with: a pipeline without such steps probes nothing. */
export async function resolveEngines(
  { engine: atTop, steps }: Pick<Spec, 'engine' | 'steps'>,
  choose: (asked: string) => Promise<EngineChoice>,
  executor: ChosenExecutor,
): Promise<ResolvedEngines> {
  const all = [...steps.values()].filter(({ kind }) => kind.usesEngine === true);
  const computing = all.filter((step) => batchOptionsOf(step, executor) === undefined);
  const choices = new Map<string, EngineChoice>();
  for (const asked of new Set(computing.map(({ engine }) => engine ?? atTop))) {
    choices.set(asked, await choose(asked));
  }
  const unused = isEngineGroup(atTop)
    ? all.length === 0
      ? unusedChoice(atTop)
      : { engine: engineOfJob(atTop), why: 'what computes are jobs, and none names its own' }
    : { engine: atTop, why: 'it was asked for by name' };
  return { top: choices.get(atTop) ?? unused, choices };
}
