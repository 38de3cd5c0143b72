import type { FinishedRun } from '../artifacts/finished-run.js';
import { outputFiles } from '../artifacts/outputs-of-content.js';
import type { Figures, Manifest, Report } from '../artifacts/run-documents.js';
import type { ChosenRow } from '../artifacts/summary/tuning.js';
import { verdictOf } from '../artifacts/summary/verdict.js';
import { isSynthetic } from '../artifacts/tables/result-rows.js';
import { kshotVersion } from '../run/kshot-version.js';
import { cautionsOf, choicesOf, winnersOf } from './cautions.js';
import { warningsOfData } from './data-warnings.js';
import { keyFindings } from './key-findings.js';
import { noFigures } from './new-tables.js';
import { packageVersions } from './package-versions.js';
import { isComplete, publishedPath } from './publish/due-publications.js';

/** What exactly ran, with what. */
export function manifestOf(finished: FinishedRun): Manifest {
  return {
    version: 1,
    run: finished.run,
    pipeline: finished.graph.name,
    file: finished.graph.file,
    started_at: finished.startedAt,
    kshot: kshotVersion(),
    node: process.version,
    platform: { os: process.platform, architecture: process.arch },
    engine: finished.graph.engine,
    engine_choice: { asked: finished.graph.engineAsked, why: finished.graph.engineReason },
    packages: packageVersions(),
    ...(finished.provenance === undefined ? {} : { provenance: finished.provenance }),
    nodes: finished.nodes.map((one) => ({
      id: one.node.id,
      step: one.node.step,
      kind: one.node.kind,
      ...(one.node.derivedFrom === undefined ? {} : { derived_from: one.node.derivedFrom }),
      ...(Object.keys(one.node.names).length === 0 ? {} : { names: one.node.names }),
      outcome: one.outcome,
      reason: one.reason,
      seconds: one.seconds,
      deterministic: one.entry?.facts.deterministic ?? one.node.deterministic,
      ...(one.entry === undefined ? {} : { computed_seconds: one.entry.facts.seconds }),
      ...(one.key === undefined ? {} : { key: one.key }),
      ...(one.node.engine === undefined ? {} : { engine: one.node.engine }),
      ...(one.entry?.facts.device === undefined ? {} : { device: one.entry.facts.device }),
      outputs: Object.fromEntries(outputFiles(one).map(({ path, reference }) => [path, reference])),
      roles: Object.fromEntries(Object.entries(one.node.roles).filter(([, roles]) => roles.length > 0)),
    })),
  };
}

/** What a run found and what is to be said of it; without figures where its tables could not be written. */
export function wholeReport(
  finished: FinishedRun,
  tables: string,
  chosen: readonly ChosenRow[],
  figures?: Figures,
): Omit<Report, 'test_sets'> {
  const choices = choicesOf(chosen);
  const winners = winnersOf(chosen);
  const cautions = figures === undefined ? [] : cautionsOf(figures, chosen);
  return {
    ...reportOf(finished, tables, figures ?? noFigures),
    ...(choices.length === 0 ? {} : { choices }),
    ...(Object.keys(winners).length === 0 ? {} : { winners }),
    ...(cautions.length === 0 ? {} : { cautions }),
  };
}

/** What a run found, in words and figures; `tables` is the run as which its tables are written. */
function reportOf(finished: FinishedRun, tables: string, figures: Figures): Omit<Report, 'test_sets'> {
  const claims = claimsOf(finished);
  return {
    version: 1,
    run: finished.run,
    pipeline: finished.graph.name,
    started_at: finished.startedAt,
    seconds: finished.seconds,
    exit_code: finished.exitCode,
    engine: finished.graph.engine,
    synthetic: isSynthetic(finished),
    waivers: finished.graph.waivers,
    ...(claims.length === 0 ? {} : { claims }),
    warnings: [
      ...finished.graph.warnings.map((warning) => warning.message),
      ...warningsOfData(figures.data_fingerprints),
    ],
    counts: finished.counts,
    not_deterministic: finished.nodes
      .filter(({ entry }) => entry?.facts.deterministic === false)
      .map(({ node }) => node.id),
    failures: finished.nodes.flatMap(({ node, failure, log, left }) =>
      failure === undefined
        ? []
        : [
            {
              node: node.id,
              reason: failure.reason,
              message: failure.message,
              ...(log === undefined ? {} : { log }),
              ...(left === undefined ? {} : { left }),
            },
          ],
    ),
    tables,
    ...figures,
    verdict: verdictOf(figures.summaries),
    key_findings: keyFindings(figures.summaries),
    outputs: finished.graph.publications
      .filter((publication) => isComplete(publication, finished))
      .map((publication) => ({
        path: publishedPath(publication, finished.run),
        source: publication.source,
      })),
  };
}

/** What steps say of what their outputs were computed from, each once. */
function claimsOf({ nodes }: FinishedRun): NonNullable<Report['claims']> {
  const claims = new Map<string, readonly string[]>();
  for (const { node } of nodes) {
    for (const [port, { from = [], isClaimed }] of Object.entries(node.outputs)) {
      if (isClaimed === true) claims.set(`${node.step}.${port}`, from);
    }
  }
  return [...claims].map(([output, from]) => ({ output, from }));
}
