import { loadInProduction } from '../../base/load-in-production.js';
import type { Graph } from '../../pipeline/graph/graph.js';

/** What a shorter run would load at its end anyway. */
const waitMilliseconds = 1500;

/**
 * Loads what draws figures while the steps of a run compute in processes of their own, so that nobody waits for it at
 * the end. Nothing where the pipeline gives no figures, and nothing depends on it.
 */
export function preloadPage({ nodes }: Graph): void {
  const hasFigures = nodes.some(({ outputs }) =>
    Object.values(outputs).some(
      ({ shape }) => shape.type === 'file' && (shape.content === 'metrics' || shape.content === 'history'),
    ),
  );
  if (!hasFigures) return;
  setTimeout(() => {
    // What cannot be loaded is told where it is needed.
    import('./figures/draw-figures.js').catch(() => undefined);
    loadInProduction(() => import('./render-page.js')).catch(() => undefined);
  }, waitMilliseconds).unref();
}
