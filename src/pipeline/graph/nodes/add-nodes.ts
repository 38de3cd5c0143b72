import type { JsonObject } from '../../../base/json.js';
import { formatNodeId, type NodeIdParts } from '../../../base/node-id.js';
import { joined } from '../../../base/own-properties.js';
import type { Segmentation } from '../../../kinds/kind.js';
import type { Label } from '../../../kinds/port.js';
import { segmentationOf } from '../../spec/segments-spec.js';
import type { StepSpec } from '../../spec/step-spec.js';
import { settingsMerger, settingsOfSegment } from '../chosen-settings.js';
import { numbersOf } from '../count-nodes.js';
import { deriveNodes, treeOfNode } from '../derive-nodes.js';
import type { DraftNode } from '../graph.js';
import { namesOfLabel } from '../label.js';
import type { PortTree, Source } from '../port-tree.js';
import { treeOfSegments } from '../step-value.js';
import { type Instance, type InstanceParameters, idPartsOf, type NodeContext } from './instance.js';
import type { PreparedInstance } from './prepare-instance.js';

/**
 * Adds the nodes of an instance, and those that derive from them; returns what they give.
 *
 * @param prepared what was found of it, or of one that is alike
 */
export function addNodes(
  instance: Instance,
  prepared: PreparedInstance,
  { full, shown }: InstanceParameters,
  context: NodeContext,
): PortTree {
  const { step, combination, overLabel } = instance;
  const { inputs, added, outputs, derivations, shared } = prepared;
  const { kind } = step;
  const withSettings = settingsMerger(kind, context.validators, full, added, inputs);
  const canonical = joined(kind.parameters.canonical(full), added);
  const common = {
    outputs,
    ...prepared.common,
    ...(withSettings === undefined ? {} : { withSettings }),
  };
  const matrix: Label = [{ values: combination.values.map(({ name, value }) => ({ name, value })) }];

  const add: NodeAdder = (id, own, { carried, label: segment, isPart = false, ...more } = byItself) => {
    // How far a segment comes stands in the place of how far all go.
    const reached = namesOfLabel(segment);
    const isDeclaring = kind.declarations !== undefined;
    const label = [...matrix, ...overLabel, ...segment];
    const names = joined(
      namesOfLabel([...overLabel, ...matrix]),
      isDeclaring ? joined(shown.names, reached) : reached,
    );
    const node = {
      id,
      names,
      givenParameters: isDeclaring && segment.length > 0 ? { ...shown.all, ...reached } : shown.all,
      label,
      parameters: own,
      inputs: segment.length === 0 ? inputs : { ...inputs, ...carried },
      ...common,
      ...more,
      ...(isPart ? { resources: { ...common.resources, sharesSlots: true } } : {}),
    };
    const derived = deriveNodes(node, derivations, shared);
    context.known.add(node, derived, { kind, derivations }, full, isDeclaring ? names : shown.names);
    return treeOfNode(id, outputs, derivations);
  };

  const parts = idPartsOf(instance);
  const segmentation = segmentationOf(step);
  // With settings to come they are not yet canonical.
  const own = withSettings === undefined ? canonical : full;
  if (segmentation === undefined) return add(formatNodeId(parts), own);
  return addSegments({ step, segmentation, parts, own, canonical, withSettings }, add);
}

const byItself = { carried: {}, label: [], isPart: false };

/** Adds a node, by itself or as a segment of a chain. */
type NodeAdder = (
  id: string,
  own: JsonObject,
  segment?: Pick<DraftNode, 'withSettings' | 'carriedAt'> & {
    /** What it takes of the segment before. */
    readonly carried: DraftNode['inputs'];
    readonly label: Label;
    /** Whether there are others. */
    readonly isPart?: boolean;
  },
) => PortTree;

/** What the segments of an instance are made of. */
interface Chain {
  readonly step: StepSpec;
  readonly segmentation: Segmentation;
  readonly parts: NodeIdParts;
  /** Parameters of the whole, as those of a node would be. */
  readonly own: JsonObject;
  readonly canonical: JsonObject;
  readonly withSettings: DraftNode['withSettings'];
}

function addSegments(chain: Chain, add: NodeAdder): PortTree {
  const { step, segmentation, parts, own, canonical, withSettings } = chain;
  const { count, countedBy, segment: segmentAt, labelledBy, carry } = segmentation;
  const numbersIn = (parameters: JsonObject) => numbersOf(step, countedBy, parameters);
  const segments: { readonly label: Label; readonly tree: PortTree }[] = [];
  let carried: DraftNode['inputs'] = {};
  const segmentCount = count(numbersIn(canonical));
  for (let index = 0; index < segmentCount; index++) {
    const { label: text, parameters } = segmentAt(own, index);
    const id = formatNodeId({ ...parts, elements: [...parts.elements, text] });
    const label = [{ values: [{ name: labelledBy, value: Number(text) }], text, isSegment: true }];
    const merge =
      withSettings &&
      settingsOfSegment(
        step.kind,
        withSettings,
        numbersIn,
        canonical,
        (one) => segmentAt(one, index).parameters,
      );
    const tree = add(id, parameters, {
      carried,
      label,
      isPart: segmentCount > 1,
      ...(index === 0 ? {} : { carriedAt: carry.input }),
      ...(merge === undefined ? {} : { withSettings: merge }),
    });
    segments.push({ label, tree });
    const leaf: Source = { node: id, path: carry.output };
    carried = { [carry.input]: { type: 'file', leaf } };
  }
  return treeOfSegments(segmentation, segments);
}
