import { readFile } from 'node:fs/promises';
import { FailureError } from '../../base/failure.js';
import { writeFile } from '../../base/files/write-file.js';
import type { Engine, Parameters } from '../../engines/engine.js';
import { metaIteration } from '../../learning/meta-train.js';
import type { Optimizer } from '../../learning/optimizer.js';
import { optimizerFor } from '../../learning/optimizers.js';
import { reptileIteration } from '../../learning/reptile.js';
import { createTaskSampler } from '../../learning/sample-tasks.js';
import { cosineRate, withScheduledRate } from '../../learning/scheduled-rate.js';
import { annealedStepWeights } from '../../learning/step-weights.js';
import { clearPaddingRow, scaledRates, scopeFactors, uniformLayerRates } from '../../model/inner-rates.js';
import type { LayerRates } from '../../model/layer-rates.js';
import type { ModelLayout } from '../../model/model-family.js';
import { type Model, readModel, writeModel } from '../../model/model-file.js';
import { readEpisodesAt } from '../evaluate/episode-input.js';
import type { KindContext } from '../kind-body.js';
import { parametersFor } from '../parameters-for.js';
import { filePath } from '../ports.js';
import type { MamlSegment } from './maml-train.js';
import { openModel } from './open-model.js';
import { trainSegment } from './train-segment.js';

/** Trains from iteration `start` to `end`; writes the ports `checkpoint`, `state` and `history`. */
export async function run(context: KindContext<MamlSegment>): Promise<void> {
  const { parameters } = context;
  const episodes = await readEpisodesAt(context, 'train', parameters.max_prefix_length);
  const draw = createTaskSampler(episodes, parameters.meta_batch_size, parameters.seed);
  const { layout, engine, initialParameters, seedOf } = await openModel(
    context,
    parameters,
    episodes.itemCount,
    parameters.second_order ?? false,
  );
  const { inner_lr: innerRate, inner_steps: steps, adapt, padding_idx: paddingIndex } = parameters;
  const factors = scopeFactors(layout, { adapt, paddingIndex });
  const learned = learnedRates(layout, parameters, factors);
  const optimizer = outerOptimizer(parameters);
  const training = {
    trained: trainedEntries(layout, paddingIndex, learned),
    optimizer,
    clipNorm: parameters.clip_norm,
    seedOf,
  };
  const maml = {
    ...training,
    hyper: {
      innerRates: learned?.layered ?? scaledRates(innerRate, factors),
      innerSteps: steps,
      lambdaResidual: parameters.lambda_residual ?? 0,
      secondOrder: parameters.second_order ?? false,
      learnRates: learned !== undefined,
    },
    stepWeightsOf: annealedStepWeights(steps, parameters.step_loss_iterations ?? 0),
  };
  const reptile = { ...training, hyper: { innerRates: innerRate, innerSteps: steps } };

  const start = (await modelAtInit(context, layout)) ?? (await initialParameters());
  if (paddingIndex !== null) clearPaddingRow(layout, start);
  const state = await trainSegment(context, {
    start: parameters.start,
    end: parameters.end,
    unit: 'iterations',
    optimizer,
    initial: () => parametersFor(engine, learned === undefined ? start : concatenate(start, learned.initial)),
    iterate: (from) =>
      parameters.algorithm === 'reptile'
        ? reptileIteration(engine, from, draw(from.step), reptile)
        : metaIteration(engine, from, draw(from.step), maml),
  });
  writeFile(
    context.output('checkpoint'),
    writeModel({
      layout,
      parameters: state.parameters.subarray(0, start.length),
      ...factorsOf(engine, { factors, learned, innerRate }, state.parameters.slice(start.length)),
    }),
  );
}

function outerOptimizer(parameters: MamlSegment): Optimizer {
  const { outer_lr: rate, outer_lr_schedule: schedule, outer_lr_min: lowest = 0, total, end } = parameters;
  if (schedule === undefined) return optimizerFor(parameters, rate);
  const rateOf = cosineRate({ rate, lowest, steps: total ?? end });
  return withScheduledRate((one) => optimizerFor(parameters, one), rateOf);
}

/** Inner rates that the outer loop trains: the first of them, and which of these it moves (0 for those it does not). */
interface LearnedRates {
  readonly initial: Float64Array;
  readonly trained: Float64Array;
  /** Present where there is one for each inner step and tensor. */
  readonly layered?: LayerRates;
}

function learnedRates(
  layout: ModelLayout,
  { learn_rates: learnRates, inner_lr: innerRate, inner_steps: steps, adapt }: MamlSegment,
  factors: Float64Array | undefined,
): LearnedRates | undefined {
  if (learnRates === undefined || learnRates === false) return undefined;
  if (learnRates === 'per_layer') {
    const layered = uniformLayerRates(layout, { adapt, steps, innerRate });
    const initial = Float64Array.from(layered.rates);
    // A frozen tensor's rates stay 0.
    return { initial, trained: initial.map((rate) => (rate === 0 ? 0 : 1)), layered };
  }
  const trained = factors ?? new Float64Array(layout.parameterCount).fill(1);
  return { initial: trained.map((factor) => innerRate * factor), trained };
}

/** What the model says of its inner rates: relative to inner_lr, so that an evaluation's own scales what was learned. */
function factorsOf(
  engine: Engine,
  {
    factors,
    learned,
    innerRate,
  }: { factors: Float64Array | undefined; learned: LearnedRates | undefined; innerRate: number },
  rates: Parameters,
): Pick<Model, 'innerRateFactors' | 'layerRateFactors'> {
  if (learned === undefined) {
    return factors === undefined ? {} : { innerRateFactors: parametersFor(engine, factors) };
  }
  const relative = rates.map((rate) => rate / innerRate);
  if (learned.layered === undefined) return { innerRateFactors: relative };
  return { layerRateFactors: { ...learned.layered, rates: relative } };
}

/** The parameters of the model at port `init`; undefined where there is none. */
async function modelAtInit(context: KindContext, layout: ModelLayout): Promise<Parameters | undefined> {
  const { init } = context.inputs;
  if (init === undefined) return undefined;
  const model = readModel(
    await readFile(filePath(init)),
    'the model at port init',
    'hidden' in layout.shape ? undefined : layout,
  );
  if (tensorsOf(model.layout) !== tensorsOf(layout)) {
    throw new FailureError({
      reason: 'bad-data',
      message: `the model at port init has ${model.layout.sizes}, and this training ${layout.sizes}`,
      hint: 'set embedding_size and hidden_size to those of the model, and train it on the same items',
    });
  }
  return model.parameters;
}

function tensorsOf({ tensors }: ModelLayout): string {
  return tensors.map(({ name, shape }) => `${name} [${shape.join()}]`).join();
}

/** What the optimizer moves of the state's vector; undefined where that is all of it. */
function trainedEntries(
  layout: ModelLayout,
  paddingIndex: 0 | null,
  learned: LearnedRates | undefined,
): Float64Array | undefined {
  const trained = scopeFactors(layout, { adapt: 'all', paddingIndex });
  if (learned === undefined) return trained;
  return concatenate(trained ?? new Float64Array(layout.parameterCount).fill(1), learned.trained);
}

function concatenate(one: Parameters, other: Parameters): Float64Array {
  const whole = new Float64Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
