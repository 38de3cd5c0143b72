import type { Failure } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import { type EngineChoice, isEngineGroup, unusedChoice } from '../../engines/choose-engine.js';
import type { JobWishes } from '../../engines/choose-here.js';
import { engines as descriptors } from '../../engines/registry.js';
import { batchOptionsOf, type ChosenExecutor } from '../choose-executor.js';
import type { Spec } from '../spec/spec.js';
import type { StepSpec } from '../spec/step-spec.js';
import { failureAt } from '../text/located-value.js';

/** What the names under `engine:` stand for. */
export interface ResolvedEngines {
  /** Of the name at the top. */
  readonly top: EngineChoice;
  /** For a name that a step computes with; undefined for one that no step does. */
  choiceOf(asked: string, job: JobWishes | undefined): EngineChoice | undefined;
}

/** Looks up each name once, and none that no step computes with: a pipeline without such steps probes nothing. */
export async function resolveEngines(
  { engine: atTop, steps }: Pick<Spec, 'engine' | 'steps'>,
  choose: (asked: string, job?: JobWishes) => Promise<EngineChoice>,
  executor: ChosenExecutor,
): Promise<ResolvedEngines> {
  const choices = new Map<string, EngineChoice>();
  for (const step of steps.values()) {
    if (step.kind.usesEngine !== true) continue;
    const asked = step.engine ?? atTop;
    const job = jobWishesOf(step, executor);
    const key = keyOf(asked, job);
    if (!choices.has(key)) choices.set(key, await choose(asked, job));
  }
  return {
    top: choices.get(keyOf(atTop, undefined)) ?? ofJobs(atTop, choices),
    choiceOf: (asked, job) => choices.get(keyOf(asked, job)),
  };
}

/** What a step asks for whose nodes are jobs; undefined where they run on this machine. */
function jobWishesOf(step: StepSpec, executor: ChosenExecutor): JobWishes | undefined {
  if (batchOptionsOf(step, executor) === undefined) return undefined;
  return { asksForGpu: (step.resources.gpus ?? 0) > 0 };
}

/** What a step computes with. */
export interface StepEngine {
  /** Absent where it computes without one. */
  readonly engine?: string;
  /** Whether it was asked for, or is the only one. */
  readonly isByName: boolean;
  /** For the plan: what a name stands for in jobs. */
  readonly note?: string;
  /** That it stands for something else than the step would have. */
  readonly remark?: Failure;
}

const lackHint = 'name the engine, such as engine: torch, or take the GPU away: gpus: 0';

/** @param full the parameters of an instance of the step */
export function engineOfStep(
  step: StepSpec,
  full: JsonObject,
  {
    atTop,
    engines,
    executor,
  }: {
    readonly atTop: string;
    readonly engines: ResolvedEngines;
    readonly executor: ChosenExecutor;
  },
): StepEngine {
  const { kind, engine: ofStep } = step;
  if (kind.usesEngine !== true) return { isByName: false };
  const asked = kind.onlyEngine?.(full) ?? ofStep ?? atTop;
  const job = jobWishesOf(step, executor);
  // All names that steps compute with were resolved, but for one that is the only one.
  const { engine, why } = engines.choiceOf(asked, job) ?? { engine: asked, why: '' };
  if (engine === asked || job === undefined) return { engine, isByName: engine === asked };
  const isLacking = job.asksForGpu && descriptors[engine]?.gpu !== true;
  const lack = `${step.name} asks for a GPU, and its jobs compute with ${engine}, without one: ${why}`;
  return {
    engine,
    isByName: false,
    note: `${asked} is ${engine} in its jobs: ${why}`,
    ...(isLacking ? { remark: failureAt(step, 'unknown-engine', lack, { hint: lackHint }) } : {}),
  };
}

/** What the name at the top stands for where nothing on this machine computes with it. */
function ofJobs(atTop: string, choices: ReadonlyMap<string, EngineChoice>): EngineChoice {
  const [withGpu, without] = [true, false].map((asksForGpu) => choices.get(keyOf(atTop, { asksForGpu })));
  if (without !== undefined && withGpu !== undefined && withGpu.engine !== without.engine)
    return { ...without, why: `${without.why}; of one that does, ${withGpu.engine}` };
  const one = withGpu ?? without;
  if (one !== undefined) return one;
  return isEngineGroup(atTop) ? unusedChoice(atTop) : { engine: atTop, why: 'it was asked for by name' };
}

function keyOf(asked: string, job: JobWishes | undefined): string {
  return `${asked} ${job === undefined ? 'here' : job.asksForGpu ? 'gpu' : 'cpu'}`;
}
