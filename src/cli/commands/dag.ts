import { openGraph, type PlanningOptions } from '../../session/plan-pipeline.js';
import { dagDot, dagMermaid, dagOf, dagText } from '../../ui/views/graph-view.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface DagOptions extends CommonOptions, PlanningOptions {
  readonly format?: 'text' | 'mermaid' | 'dot' | 'json';
}

/** `kshot dag`: the graph of steps with the roles of what flows, on stdout. */
export async function dag(options: DagOptions, targets: readonly string[]): Promise<number> {
  const terminal = openTerminal(options);
  const graph = await openGraph(targets, options);
  if (!graph.ok) return terminal.fail(graph.failure);
  const drawn = dagOf(graph.value);
  const format = terminal.json ? 'json' : (options.format ?? 'text');
  switch (format) {
    case 'json':
      terminal.document(drawn);
      return 0;
    case 'text':
      for (const line of dagText(drawn)) terminal.show(line);
      return 0;
    case 'mermaid':
      terminal.data(`${dagMermaid(drawn).join('\n')}\n`);
      return 0;
    case 'dot':
      terminal.data(`${dagDot(drawn).join('\n')}\n`);
      return 0;
  }
}
