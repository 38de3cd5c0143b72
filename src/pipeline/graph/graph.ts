import type { Failure, Location } from '../../base/failure.js';
import type { Tree } from '../../base/files/tree.js';
import type { JsonObject } from '../../base/json.js';
import type { Result } from '../../base/result.js';
import type { Roles } from '../../base/role.js';
import type { ChosenPython } from '../../kinds/chosen-python.js';
import type { ExternalFile } from '../../kinds/kind.js';
import type { InputPort, Label, OutputPort } from '../../kinds/port.js';
import type { PublicationForm } from '../spec/publication-form.js';
import type { BatchOptions, BatchSettings } from '../text/batch-options.js';
import type { Source } from './port-tree.js';
import type { StepValue } from './step-value.js';

/** An external file of a node, and where the pipeline names it. */
export interface LocatedFile extends ExternalFile {
  readonly location: Location;
}

/** Of a file that a run of the project has made: what it was computed from. */
export interface FileOrigin {
  readonly roles: Roles;
  /** `<pipeline>/<run>`. */
  readonly run: string;
  /** What the run calls it: `split.test`, `run/report.json`. */
  readonly source: string;
}

/** What a node wants of whatever executes it; in no key. */
export interface Demand {
  /** CPU slots: so many, or all that are free when it starts. */
  readonly slots: number | 'free';
  /**
   * Whether one that takes all that are free leaves some to others that would do so: it is one of several short parts of
   * something, and the next can take what has become free meanwhile.
   */
  readonly sharesSlots?: boolean;
  /** How many GPUs it must have to itself. */
  readonly gpus: number;
  /** Memory that it is to fit into; nodes start as long as all that they ask for is there. */
  readonly memoryBytes?: number;
  /** After how many seconds it is ended. */
  readonly timeoutSeconds?: number;
  /** How often it is tried again where it failed. */
  readonly retries?: number;
  /** Present where it is a job of a batch system: what is asked of that beside. */
  readonly batch?: BatchOptions;
  /** Variables of the environment that it is passed. */
  readonly environment?: readonly string[];
}

/** One thing to execute: a step after matrix, `over` and segments. */
export interface GraphNode {
  /** `meta_train@200`, `tune[inner_lr=0.02]`, `validate@200`, `command_step`; derived, `validate@200/metrics`. */
  readonly id: string;
  readonly step: string;
  readonly kind: string;
  /** The parameter whose values are shown under their own names. */
  readonly declarations?: string;
  /** The node of the same step that it makes a port of that step from; absent of one that the pipeline itself names. */
  readonly derivedFrom?: string;
  /** The names and values that make it one of several nodes of its step; absent of a derived one. */
  readonly label?: Label;
  /**
   * As the user gave them after substitution, matrix values included, and what a step declares under its own names; for
   * tables and display.
   */
  readonly givenParameters: JsonObject;
  /**
   * What tells it from others of its step: values of its matrix and of what it was made `over`, how far a training has
   * come, and the parameters of a program; for tables.
   */
  readonly names: JsonObject;
  /** Canonical: what enters the key and reaches the kind. With settings to come, complete and not yet canonical. */
  readonly parameters: JsonObject;
  /** Where values are chosen for it at port `settings`: the canonical parameters, once the document is there. */
  readonly withSettings?: (text: string) => Result<JsonObject, Failure>;
  readonly inputs: { readonly [port: string]: Tree<Source> };
  /** Of a segment: the input at which it takes what the one before it left. */
  readonly carriedAt?: string;
  /** Input ports whose lists may lack elements when the node starts. */
  readonly mayLack?: readonly string[];
  readonly outputs: { readonly [port: string]: OutputPort };
  /** Roles of each output leaf by its path (`train/pairs`). */
  readonly roles: { readonly [leafPath: string]: Roles };
  readonly files: readonly LocatedFile[];
  /** Patterns by which some of them were chosen. */
  readonly patterns?: readonly string[];
  /** All that its program imports; the digest stands in the key, and the text says what has changed. */
  readonly imports?: { readonly digest: string; readonly manifest: string };
  /** What its kind says of the choice of them. */
  readonly remarks?: readonly Failure[];
  /** Resolved (never `auto`); absent where the kind computes without an engine. */
  readonly engine?: string;
  /** Whether the engine was named itself: then it may compute on a program that stands in for a GPU. */
  readonly engineByName?: boolean;
  readonly resources: Demand;
  readonly deterministic: boolean;
  /** What a plan says of the step beside what becomes of it, a clause each. */
  readonly notes?: readonly string[];
  readonly location: Location;
}

/** A node whose roles are not known yet. */
export interface DraftNode extends Omit<GraphNode, 'roles'> {
  /** The kind's declarations of the ports in `inputs`. */
  readonly ports: { readonly [port: string]: InputPort };
  /** Where each input is written. */
  readonly inputLocations: { readonly [port: string]: Location };
  /** What it does with data in its files. */
  readonly usesFilesTo?: 'learn' | 'choose';
}

/** A file of the project that runs keep up to date. */
export interface Publication {
  /** As written: `best.chosen`, `run/report.json`. */
  readonly source: string;
  /** As written, for display: one for all elements of a list. */
  readonly pattern: string;
  /** Relative to the root; `{tag}` stands for the run's tag. */
  readonly path: string;
  readonly form: PublicationForm;
  /**
   * An output of a node or the pieces of a curve, a file of the run's folder by its name there, or a figure of its page,
   * to be drawn for print.
   */
  readonly from:
    | { readonly type: 'output'; readonly sources: readonly Source[] }
    | { readonly type: 'run'; readonly name: string }
    | { readonly type: 'figure'; readonly id: string; readonly widthInches: number };
  /** Where the path is written. */
  readonly location: Location;
}

/** The whole experiment, expanded and checked. Nodes stand in an order in which every input comes earlier. */
export interface Graph {
  /** `name` of the pipeline. */
  readonly name: string;
  /** The project's root, absolute. */
  readonly root: string;
  /** The pipeline's file, relative to the root. */
  readonly file: string;
  /** Everything after `extends`, `--set` and substitution, for config.json. */
  readonly configuration: JsonObject;
  readonly params: JsonObject;
  /** What `engine: auto` became, or the engine asked for at the top. */
  readonly engine: string;
  /** The engine or group that was asked for at the top. */
  readonly engineAsked: string;
  /** Why it became that engine: one clause. */
  readonly engineReason: string;
  /** The Python that was chosen for the project; absent where that is the first python3 of PATH. */
  readonly python?: ChosenPython;
  /** What the project says of all jobs. */
  readonly batch?: BatchSettings;
  readonly nodes: readonly GraphNode[];
  /** What the name of each step stands for, whatever targets were named. */
  readonly values: ReadonlyMap<string, StepValue>;
  /** Of the nodes above; files of the run's folder only where no targets were named. */
  readonly publications: readonly Publication[];
  /** Where the pipeline publishes anything, whatever targets were named: with `{tag}`, without `{label}`. */
  readonly publishedPaths: readonly string[];
  readonly waivers: readonly {
    readonly step: string;
    readonly reason: string;
    readonly path: readonly string[];
  }[];
  /** Not errors, but worth a line. */
  readonly warnings: readonly Failure[];
}
