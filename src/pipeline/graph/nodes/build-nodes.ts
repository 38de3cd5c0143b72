import { segmentationOf } from '../../spec/segments-spec.js';
import type { StepSpec } from '../../spec/step-spec.js';
import type { ReportFailure } from '../../text/located-value.js';
import type { PortTree } from '../port-tree.js';
import { addNodes } from './add-nodes.js';
import type { Instance, InstanceParameters, NodeContext } from './instance.js';
import { type PreparedInstance, prepareInstance } from './prepare-instance.js';

/**
 * Makes the nodes of an instance: one, or a chain of segments. Returns what they give, as far as that is known.
 *
 * @param parameters undefined where they are not as they must be
 */
export type NodeBuilder = (
  instance: Instance,
  parameters: InstanceParameters | undefined,
) => PortTree | undefined;

/**
 * A builder for the instances of a step. What has been checked of one combination of a matrix holds for all that are
 * alike by the kind's `variant`, unless there was something to tell.
 *
 * @param isOneOfMany whether there are several combinations
 */
export function createNodeBuilder(step: StepSpec, given: NodeContext, isOneOfMany: boolean): NodeBuilder {
  let reported = 0;
  const report: ReportFailure = (failure) => {
    reported++;
    given.report(failure);
  };
  const context: NodeContext = { ...given, report };
  const { variant } = step.kind;
  // How many segments there are is counted by a declared value.
  const mayBeAlike = isOneOfMany && segmentationOf(step) === undefined;
  /** By what they are given, and the variant. */
  const prepared = new Map<Instance['given'], Map<string, PreparedInstance>>();

  return (instance, parameters) => {
    if (!mayBeAlike || variant === undefined || parameters === undefined) {
      const one = prepareInstance(instance, parameters, context);
      return one.isReady ? addNodes(instance, one.prepared, one.prepared.parameters, context) : one.foreseen;
    }
    const name = variant(parameters.full, context.root);
    const alike = prepared.get(instance.given) ?? new Map<string, PreparedInstance>();
    prepared.set(instance.given, alike);
    const known = alike.get(name);
    if (known !== undefined) return addNodes(instance, known, parameters, context);
    const before = reported;
    const one = prepareInstance(instance, parameters, context);
    if (!one.isReady) return one.foreseen;
    if (reported === before) alike.set(name, one.prepared);
    return addNodes(instance, one.prepared, parameters, context);
  };
}
