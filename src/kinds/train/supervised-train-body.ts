import { writeFile } from '../../base/files/write-file.js';
import { readPairs } from '../../data/read-pairs.js';
import { optimizerFor } from '../../learning/optimizers.js';
import { createBatches, supervisedIteration } from '../../learning/supervised-train.js';
import { clearPaddingRow, scopeFactors } from '../../model/inner-rates.js';
import { writeModel } from '../../model/model-file.js';
import type { KindContext } from '../kind-body.js';
import { parametersFor } from '../parameters-for.js';
import { filePath, inputTree } from '../ports.js';
import { openModel } from './open-model.js';
import type { SupervisedSegment } from './supervised-train.js';
import { trainSegment } from './train-segment.js';

/** Trains for one epoch; writes the ports `checkpoint`, `state` and `history`. */
export async function run(context: KindContext<SupervisedSegment>): Promise<void> {
  const { parameters } = context;
  const { epoch, seed } = parameters;
  const train = inputTree(context, 'train');
  const { itemCount, pairs } = await readPairs(
    { pairs: filePath(train, 'pairs'), items: filePath(train, 'items') },
    {
      threads: context.threads,
      maxPrefixLength: parameters.max_prefix_length,
      history: parameters.history,
    },
  );
  const { perEpoch, batch } = createBatches(pairs, parameters.batch_size, seed);
  const { layout, engine, initialParameters, seedOf } = await openModel(
    context,
    parameters,
    itemCount,
    false,
  );
  const trained = scopeFactors(layout, { adapt: 'all', paddingIndex: parameters.padding_idx });
  const drawn = await initialParameters();
  const optimizer = optimizerFor(parameters, parameters.learning_rate);
  const state = await trainSegment(context, {
    start: (epoch - 1) * perEpoch,
    end: epoch * perEpoch,
    unit: 'batches',
    optimizer,
    initial: () => parametersFor(engine, trained === undefined ? drawn : clearPaddingRow(layout, drawn)),
    iterate: (from) => supervisedIteration(engine, from, batch(from.step), optimizer, trained, seedOf),
  });
  const model = { layout, parameters: state.parameters };
  // An inner loop leaves the padding's embedding as it is, too.
  writeFile(
    context.output('checkpoint'),
    writeModel(
      trained === undefined ? model : { ...model, innerRateFactors: parametersFor(engine, trained) },
    ),
  );
}
