import { join } from 'node:path';
import type { Json, JsonObject } from '../base/json.js';
import type { Roles } from '../base/role.js';
import type { Outcome } from '../run/event.js';
import type { Digest, ObjectReference } from '../store/entry.js';
import type { DriftSummary } from './drift-table.js';
import type { MetricRow } from './metric-table.js';
import type { Provenance } from './provenance/provenance.js';
import { readOwnDocument } from './read-document.js';
import { runFolderOf, runNamesOf } from './register.js';
import type { BreakdownRow } from './summary/breakdown-table.js';
import type { SummaryRow } from './summary/summary-rows.js';
import { verdictOf } from './summary/verdict.js';

/** What a run's steps found. */
export interface Figures {
  readonly metrics: readonly MetricRow[];
  /** Of the steps of kind `summary`. */
  readonly summaries: readonly SummaryRow[];
  /** Of the steps of kind `breakdown`. */
  readonly breakdowns: readonly BreakdownRow[];
  /** Of the evaluations that were asked for it. */
  readonly drift: readonly DriftSummary[];
  /** What was found of the data, by the nodes of kind `data.fingerprint`. */
  readonly data_fingerprints: { readonly [node: string]: Json };
  /** Segments of programs whose curves seem to count their steps anew; absent where none does. */
  readonly restarted_curves?: readonly string[];
}

/** `report.json`: what a run found, for people and scripts. */
export interface Report extends Figures {
  readonly version: 1;
  readonly run: string;
  readonly pipeline: string;
  readonly started_at: string;
  readonly seconds: number;
  readonly exit_code: number;
  readonly engine: string;
  /** Whether any of the data was made up by `data.synthetic`. */
  readonly synthetic: boolean;
  /** Uses of test data that the pipeline waives the guard for. */
  readonly waivers: readonly {
    readonly step: string;
    readonly reason: string;
    readonly path: readonly string[];
  }[];
  /** Outputs of programs that are said to be computed from some of the inputs alone; absent where none is. */
  readonly claims?: readonly { readonly output: string; readonly from: readonly string[] }[];
  readonly warnings: readonly string[];
  /** What each choice has taken, a line each; absent where none was made. */
  readonly choices?: readonly string[];
  /** By the nodes of choices, the names of what each has taken; absent where none was made by names. */
  readonly winners?: { readonly [node: string]: JsonObject };
  /** What changes what a number means, such as a mean of fewer than there are; absent where nothing does. */
  readonly cautions?: readonly string[];
  /** For each test set that this run looked at: how many distinct evaluations any run has made on it, this one's too. */
  readonly test_sets: readonly { readonly test_set: Digest; readonly evaluations: number }[];
  readonly counts: { readonly [outcome in Outcome]: number };
  /** Nodes whose results another computation may not give again. */
  readonly not_deterministic: readonly string[];
  readonly failures: readonly {
    readonly node: string;
    readonly reason: string;
    readonly message: string;
    /** Relative to the root. */
    readonly log?: string;
    /** What it had written, relative to the root; may be gone by now. */
    readonly left?: string;
  }[];
  /** `<pipeline>/<run>` of the run whose folder holds the tables. */
  readonly tables: string;
  /** What leads, by how much, and what cannot be told from it: a sentence or two; none where no step compares. */
  readonly verdict: readonly string[];
  /** What the comparisons say, a sentence each. */
  readonly key_findings: readonly string[];
  /** Files of the project that were to be published, relative to the root, and what each is made of. */
  readonly outputs: readonly { readonly path: string; readonly source: string }[];
}

/** A node in `manifest.json`. */
export interface ManifestNode {
  readonly id: string;
  readonly step: string;
  readonly kind: string;
  /** The node of the step that it makes a port from; absent of one that the pipeline itself names. */
  readonly derived_from?: string;
  /** What tells it from others of its step; absent where nothing does. */
  readonly names?: JsonObject;
  readonly outcome: Outcome;
  readonly reason: string;
  /** What it took in this run; 0 where nothing was executed. */
  readonly seconds: number;
  /** Whether equal inputs give equal bytes; absent in runs of earlier versions of kshot. */
  readonly deterministic?: boolean;
  /** What computing its result took, in this run or before. */
  readonly computed_seconds?: number;
  readonly key?: Digest;
  readonly engine?: string;
  readonly device?: string;
  /** Output files by port and path. */
  readonly outputs: { readonly [path: string]: ObjectReference };
  /** The splits that outputs were computed from, where they have any. */
  readonly roles?: { readonly [path: string]: Roles };
}

/** `manifest.json`: what exactly ran, with what. */
export interface Manifest {
  readonly version: 1;
  readonly run: string;
  readonly pipeline: string;
  readonly file: string;
  readonly started_at: string;
  readonly kshot: string;
  readonly node: string;
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly engine: string;
  /** What was asked for at the top, and why it became that engine; absent in runs of earlier versions of kshot. */
  readonly engine_choice?: { readonly asked: string; readonly why: string };
  /** Versions of the packages that kshot computes with. */
  readonly packages: { readonly [name: string]: string };
  /** Absent in runs of earlier versions of kshot. */
  readonly provenance?: Provenance;
  readonly nodes: readonly ManifestNode[];
}

/** A run's report; undefined where its folder is gone. It has the name that the run has now. */
export function readReport(root: string, identity: string): Report | undefined {
  const file = join(runFolderOf(root, identity), 'report.json');
  const report = readOwnDocument(file, ['failures']) as unknown as Report | undefined;
  const { pipeline, run } = runNamesOf(identity);
  return report === undefined
    ? undefined
    : {
        ...report,
        pipeline,
        run,
        failures: report.failures.map((failure) =>
          failure.log === undefined || report.run === run
            ? failure
            : { ...failure, log: failure.log.replace(`/${report.run}/`, `/${run}/`) },
        ),
        ...figuresOf(report),
        verdict: report.verdict ?? verdictOf(report.summaries ?? []),
        key_findings: report.key_findings ?? [],
        outputs: report.outputs ?? [],
      };
}

/** The figures of a report; one of an earlier version of kshot lacks some. */
export function figuresOf(report: Partial<Figures>): Figures {
  return {
    metrics: (report.metrics ?? []).map((row) => ({
      ...row,
      intervals: row.intervals ?? {},
      settings: row.settings ?? {},
    })),
    summaries: report.summaries ?? [],
    breakdowns: report.breakdowns ?? [],
    drift: report.drift ?? [],
    data_fingerprints: report.data_fingerprints ?? {},
    ...(report.restarted_curves === undefined ? {} : { restarted_curves: report.restarted_curves }),
  };
}

/** A run's manifest; undefined where its folder is gone. It has the name that the run has now. */
export function readManifest(root: string, identity: string): Manifest | undefined {
  const file = join(runFolderOf(root, identity), 'manifest.json');
  const manifest = readOwnDocument(file, ['nodes']) as unknown as Manifest | undefined;
  return manifest && { ...manifest, ...runNamesOf(identity) };
}
