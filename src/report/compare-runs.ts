import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readDocument } from '../artifacts/read-document.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../artifacts/register.js';
import {
  type Manifest,
  type ManifestNode,
  type Report,
  readManifest,
  readReport,
} from '../artifacts/run-documents.js';
import { hasTables } from '../artifacts/runs/shared-results.js';
import { recordedFiles, verifyRecordedFiles } from '../artifacts/verify-run.js';
import { canonicalText, type Digest } from '../base/canonical.js';
import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { own } from '../base/own-properties.js';
import { differences } from '../pipeline/plan/explain.js';
import type { Store } from '../store/store.js';
import { compareMetrics, type MetricComparison } from './metric-differences.js';

/** A run with all that two are compared by; its files are verified. */
export interface ComparableRun {
  readonly identity: string;
  readonly report: Report;
  readonly manifest: Manifest;
  /** The pipeline as it was run, parameters filled in. */
  readonly configuration: JsonObject;
  /** The parquet file of its ranks; undefined where it has none. */
  readonly ranks: string | undefined;
}

/** A value that stands at a path in one run, in the other, or in both with different values. */
export interface ValueDifference {
  readonly path: string;
  /** Absent where there was none. */
  readonly before?: Json;
  readonly after?: Json;
}

/** How a node differs between two runs. */
export interface NodeDifference {
  readonly node: string;
  readonly step: string;
  /** The node that it makes a port from; absent of one that the pipeline itself names. */
  readonly derived_from?: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of the key's pre-image, or what else differs, a line each; empty for a node that only one run has. */
  readonly differences: readonly string[];
  /** Whether the outputs are the same all the same. */
  readonly same_outputs: boolean;
}

/** What `kshot diff --json` prints. */
export interface RunComparison {
  readonly version: 1;
  readonly before: RunFacts;
  readonly after: RunFacts;
  readonly parameters: readonly ValueDifference[];
  /** Versions, platform and engine. */
  readonly environment: readonly ValueDifference[];
  readonly nodes: { readonly same: number; readonly differing: readonly NodeDifference[] };
  readonly metrics: MetricComparison;
}

export interface RunFacts {
  readonly run: string;
  readonly file: string;
  readonly started_at: string;
  readonly engine: string;
  readonly exit_code: number;
  readonly synthetic: boolean;
  readonly waivers: Report['waivers'];
}

/**
 * Reads a run; undefined where its folder, or that of the run that holds its tables, is gone.
 *
 * @throws FailureError `object-corrupt` where a file is not what the run wrote
 */
export async function readComparableRun(root: string, record: RunRecord): Promise<ComparableRun | undefined> {
  const identity = identityOf(record);
  const folder = runFolderOf(root, identity);
  if (!existsSync(folder)) return undefined;
  const documents = ['report.json', 'manifest.json', 'config.json'];
  await verifyRecordedFiles(
    recordedFiles(root, record).filter(({ path }) => documents.includes(basename(path))),
  );
  const report = readReport(root, identity);
  const manifest = readManifest(root, identity);
  const configuration = readDocument(join(folder, 'config.json')) as JsonObject | undefined;
  if (report === undefined || manifest === undefined || configuration === undefined) return undefined;
  return { identity, report, manifest, configuration, ranks: await ranksOf(root, record) };
}

async function ranksOf(root: string, record: RunRecord): Promise<string | undefined> {
  const holder = hasTables(record)
    ? record
    : readRegister(root).runs.find((one) => identityOf(one) === record.tables);
  if (holder === undefined) return undefined;
  const files = recordedFiles(root, holder, 'tables/ranks.parquet');
  await verifyRecordedFiles(files);
  return files[0]?.path;
}

/** All that differs between two runs; the same runs and cache give the same answer. */
export async function compareRuns(
  before: ComparableRun,
  after: ComparableRun,
  store: Pick<Store, 'readEntry'>,
  readCode: (digest: Digest) => Promise<string | undefined>,
): Promise<RunComparison> {
  return {
    version: 1,
    before: factsOf(before),
    after: factsOf(after),
    parameters: valueDifferences('', before.configuration, after.configuration).filter(
      ({ path }) => path !== 'version',
    ),
    environment: valueDifferences('', environmentOf(before.manifest), environmentOf(after.manifest)),
    nodes: await compareNodes(before.manifest.nodes, after.manifest.nodes, store, readCode),
    metrics: await compareMetrics(
      { metrics: before.report.metrics, ranks: before.ranks },
      { metrics: after.report.metrics, ranks: after.ranks },
    ),
  };
}

function factsOf({ identity, report, manifest }: ComparableRun): RunFacts {
  return {
    run: identity,
    file: manifest.file,
    started_at: report.started_at,
    engine: report.engine,
    exit_code: report.exit_code,
    synthetic: report.synthetic,
    waivers: report.waivers,
  };
}

function environmentOf({ kshot, node, platform, engine, packages }: Manifest): JsonObject {
  return { kshot, node, os: platform.os, architecture: platform.architecture, engine, packages };
}

/** Objects are compared member by member, all else as a whole. */
function valueDifferences(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
): readonly ValueDifference[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      valueDifferences(path === '' ? name : `${path}.${name}`, own(before, name), own(after, name)),
    );
  }
  if (before !== undefined && after !== undefined && canonicalText(before) === canonicalText(after))
    return [];
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

async function compareNodes(
  before: readonly ManifestNode[],
  after: readonly ManifestNode[],
  store: Pick<Store, 'readEntry'>,
  readCode: (digest: Digest) => Promise<string | undefined>,
): Promise<RunComparison['nodes']> {
  const earlier = new Map(before.map((node) => [node.id, node]));
  const later = new Set(after.map(({ id }) => id));
  const differing: NodeDifference[] = [];
  let same = 0;
  for (const node of after) {
    const was = earlier.get(node.id);
    const lines = was === undefined ? [] : await linesOf(was, node, store, readCode);
    if (was !== undefined && lines.length === 0) same += 1;
    else {
      differing.push({
        node: node.id,
        step: node.step,
        ...derivedFrom(node),
        change: was === undefined ? 'added' : 'changed',
        differences: lines,
        same_outputs: was !== undefined && hasResult(was) && hasResult(node) && hasSameOutputs(was, node),
      });
    }
  }
  for (const node of before.filter(({ id }) => !later.has(id))) {
    const { id, step } = node;
    differing.push({
      node: id,
      step,
      ...derivedFrom(node),
      change: 'removed',
      differences: [],
      same_outputs: false,
    });
  }
  return { same, differing };
}

function derivedFrom({ derived_from }: ManifestNode): Pick<NodeDifference, 'derived_from'> {
  return derived_from === undefined ? {} : { derived_from };
}

async function linesOf(
  before: ManifestNode,
  after: ManifestNode,
  store: Pick<Store, 'readEntry'>,
  readCode: (digest: Digest) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const [was, is] = [stateOf(before), stateOf(after)];
  const states = was === is ? [] : [`${was} -> ${is}`];
  if (before.key === undefined || after.key === undefined) return states;
  if (before.key === after.key) {
    return states.length > 0 || hasSameOutputs(before, after)
      ? states
      : ['the same key, but other bytes: it does not repeat itself'];
  }
  const [old, now] = await Promise.all(
    [before.key, after.key].map(async (key) => (await store.readEntry(key))?.preimage),
  );
  if (old === undefined || now === undefined) {
    // What failed has left no entry, and nobody looks for more than that.
    if (states.length > 0) return states;
    return ['its key; how is not known, because the entry of one is no longer in the cache'];
  }
  return [...states, ...(await differences(old, now, readCode))];
}

function hasResult({ outcome }: ManifestNode): boolean {
  return outcome === 'ran' || outcome === 'hit' || outcome === 'joined';
}

/** Whether it has a result, and if not why. */
function stateOf(node: ManifestNode): string {
  return hasResult(node) ? 'has a result' : node.outcome;
}

function hasSameOutputs({ outputs: one }: ManifestNode, { outputs: other }: ManifestNode): boolean {
  const paths = Object.keys(one);
  return (
    paths.length === Object.keys(other).length &&
    paths.every((path) => one[path]?.digest === own(other, path)?.digest)
  );
}
