import { document } from './choose/document.js';
import { select } from './choose/select.js';
import { summary } from './choose/summary.js';
import { value } from './choose/value.js';
import { dataEpisodes } from './data/data-episodes.js';
import { dataFiles } from './data/data-files.js';
import { dataFingerprint } from './data/data-fingerprint.js';
import { dataImport } from './data/data-import.js';
import { dataPairs } from './data/data-pairs.js';
import { dataSplit } from './data/data-split.js';
import { dataSynthetic } from './data/data-synthetic.js';
import { baselineMarkov } from './evaluate/baseline-markov.js';
import { baselinePopularity } from './evaluate/baseline-popularity.js';
import { baselineRandom } from './evaluate/baseline-random.js';
import { baselineSessionKnn } from './evaluate/baseline-session-knn.js';
import { evalFewShot } from './evaluate/eval-few-shot.js';
import { evalZeroShot } from './evaluate/eval-zero-shot.js';
import { breakdown } from './evaluate/groups/breakdown.js';
import { recommended } from './evaluate/groups/recommended.js';
import { metricsKind } from './evaluate/metrics.js';
import type { Kind } from './kind.js';
import { command } from './program/command.js';
import { python } from './program/python.js';
import { readFigure } from './program/typed/read-figure.js';
import { readHistory } from './program/typed/read-history.js';
import { readInteractions } from './program/typed/read-interactions.js';
import { readMetrics } from './program/typed/read-metrics.js';
import { readGru } from './program/typed/read-model.js';
import { readRanks } from './program/typed/read-ranks.js';
import { readSettings } from './program/typed/read-settings.js';
import { readTable } from './program/typed/read-table.js';
import { mamlTrain } from './train/maml-train.js';
import { modelImport } from './train/model-import.js';
import { supervisedTrain } from './train/supervised-train.js';

const all: readonly Kind[] = [
  command,
  python,
  value,
  dataImport,
  dataPairs,
  dataSplit,
  dataSynthetic,
  dataEpisodes,
  dataFiles,
  dataFingerprint,
  baselineRandom,
  baselineMarkov,
  baselinePopularity,
  baselineSessionKnn,
  supervisedTrain,
  mamlTrain,
  modelImport,
  evalZeroShot,
  evalFewShot,
  metricsKind,
  breakdown,
  recommended,
  select,
  summary,
  document,
  readMetrics,
  readHistory,
  readRanks,
  readSettings,
  readGru,
  readInteractions,
  readTable,
  readFigure,
];

/** Every step kind, by name. Adding one is a file and a line here. */
export const kinds: { readonly [name: string]: Kind } = Object.fromEntries(
  all.map((kind) => [kind.name, kind]),
);

/** What to write in the place of a kind that is gone. */
export const replacedKinds: { readonly [name: string]: string } = {
  'checkpoint.select':
    'write kind: select, in: { candidates: …, rows: … } with what was scores as rows, and NAME.chosen for NAME.model',
};
