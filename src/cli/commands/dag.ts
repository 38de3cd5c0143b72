import { dagDot, dagMermaid, dagText } from '../../ui/views/graph-view.js';
import { projectOf } from '../open-project.js';
import { type PlanningOptions, pipelineRequest } from '../pipeline-request.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface DagOptions extends CommonOptions, PlanningOptions {
  readonly format?: 'text' | 'mermaid' | 'dot' | 'json';
}

/** `kshot dag`: the graph of steps with the roles of what flows, on stdout. */
export async function dag(options: DagOptions, targets: readonly string[]): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const graph = await project.value.graph(pipelineRequest(targets, options));
  if (!graph.ok) return terminal.fail(graph.failure);
  const drawn = graph.value;
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
