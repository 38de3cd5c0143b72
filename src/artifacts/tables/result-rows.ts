import { digestTree } from '../../base/canonical.js';
import { leavesOf } from '../../base/files/tree.js';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import { mostRestrictive, type Role } from '../../base/role.js';
import { flatDeclared } from '../../kinds/declared-values.js';
import type { Content } from '../../kinds/port.js';
import type { GraphNode } from '../../pipeline/graph/graph.js';
import type { Digest } from '../../store/entry.js';
import type { CellInput } from '../../tables/parquet.js';
import type { ResultTableName } from '../../tables/result-schemas.js';
import type { FinishedNode, FinishedRun } from '../finished-run.js';
import { outputsOfContent } from '../outputs-of-content.js';
import { originOf } from '../provenance/provenance.js';
import { endingOf } from '../runs/run-ending.js';

type Row = { readonly [column: string]: CellInput };

/** The row of table `runs`; `run` is the run's identity. */
export function runRow(
  finished: FinishedRun,
  run: string,
): { readonly [column: string]: null | boolean | number | string } {
  return {
    run,
    pipeline: finished.graph.name,
    started_at: finished.startedAt.replace(/Z$/, ''),
    seconds: finished.seconds,
    ended: endingOf(finished.exitCode),
    exit_code: finished.exitCode,
    engine: finished.graph.engine,
    synthetic: isSynthetic(finished),
    nodes: finished.nodes.length,
    ...finished.counts,
    ...(finished.provenance === undefined ? {} : originOf(finished.provenance)),
  };
}

/** The rows of table `steps`. */
export function stepRows(finished: FinishedRun, run: string): readonly Row[] {
  return finished.nodes.map(({ node, outcome, reason, key, entry, seconds }) => ({
    run,
    node: node.id,
    step: node.step,
    kind: node.kind,
    outcome,
    reason,
    key,
    engine: node.engine,
    deterministic: entry?.facts.deterministic ?? node.deterministic,
    seconds,
    computed_seconds: entry?.facts.seconds,
  }));
}

/**
 * The rows of table `params`: what the user gave each node, matrix values included; of what a step declares, what was
 * chosen for it.
 */
export function paramRows(finished: FinishedRun, run: string): readonly Row[] {
  return finished.nodes.flatMap(({ node, entry }) =>
    [...flatParameters({ ...node.givenParameters, ...declaredIn(node, entry?.preimage) })].map(
      ({ name, value }) => ({
        run,
        node: node.id,
        step: node.step,
        name,
        value: JSON.stringify(value),
        number: typeof value === 'number' ? value : null,
      }),
    ),
  );
}

/** The values that a node's declarations had in the end, by name. */
function declaredIn({ declarations }: GraphNode, preimage: JsonObject | undefined): JsonObject {
  const final = preimage?.['params'];
  const declared = declarations === undefined || !isJsonObject(final) ? undefined : final[declarations];
  return isJsonObject(declared) ? flatDeclared(declared) : {};
}

function* flatParameters(object: JsonObject, path = ''): Generator<{ name: string; value: Json }> {
  for (const [name, value] of Object.entries(object)) {
    if (isJsonObject(value) && Object.keys(value).length > 0) yield* flatParameters(value, `${path}${name}.`);
    else yield { name: `${path}${name}`, value };
  }
}

/** The rows of table `lineage`: the files that each node read. */
export function lineageRows(finished: FinishedRun, run: string): readonly Row[] {
  const rolesOf = new Map(finished.nodes.map(({ node }) => [node.id, node.roles]));
  return finished.nodes.flatMap(({ node, entry }) => {
    const files = node.files.map((file) => ({
      run,
      node: node.id,
      input: `file ${file.name}`,
      file: file.path,
      digest: fileDigest(entry?.preimage, file.name),
    }));
    const inputs = Object.entries(node.inputs).flatMap(([port, tree]) => {
      const contents = own(entry?.inputs, port);
      const digests = new Map(
        contents === undefined
          ? []
          : [...leavesOf(contents, port)].map(({ path, leaf }) => [path, leaf.digest]),
      );
      return [...leavesOf(tree, port)].map(({ path, leaf }) => ({
        run,
        node: node.id,
        input: path,
        source_node: leaf.node,
        source_output: leaf.path,
        roles: own(rolesOf.get(leaf.node), leaf.path)?.join(' '),
        digest: digests.get(path),
      }));
    });
    return [...files, ...inputs];
  });
}

function fileDigest(preimage: JsonObject | undefined, name: string): Digest | null {
  const files = preimage?.['files'];
  const digest = isJsonObject(files) ? own(files, name) : undefined;
  return typeof digest === 'string' ? digest : null;
}

/** A file that a node gave, such as a parquet file to become rows of a result table. */
export interface ResultFile {
  readonly node: string;
  readonly step: string;
  /** Port, then path inside it. */
  readonly output: string;
  /** The node that its rows are of: of a derived one, that which it is derived from. */
  readonly shownAs: string;
  readonly role: Role | null;
  /** What tells the node from others of its step. */
  readonly names: JsonObject;
  readonly digest: Digest;
  readonly bytes: number;
}

/** Contents that become result tables, by the table. */
export const tableContents = {
  metrics: 'metrics',
  history: 'history',
  ranks: 'ranks',
  drift: 'drift',
  drift_summary: 'drift-summary',
  summary: 'summary',
  breakdown: 'breakdown',
} as const satisfies { readonly [table in ResultTableName]?: Content };

/** A table whose rows are those of nodes' outputs. */
export type CollectedTable = keyof typeof tableContents;

/** The tables that figures are shown from. */
export const shownTables = ['metrics', 'summary', 'breakdown', 'drift_summary'] as const;

/** The files of nodes' outputs that become a result table. */
export function resultFiles(
  nodes: readonly Pick<FinishedNode, 'node' | 'entry'>[],
  table: CollectedTable,
): readonly ResultFile[] {
  return filesOfContent(nodes, tableContents[table]);
}

/** The files of one content among nodes' outputs. */
export function filesOfContent(
  nodes: readonly Pick<FinishedNode, 'node' | 'entry'>[],
  content: Content,
): readonly ResultFile[] {
  return nodes.flatMap((finished) =>
    outputsOfContent(finished, content).map(({ path, reference }) => ({
      node: finished.node.id,
      step: finished.node.step,
      output: path,
      shownAs: finished.node.derivedFrom ?? finished.node.id,
      role: mostRestrictive(own(finished.node.roles, path) ?? []),
      names: finished.node.names,
      ...reference,
    })),
  );
}

/** Whether any node made its data up. */
export function isSynthetic({
  nodes,
}: {
  readonly nodes: readonly { readonly node: Pick<GraphNode, 'kind'> }[];
}): boolean {
  return nodes.some(({ node }) => node.kind === 'data.synthetic');
}

/**
 * The evaluations on test data: for each node whose metrics are of role test, the contents of each input that is
 * of role test itself, and the node's key.
 */
export function testEvaluations(
  finished: FinishedRun,
): readonly { readonly test_set: Digest; readonly key: Digest }[] {
  const nodesById = new Map(finished.nodes.map(({ node }) => [node.id, node]));
  // What is derived from ranks is the evaluation's: another metric of them is no further look at the test set.
  const evaluated = new Set(
    resultFiles(finished.nodes, 'metrics').flatMap(({ shownAs, role }) => (role === 'test' ? [shownAs] : [])),
  );
  return finished.nodes.flatMap(({ node, key, entry }) => {
    if (key === undefined || entry === undefined || !evaluated.has(node.id)) return [];
    return Object.keys(node.inputs)
      .filter((port) => readsTest(node, port, nodesById))
      .flatMap((port) => {
        const contents = own(entry.inputs, port);
        return contents === undefined ? [] : [{ test_set: digestTree(contents), key }];
      });
  });
}

function readsTest(node: GraphNode, port: string, nodesById: ReadonlyMap<string, GraphNode>): boolean {
  const tree = own(node.inputs, port);
  return (
    tree !== undefined &&
    [...leavesOf(tree)].some(({ leaf }) => own(nodesById.get(leaf.node)?.roles, leaf.path)?.includes('test'))
  );
}
