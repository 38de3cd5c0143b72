import type { JsonObject } from '../../base/json.js';
import type { ExternalFiles, Label } from '../../kinds/kind.js';
import type { InterpreterVersions } from '../interpreter-versions.js';
import type { StepSpec } from '../spec/step-spec.js';
import { type ReportFailure } from '../text/located-value.js';
import type { Connector, Given } from './connect-inputs.js';
import type { Combination } from './expand-matrix.js';
import type { KnownNodes } from './known-nodes.js';
import type { ParameterValidators } from './parameter-errors.js';
import type { PortTree } from './port-tree.js';
import type { ResolvedEngines } from './resolve-engines.js';
import type { ShownParameters } from './shown-parameters.js';
import { type StepParameters } from './step-parameters.js';
/** What the nodes of a step are made with. */
export interface NodeContext {
    readonly connect: Connector;
    /** The files that the kind reads with such parameters. */
    readonly findFiles: (full: JsonObject) => ExternalFiles;
    /** What the pipeline names as its engine. */
    readonly engine: string;
    readonly engines: ResolvedEngines;
    readonly root: string;
    readonly validators: ParameterValidators;
    readonly interpreters: InterpreterVersions;
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
/** Makes the nodes of an instance: one, or a chain of segments. Returns what they give, as far as that is known. */
export declare function buildNodes(instance: Instance, parameters: InstanceParameters | undefined, context: NodeContext): PortTree | undefined;
