import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FinishedNode, FinishedRun } from '../artifacts/finished-run.js';
import { resultFiles, tableContents } from '../artifacts/tables/result-rows.js';
import type { Graph } from '../pipeline/graph/graph.js';
import type { Store } from '../store/store.js';
import { readChosenRows } from './chosen-rows.js';
import { isTimeToRehearse, leastSeconds } from './html/rehearsal-time.js';
import { newTables, writeDocument } from './new-tables.js';
import { manifestOf, wholeReport } from './run-report.js';

/** A page of more is not drawn while steps compute: the process that does so schedules them. */
const mostNodes = 1000;
const mostBytes = 2 ** 25;

/** A run that may be rehearsed: what is known of it before it ends. */
export type RunSoFar = Omit<FinishedRun, 'nodes' | 'seconds' | 'exitCode' | 'counts'>;

/** Whether a page of the pipeline would have figures. */
export function hasFigures({ nodes }: Pick<Graph, 'nodes'>): boolean {
  return nodes.some(({ outputs }) =>
    Object.values(outputs).some(
      ({ shape }) => shape.type === 'file' && (shape.content === 'metrics' || shape.content === 'history'),
    ),
  );
}

/**
 * Draws the page of a run before its end, from the results that are there, in a folder that is thrown away. What has been
 * drawn then is not drawn again, and all that draws is loaded and warm. Nothing depends on it: what goes wrong is told
 * where the page is made.
 */
export class PageRehearsal {
  private readonly run: RunSoFar;
  private readonly store: Pick<Store, 'objectPath'>;
  private readonly settled = new Map<string, FinishedNode>();
  private readonly running = new Set<string>();
  private readonly since = performance.now();
  private readonly timer: NodeJS.Timeout;
  private drawings = 0;
  private drawing: Promise<void> | undefined;
  private isOver = false;

  constructor(run: RunSoFar, store: Pick<Store, 'objectPath'>) {
    this.run = run;
    this.store = store;
    // A timer may fire a moment too early, and where one long step executes, nothing else looks again.
    this.timer = setTimeout(
      () => {
        loadAll().catch(() => undefined);
        this.look();
      },
      1000 * leastSeconds + 50,
    ).unref();
  }

  /** A node executes. */
  started(node: string): void {
    this.running.add(node);
    this.look();
  }

  /** A node has an outcome; the last one counts. */
  finished(outcome: FinishedNode): void {
    this.running.delete(outcome.node.id);
    this.settled.set(outcome.node.id, outcome);
    this.look();
  }

  /** All nodes have an outcome: what is being drawn is left as it is, and its folder removed. */
  async end(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    await this.drawing;
  }

  private look(): void {
    const progress = {
      nodes: this.run.graph.nodes.length,
      settled: this.settled.size,
      running: this.running.size,
      secondsSinceStart: (performance.now() - this.since) / 1000,
    };
    if (this.isOver || this.drawing !== undefined || !isTimeToRehearse(progress, this.drawings)) return;
    this.drawings++;
    this.drawing = this.draw()
      .catch(() => undefined)
      .finally(() => {
        this.drawing = undefined;
      });
  }

  private async draw(): Promise<void> {
    const finished = this.runByNow();
    if (!isSmall(finished)) return;
    const folder = mkdtempSync(join(tmpdir(), 'kshot-page-'));
    try {
      await this.drawIn(folder, finished);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async drawIn(folder: string, finished: FinishedRun): Promise<void> {
    const identity = `${finished.graph.name}/${finished.run}`;
    // What is bad is found, and told of, when the tables are written that stay.
    const store = { objectPath: this.store.objectPath, verify: async () => true };
    mkdirSync(join(folder, 'logs'));
    writeDocument({ path: folder }, 'config.json', finished.graph.configuration);
    const chosen = await readChosenRows(finished.nodes, store);
    if (this.isOver) return;
    const { root } = finished.graph;
    const { figures } = await newTables(
      finished,
      root,
      identity,
      { path: folder },
      store,
      chosen,
      'of the report',
    );
    if (this.isOver) return;
    const manifest = manifestOf(finished);
    const report = { ...wholeReport(finished, identity, chosen, figures), test_sets: [] };
    const { drawPage, pageText } = await import('./html/write-page.js');
    const isWanted = async () => {
      await nextTurn();
      return !this.isOver;
    };
    const page = await drawPage(folder, report, manifest, isWanted);
    if (await isWanted()) await pageText(page, []);
  }

  private runByNow(): FinishedRun {
    // The graph is drawn of all.
    const nodes = this.run.graph.nodes.map(
      (node): FinishedNode =>
        this.settled.get(node.id) ?? { node, outcome: 'skipped', reason: 'not yet', seconds: 0 },
    );
    const counts = { ran: 0, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 0 };
    for (const { outcome } of nodes) counts[outcome]++;
    return { ...this.run, nodes, counts, seconds: 0, exitCode: 0 };
  }
}

function isSmall({ nodes }: FinishedRun): boolean {
  if (nodes.length > mostNodes) return false;
  const shown = (Object.keys(tableContents) as (keyof typeof tableContents)[])
    .filter((table) => table !== 'ranks')
    .flatMap((table) => resultFiles(nodes, table));
  return shown.reduce((sum, { bytes }) => sum + bytes, 0) <= mostBytes;
}

/** What cannot be loaded is told where it is needed. */
async function loadAll(): Promise<void> {
  const { loadInProduction } = await import('../base/load-in-production.js');
  await Promise.all([
    import('../artifacts/tables/write-tables.js'),
    import('./exhibits.js'),
    import('./html/write-page.js'),
    import('./html/figures/draw-figures.js'),
    loadInProduction(() => import('./html/render-page.js')),
  ]);
}
