import { readFile } from 'node:fs/promises';
import { FailureError } from '../../base/failure.js';
import { padPrefixes } from '../../data/pad-prefixes.js';
import type { Episode, EpisodeSet } from '../../data/read-episodes.js';
import type { History } from '../../data/whole-histories.js';
import type { Adapted } from '../../engines/engine.js';
import { taskOf } from '../../learning/sample-tasks.js';
import { type AdaptedLayers, innerRatesOf } from '../../model/inner-rates.js';
import { readModel } from '../../model/model-file.js';
import type { KindContext } from '../kind-body.js';
import { layOutModule, type NamedModule } from '../model-module.js';
import { parametersFor } from '../parameters-for.js';
import { filePath, inputTree } from '../ports.js';
import { readEpisodesAt } from './episode-input.js';
import { type DriftRow, writeDrift } from './write-drift.js';
import { type RankRow, writeRanks } from './write-ranks.js';

export interface Evaluation {
  /** Ascending, distinct. */
  readonly steps: readonly number[];
  readonly innerRate: number;
  /** How many of the last support pairs to adapt to, ascending, distinct; all where undefined. */
  readonly supportSizes?: readonly number[] | undefined;
  /** Whether to write the ports `drift` and `drift_summary`. */
  readonly drift?: boolean | undefined;
  /** What to adapt; as the model says where undefined. */
  readonly adapt?: AdaptedLayers | undefined;
  /** Items 0 are appended to shorter prefixes up to this length. */
  readonly padTo?: number | undefined;
  /** What prefixes hold; their sessions where undefined. */
  readonly history?: History;
  /** Of what class the model is, where that is the user's own. */
  readonly module?: NamedModule | undefined;
  /** All where undefined. */
  readonly maxEpisodes: number | undefined;
  readonly maxPrefixLength: number;
  /** How many items of each ranking to list; none where undefined. */
  readonly listed: number | undefined;
}

/** Episodes between two reports of progress. */
const episodesAtOnce = 32;

/** Adapts the model at port `model` to the episodes at port `episodes`; writes the port `ranks`, `drift` where asked to. */
export async function evaluateModel(context: KindContext, evaluation: Evaluation): Promise<void> {
  const read = await readEpisodesAt(context, 'episodes', evaluation.maxPrefixLength, evaluation.history);
  const episodes = { ...read, pairs: padPrefixes(read.pairs, evaluation.padTo ?? 0) };
  const { model, engine } = await openTrained(context, evaluation.module, episodes.itemCount);
  const parameters = parametersFor(engine, model.parameters);
  const innerRates = innerRatesOf(model, evaluation.innerRate, evaluation.adapt);
  const evaluated = episodes.episodes.slice(0, evaluation.maxEpisodes);
  const sizes = evaluation.supportSizes ?? [undefined];
  const total = evaluated.length * sizes.length;
  const rows: RankRow[] = [];
  const drift: DriftRow[] = [];
  const evaluateSome = async (some: readonly Episode[]): Promise<void> => {
    context.signal.throwIfAborted();
    const tasks = some.map((episode) => taskOf(episodes, episode));
    const adapted = await engine.adaptAndRank(parameters, tasks, {
      innerRates,
      steps: evaluation.steps,
      ...(evaluation.listed === undefined ? {} : { listed: evaluation.listed }),
    });
    if (evaluation.listed !== undefined && adapted.lists === undefined) {
      throw new FailureError({
        reason: 'engine-unavailable',
        message: `the engine ${engine.name} gives ranks, and no lists of items as top_items asks for`,
        hint: 'give the step engine: wasm, or leave out top_items',
      });
    }
    for (const row of rankRows(episodes, some, evaluation.steps, adapted)) rows.push(row);
    if (evaluation.drift !== true) return;
    for (const row of driftRows(some, evaluation.steps, adapted)) drift.push(row);
  };
  for (const [index, size] of sizes.entries()) {
    const cut = evaluated.flatMap((episode) => withSupport(episode, size));
    for (let from = 0; from < cut.length; from += episodesAtOnce) {
      const some = cut.slice(from, from + episodesAtOnce);
      await evaluateSome(some);
      context.progress({ done: index * evaluated.length + from + some.length, total, unit: 'episodes' });
    }
  }
  const asked = (evaluation.supportSizes ?? []).flatMap((k) =>
    evaluation.steps.map((steps) => ({ k, steps })),
  );
  await writeRanks(context, rows, evaluation.innerRate, asked, evaluation.listed !== undefined);
  if (evaluation.drift === true) await writeDrift(context, drift);
  context.progress({ done: total, total, unit: 'episodes' });
}

/**
 * The model at port `model`, of the module or else of a family that its tensors tell, and what computes it.
 *
 * @throws FailureError `bad-data` where it is of other items
 */
async function openTrained(context: KindContext, module: NamedModule | undefined, items: number) {
  const bytes = await readFile(filePath(inputTree(context, 'model')));
  if (module !== undefined) {
    // Its first parameters are of no account.
    const shape = await layOutModule(context, module, { items, seed: 0, secondOrder: false });
    const engine = await context.engine(shape);
    return { engine, model: readModel(bytes, 'the model', engine.module?.layout) };
  }
  const model = readModel(bytes, 'the model');
  if (items !== model.layout.shape.items) {
    throw new FailureError({
      reason: 'bad-data',
      message: `the model knows ${model.layout.shape.items} items, and the episodes have ${items}`,
      hint: 'evaluate on episodes of the same items as the model was trained on',
    });
  }
  return { engine: await context.engine(model.layout.shape), model };
}

/** The episode with its last so many support pairs only; none where it has fewer. */
function withSupport(episode: Episode, size: number | undefined): readonly Episode[] {
  if (size === undefined) return [episode];
  if (size > episode.support.length) return [];
  return [{ ...episode, support: episode.support.slice(-size) }];
}

function driftRows(episodes: readonly Episode[], steps: readonly number[], { drift }: Adapted): DriftRow[] {
  return steps.flatMap((count, s) =>
    // Without a step nothing moves.
    count === 0
      ? []
      : episodes.flatMap(({ support, episodeId }, t) =>
          (drift[s]?.[t] ?? []).map((moved) => ({ k: support.length, steps: count, episodeId, ...moved })),
        ),
  );
}

function rankRows(
  { pairs, pairIds }: EpisodeSet,
  episodes: readonly Episode[],
  steps: readonly number[],
  { ranks, lists }: Adapted,
): RankRow[] {
  return steps.flatMap((count, s) =>
    episodes.flatMap((episode, t) =>
      Array.from(episode.query, (pair, i) => {
        const list = lists?.[s]?.[t];
        const width = (list?.length ?? 0) / episode.query.length;
        const rank = ranks[s]?.[t]?.[i] ?? 0;
        if (rank === 0) {
          throw new FailureError({
            reason: 'not-finite',
            message: `after ${count} steps the scores for user ${episode.userId} (episode ${episode.episodeId}) are not finite`,
            hint: count === 0 ? 'the model itself has diverged' : 'lower inner_lr or steps',
          });
        }
        return {
          k: episode.support.length,
          steps: count,
          episodeId: episode.episodeId,
          userId: episode.userId,
          // Indices of an episode are those of its set's pairs.
          pairId: pairIds[pair]!,
          label: pairs.labels[pair]!,
          rank,
          ...(list === undefined ? {} : { items: list.slice(i * width, (i + 1) * width) }),
        };
      }),
    ),
  );
}
