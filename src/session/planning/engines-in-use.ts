import { engines } from '../../engines/registry.js';
import type { Plan } from '../../pipeline/plan/plan.js';

/** An engine that nodes compute with. */
export interface EngineInUse {
  readonly name: string;
  /** The form of code that it will compute in on this machine, where there are several; absent where it need not. */
  readonly form?: string;
}

/** The engines that the nodes of a plan compute with, or computed with, in the order of the nodes. */
export async function enginesInUse({ nodes }: Pick<Plan, 'nodes'>): Promise<readonly EngineInUse[]> {
  const names = new Set(nodes.flatMap(({ node }) => node.engine ?? []));
  const here = nodes.filter(({ state, node }) => state !== 'hit' && node.resources.batch === undefined);
  const open = new Set(here.flatMap(({ node }) => node.engine ?? []));
  return await Promise.all(
    [...names].map(async (name) => {
      const form = open.has(name) ? await engines[name]?.form?.() : undefined;
      return { name, ...(form === undefined ? {} : { form }) };
    }),
  );
}
