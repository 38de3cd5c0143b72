import type { JsonObject } from '../../../base/json.js';
import { formatNodeId } from '../../../base/node-id.js';
import { segmentationOf } from '../../spec/segments-spec.js';
import { failureAt, placeOfText } from '../../text/located-value.js';
import { derivationsOf, type SharedInputs, shareInputs, treeOfNode } from '../derive-nodes.js';
import type { DraftNode } from '../graph.js';
import type { PortTree } from '../port-tree.js';
import { findParameter } from '../step-parameters.js';
import { interpreterVersion, planInstance, reportUnseenFiles } from './check-instance.js';
import { commonProperties, shapedOutputs } from './common-properties.js';
import {
  type ConnectedInstance,
  type Instance,
  type InstanceParameters,
  idPartsOf,
  type NodeContext,
} from './instance.js';

/** An instance that has passed all checks, with what its nodes have in common. */
export interface PreparedInstance extends ConnectedInstance {
  /** Parameters that planning adds, which stand beside those of the step as they are. */
  readonly added: JsonObject;
  readonly outputs: DraftNode['outputs'];
  readonly derivations: ReturnType<typeof derivationsOf>;
  readonly shared: SharedInputs;
  readonly common: ReturnType<typeof commonProperties>;
}

/** Connects and checks an instance; where it cannot be, what it gives all the same. */
export function prepareInstance(
  instance: Instance,
  parameters: InstanceParameters | undefined,
  context: NodeContext,
):
  | { readonly isReady: true; readonly prepared: PreparedInstance }
  | { readonly isReady: false; readonly foreseen: PortTree | undefined } {
  const { step, combination, given } = instance;
  const connected = connectInstance(instance, parameters, context);
  if (connected === undefined) return { isReady: false, foreseen: foreseenTree(instance, parameters) };
  const { full } = connected.parameters;
  const plan = planInstance(connected, context);
  reportUnseenFiles(connected, context);
  const version = interpreterVersion(step, full, context);
  const isRefused = plan !== undefined && plan.objections.length > 0;
  if (isRefused || version === undefined) return { isReady: false, foreseen: undefined };
  const derivations = derivationsOf(step.kind, full);
  const shared = shareInputs(derivations, given, (port, message, hint) => {
    const { place } = findParameter(step, combination, ['outputs', port]);
    context.report(failureAt(place, 'missing-input', message, { hint }));
  });
  const prepared = {
    ...connected,
    added: { ...plan?.parameters, ...version },
    outputs: shapedOutputs(connected, plan),
    derivations,
    shared,
    common: commonProperties(connected, plan, context),
  };
  return { isReady: true, prepared };
}

/** Undefined where parameters or inputs are not known, or not as they must be. */
function connectInstance(
  instance: Instance,
  parameters: InstanceParameters | undefined,
  { connect, findFiles }: NodeContext,
): ConnectedInstance | undefined {
  const { step, given } = instance;
  const { kind } = step;
  const inputNames = [...step.inputs, ...step.over].map(({ port }) => port);
  const kindPorts =
    typeof kind.inputs !== 'function'
      ? kind.inputs
      : parameters && kind.inputs({ parameters: parameters.full, inputNames });
  const ofSegments = segmentationOf(step)?.ports?.inputs(parameters?.full ?? {});
  const ports = kindPorts && { ...kindPorts, ...ofSegments };
  const inputs = ports && connect(ports, given);
  if (parameters === undefined || ports === undefined || inputs === undefined) return undefined;
  const external = findFiles({ parameters: parameters.full, inputNames });
  const files = external.files.map((file) => ({
    ...file,
    location: (placeOfText(step.with, file.path) ?? step).location,
  }));
  return { ...instance, parameters, inputNames, ports, inputs, external, files };
}

/** What a step gives whatever it is given, so that the steps after it can be checked although it is refused. */
function foreseenTree(instance: Instance, parameters: InstanceParameters | undefined): PortTree | undefined {
  const { kind } = instance.step;
  if (kind.plan !== undefined || segmentationOf(instance.step) !== undefined) return undefined;
  const outputs =
    typeof kind.outputs === 'function' ? parameters && kind.outputs(parameters.full) : kind.outputs;
  if (outputs === undefined) return undefined;
  return treeOfNode(formatNodeId(idPartsOf(instance)), outputs, derivationsOf(kind, parameters?.full));
}
