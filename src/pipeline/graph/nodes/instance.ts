import type { NodeIdParts } from '../../../base/node-id.js';
import type { ExternalFiles, StepShape } from '../../../kinds/kind.js';
import type { Label } from '../../../kinds/port.js';
import type { ChosenExecutor } from '../../choose-executor.js';
import type { ImportTracer } from '../../imports/import-tracer.js';
import type { InterpreterVersions } from '../../interpreter-versions.js';
import type { StepSpec } from '../../spec/step-spec.js';
import type { ReportFailure } from '../../text/located-value.js';
import type { Connector, Given } from '../connect-inputs.js';
import type { Combination } from '../expand-matrix.js';
import type { DraftNode, LocatedFile } from '../graph.js';
import type { KnownNodes } from '../known-nodes.js';
import { labelText } from '../label.js';
import type { ParameterValidators } from '../parameter-errors.js';
import type { ResolvedEngines } from '../resolve-engines.js';
import type { ShownParameters } from '../shown-parameters.js';
import type { StepParameters } from '../step-parameters.js';

/** What the nodes of a step are made with. */
export interface NodeContext {
  readonly connect: Connector;
  /** The files that such a step reads, with what its program imports. */
  readonly findFiles: (step: StepShape) => ExternalFiles;
  /** What the pipeline names as its engine. */
  readonly engine: string;
  readonly engines: ResolvedEngines;
  readonly executor: ChosenExecutor;
  readonly root: string;
  readonly validators: ParameterValidators;
  readonly interpreters: InterpreterVersions;
  readonly tracer: ImportTracer;
  readonly known: KnownNodes;
  readonly report: ReportFailure;
}

/** A step with one combination of its matrix and one element of its `over`. */
export interface Instance {
  readonly step: StepSpec;
  readonly combination: Combination;
  /** Of the element, from the outside in; empty where the step has no `over`. */
  readonly overLabel: Label;
  /** What `in` and `over` give it. */
  readonly given: readonly Given[];
}

/** Parameters of an instance, and what people see of them. */
export interface InstanceParameters extends StepParameters {
  readonly shown: ShownParameters;
}

/** An instance with what its nodes are made of. */
export interface ConnectedInstance extends Instance {
  readonly parameters: InstanceParameters;
  readonly inputNames: readonly string[];
  readonly ports: DraftNode['ports'];
  readonly inputs: DraftNode['inputs'];
  readonly external: ExternalFiles;
  readonly files: readonly LocatedFile[];
}

/** What the ids of its nodes are made of. */
export function idPartsOf({ step, combination, overLabel }: Instance): NodeIdParts {
  const elements = overLabel.length === 0 ? [] : [labelText(overLabel)];
  return { step: step.name, matrix: combination.label, elements };
}
