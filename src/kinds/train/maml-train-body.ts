import { readFile } from 'node:fs/promises';
import { FailureError } from '../../base/failure.js';
import { writeFile } from '../../base/files/write-file.js';
import type { Parameters } from '../../engines/engine.js';
import { metaIteration } from '../../learning/meta-train.js';
import { optimizerFor } from '../../learning/optimizers.js';
import { createTaskSampler } from '../../learning/sample-tasks.js';
import { clearPaddingRow, scaledRates, scopeFactors } from '../../model/inner-rates.js';
import type { ModelLayout } from '../../model/model-family.js';
import { readModel, writeModel } from '../../model/model-file.js';
import { readEpisodesAt } from '../evaluate/episode-input.js';
import type { KindContext } from '../kind.js';
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
    parameters.second_order,
  );
  const { inner_lr: innerRate, adapt, padding_idx: paddingIndex, learn_rates: learnRates } = parameters;
  const factors = scopeFactors(layout, { adapt, paddingIndex });
  const rates = scaledRates(innerRate, factors);
  const optimizer = optimizerFor(parameters, parameters.outer_lr);
  const training = {
    hyper: {
      innerRates: rates,
      innerSteps: parameters.inner_steps,
      lambdaResidual: parameters.lambda_residual,
      secondOrder: parameters.second_order,
      learnRates,
    },
    trained: trainedEntries(layout, paddingIndex, learnRates ? factors : undefined),
    optimizer,
    clipNorm: parameters.clip_norm,
    seedOf,
  };

  const start = (await modelAtInit(context, layout)) ?? (await initialParameters());
  if (paddingIndex !== null) clearPaddingRow(layout, start);
  const state = await trainSegment(context, {
    start: parameters.start,
    end: parameters.end,
    unit: 'iterations',
    optimizer,
    initial: () =>
      parametersFor(engine, learnRates ? concatenate(start, eachRate(start.length, rates)) : start),
    iterate: (from) => metaIteration(engine, from, draw(from.step), training),
  });
  // Relative to inner_lr, so that an evaluation's own inner_lr scales what was learned.
  const innerRateFactors = learnRates
    ? state.parameters.slice(start.length).map((rate) => rate / innerRate)
    : factors && parametersFor(engine, factors);
  writeFile(
    context.output('checkpoint'),
    writeModel({
      layout,
      parameters: state.parameters.subarray(0, start.length),
      ...(innerRateFactors === undefined ? {} : { innerRateFactors }),
    }),
  );
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
  rateFactors: Float64Array | undefined,
): Float64Array | undefined {
  const trained = scopeFactors(layout, { adapt: 'all', paddingIndex });
  if (rateFactors === undefined) return trained;
  // A frozen parameter's rate stays 0.
  return concatenate(trained ?? rateFactors.slice().fill(1), rateFactors);
}

function eachRate(count: number, rates: number | Float64Array): Float64Array {
  return typeof rates === 'number' ? new Float64Array(count).fill(rates) : rates;
}

function concatenate(one: Parameters, other: Parameters): Float64Array {
  const whole = new Float64Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
