import type { Tree } from '../../base/files/tree.js';
import type { InputPort, Kind, Label, PortShape } from '../../kinds/kind.js';
import type { InputSpec, StepSpec } from '../spec/step-spec.js';
import { type ReportFailure } from '../text/located-value.js';
import type { Source } from './graph.js';
import { type PortTree } from './port-tree.js';
import { type StepValue } from './step-value.js';
/** By step, for those that are whole. */
export type StepValues = ReadonlyMap<string, StepValue>;
/** Input trees of one node before they are cut to what its kind declares. */
export interface Given {
    readonly tree: PortTree;
    readonly text: string;
    readonly input: InputSpec;
}
/** What the nodes of an `over` take: one node each, or of nested lists the nodes of a list. */
export interface OverElement {
    /** Empty where the step has no `over`. */
    readonly label: Label;
    readonly takes: {
        readonly type: 'node';
        readonly given: readonly Given[];
    } | {
        readonly type: 'list';
        readonly elements: readonly OverElement[];
    };
}
/**
 * Input trees as the kind declares them; undefined where one is missing or wrong, which is reported, or not given
 * although it is written.
 */
export type Connector = (ports: {
    readonly [port: string]: InputPort;
}, given: readonly Given[]) => {
    readonly [port: string]: Tree<Source>;
} | undefined;
/** Cuts inputs to the declared shapes; what is the same for many nodes is done once. */
export declare function createConnector(step: StepSpec, report: ReportFailure): Connector;
/** The trees that `in` names, as far as they are known. */
export declare function resolveAll(inputs: readonly InputSpec[], values: StepValues, report: ReportFailure): readonly Given[];
/** The elements that `over` goes through; undefined where they are not known. */
export declare function resolveOver(step: StepSpec, values: StepValues, report: ReportFailure): readonly OverElement[] | undefined;
/** What an input port takes; where that depends on the step's parameters, anything. */
export declare function shapeOf(kind: Kind, port: string): PortShape;
