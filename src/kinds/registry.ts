import { baselinePopularity } from './baseline-popularity.js';
import { baselineRandom } from './baseline-random.js';
import { baselineSessionKnn } from './baseline-session-knn.js';
import { checkpointSelect } from './checkpoint-select.js';
import { command } from './command.js';
import { dataEpisodes } from './data-episodes.js';
import { dataFiles } from './data-files.js';
import { dataFingerprint } from './data-fingerprint.js';
import { dataImport } from './data-import.js';
import { dataPairs } from './data-pairs.js';
import { dataSplit } from './data-split.js';
import { dataSynthetic } from './data-synthetic.js';
import { document } from './document.js';
import { evalFewShot } from './eval-few-shot.js';
import { evalZeroShot } from './eval-zero-shot.js';
import type { Kind } from './kind.js';
import { mamlTrain } from './maml-train.js';
import { modelImport } from './model-import.js';
import { select } from './select.js';
import { summary } from './summary.js';
import { supervisedTrain } from './supervised-train.js';
import { value } from './value.js';

const all: readonly Kind[] = [
  command,
  value,
  dataImport,
  dataPairs,
  dataSplit,
  dataSynthetic,
  dataEpisodes,
  dataFiles,
  dataFingerprint,
  baselineRandom,
  baselinePopularity,
  baselineSessionKnn,
  supervisedTrain,
  mamlTrain,
  modelImport,
  checkpointSelect,
  evalZeroShot,
  evalFewShot,
  select,
  summary,
  document,
];

/** Every step kind, by name. Adding one is a file and a line here. */
export const kinds: { readonly [name: string]: Kind } = Object.fromEntries(
  all.map((kind) => [kind.name, kind]),
);
