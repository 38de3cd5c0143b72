import type { Manifest, ManifestNode, Report } from '../../artifacts/run-documents.js';
import type { Digest } from '../../base/canonical.js';
import type { Json, JsonObject } from '../../base/json.js';
import { type Roles } from '../../base/role.js';
import type { Outcome } from '../../run/event.js';
import type { Exhibit } from '../exhibits.js';
import type { LineageRow, RunRows } from './run-rows.js';
/** What a page is made from, as it lies in a run's folder. */
export interface RunContents {
    readonly report: Report;
    readonly manifest: Manifest;
    /** Everything after `extends`, `--set` and substitution. */
    readonly configuration: JsonObject;
    /** By node: what `data.fingerprint` said. */
    readonly fingerprints: {
        readonly [node: string]: Json;
    };
    readonly rows: RunRows;
    readonly exhibits: readonly ShownExhibit[];
    /** The last lines of the logs of nodes that were executed, by node. */
    readonly logs: ReadonlyMap<string, readonly string[]>;
}
/** What a program made to be looked at; of a picture that a page can hold, its bytes as a URL. */
export type ShownExhibit = Exhibit & {
    readonly data?: string;
};
/** A file that a node read or gave. */
export interface FileFact {
    /** Port and path: `episodes/pairs`. */
    readonly name: string;
    /** Node and output that it came from, or a file of the user's. */
    readonly from?: string;
    readonly roles: Roles;
    readonly digest: Digest | null;
    readonly bytes?: number;
}
/** A node, for its details. */
export interface NodeModel {
    readonly node: ManifestNode;
    /** As the user gave them, matrix values included. */
    readonly parameters: {
        readonly [name: string]: Json;
    };
    readonly inputs: readonly FileFact[];
    readonly outputs: readonly FileFact[];
    readonly log: readonly string[];
    readonly isDeterministic: boolean;
    readonly failure?: Report['failures'][number];
}
/** A step with its nodes. */
export interface StepModel {
    /** `step-3`: where its details are in the page. */
    readonly anchor: string;
    readonly step: string;
    readonly kind: string;
    readonly engines: readonly string[];
    readonly nodes: readonly NodeModel[];
    readonly outcomes: {
        readonly [outcome in Outcome]?: number;
    };
    /** In this run, and for computing what is there, then or before. */
    readonly seconds: number;
    readonly computedSeconds: number;
    /** What all nodes have in common, and the names of what they differ in. */
    readonly common: readonly (readonly [name: string, value: Json])[];
    readonly varying: readonly string[];
    /** The splits that its outputs were computed from. */
    readonly roles: Roles;
}
/** What flows from a step to another. */
export interface StepEdge {
    readonly from: string;
    readonly to: string;
    readonly inputs: readonly string[];
    readonly roles: Roles;
}
/** The steps of a run in the order of the graph. */
export declare function stepsOf({ report, manifest, rows, logs }: RunContents): readonly StepModel[];
/** The edges between steps; what segments of one step pass on stays inside it. */
export declare function edgesOf(manifest: Manifest, lineage: readonly LineageRow[]): readonly StepEdge[];
