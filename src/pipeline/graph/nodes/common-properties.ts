import { sha256 } from '../../../base/canonical.js';
import type { JsonObject } from '../../../base/json.js';
import { own } from '../../../base/own-properties.js';
import { engines as descriptors } from '../../../engines/registry.js';
import type { ExternalFiles, StepPlan } from '../../../kinds/kind.js';
import { segmentationOf } from '../../spec/segments-spec.js';
import type { StepSpec } from '../../spec/step-spec.js';
import { failureAt } from '../../text/located-value.js';
import { demandOf, jobText } from '../demand.js';
import type { Demand, DraftNode } from '../graph.js';
import { engineOfStep } from '../resolve-engines.js';
import { findParameter, writtenNames } from '../step-parameters.js';
import type { ConnectedInstance, NodeContext } from './instance.js';

/** With the shapes that planning gives to those that can be anything; without them, they are not there. */
export function shapedOutputs(
  { step, parameters }: ConnectedInstance,
  plan: StepPlan | undefined,
): DraftNode['outputs'] {
  const { kind } = step;
  const ofKind = typeof kind.outputs === 'function' ? kind.outputs(parameters.full) : kind.outputs;
  const outputs = { ...ofKind, ...segmentationOf(step)?.ports?.outputs };
  if (plan === undefined) return outputs;
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([port, output]) => {
      const shape = output.shape.type === 'any' ? own(plan.shapes, port) : output.shape;
      return shape === undefined ? [] : [[port, { ...output, shape }]];
    }),
  );
}

function importsOf({ imports }: ExternalFiles): Pick<DraftNode, 'imports'> {
  return imports === undefined ? {} : { imports: { manifest: imports, digest: sha256(imports) } };
}

/** What is the same for all nodes of an instance. */
export function commonProperties(
  { step, combination, parameters, ports, inputs, external, files }: ConnectedInstance,
  plan: StepPlan | undefined,
  context: NodeContext,
) {
  const { kind } = step;
  const { full } = parameters;
  const { engine, isByName, note, remark } = engineOfStep(step, full, { ...context, atTop: context.engine });
  const descriptor = engine === undefined ? undefined : descriptors[engine];
  const isDeterministic =
    typeof kind.deterministic === 'function' ? kind.deterministic(full) : (kind.deterministic ?? true);
  const mayLack = Object.keys(inputs).filter((port) => own(ports, port)?.mayLack === true);
  const resources = demandOf(step, full, descriptor, context.executor);
  return {
    step: step.name,
    kind: kind.name,
    ...(kind.declarations === undefined ? {} : { declarations: kind.declarations }),
    files,
    patterns: external.patterns ?? [],
    ...importsOf(external),
    remarks: [
      ...[
        ...(external.remarks ?? []),
        ...(kind.remarks?.(full, writtenNames(parameters, combination)) ?? []),
      ].map(({ message, path = [] }) =>
        failureAt(findParameter(step, combination, path).place, 'invalid-value', message),
      ),
      ...(remark === undefined ? [] : [remark]),
    ],
    ...(engine === undefined ? {} : { engine, engineByName: isByName }),
    resources,
    deterministic: isDeterministic && (descriptor?.deterministic ?? true),
    location: step.location,
    ports,
    ...purposeOfFiles(step, full, ports),
    ...(mayLack.length === 0 ? {} : { mayLack }),
    ...notesOf(plan, resources, note),
    inputLocations: Object.fromEntries(
      [...step.inputs, ...step.over].map(({ port, location }) => [port, location]),
    ),
  };
}

/** What a step does with data in its files: what its kind says, else what it does with its inputs. */
function purposeOfFiles(
  { kind }: StepSpec,
  full: JsonObject,
  ports: DraftNode['ports'],
): Pick<DraftNode, 'usesFilesTo'> {
  const use = kind.usesFilesTo?.(full);
  if (use !== undefined) return { usesFilesTo: use };
  if (Object.values(ports).some(({ learns }) => learns === true)) return { usesFilesTo: 'learn' };
  return Object.values(ports).some(({ chooses }) => chooses === true) ? { usesFilesTo: 'choose' } : {};
}

/** What a plan says of a step: what its kind has to say, and what its jobs ask for and compute with. */
function notesOf(
  plan: StepPlan | undefined,
  resources: Demand,
  ofEngine: string | undefined,
): Pick<DraftNode, 'notes'> {
  const notes = [plan?.notes ?? [], jobText(resources) ?? [], ofEngine ?? []].flat();
  return notes.length === 0 ? {} : { notes };
}
