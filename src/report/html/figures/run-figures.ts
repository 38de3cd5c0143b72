import type { Manifest, Report } from '../../../artifacts/run-documents.js';
import type { RunRows } from '../run-rows.js';
import { ablationFigures } from './ablation-figures.js';
import { chosenNodes } from './chosen-trainings.js';
import { comparisonFigures } from './comparison-figures.js';
import { driftFigures } from './drift-figures.js';
import { type Figure, withUniqueIds } from './figure.js';
import { heatMapFigures } from './heat-map-figures.js';
import { settingGroups } from './setting-groups.js';
import { sweepFigures } from './sweep-figures.js';
import { trainingFigures } from './training-figures.js';

/** Figures beyond which a report is no longer read; drawing them takes time, too. */
const mostFigures = 40;

/** All figures that the data of a run gives, in the order in which they are read, and how many there were too many. */
export function runFigures(
  report: Report,
  manifest: Manifest,
  rows: RunRows,
): { readonly figures: readonly Figure[]; readonly left: number } {
  const named = manifest.nodes.filter((node) => node.derived_from === undefined);
  const kindOfStep = new Map(named.map(({ step, kind }) => [step, kind]));
  const groups = settingGroups(report.summaries, report.metrics, rows.lineage);
  const figures = withUniqueIds([
    ...comparisonFigures(report.summaries),
    ...trainingFigures(rows, report.metrics, kindOfStep, chosenNodes(report, named, rows.lineage)),
    ...heatMapFigures(groups),
    ...sweepFigures(report.metrics),
    ...ablationFigures(groups),
    ...driftFigures(rows.drift, report.drift),
  ]);
  return { figures: figures.slice(0, mostFigures), left: Math.max(0, figures.length - mostFigures) };
}
