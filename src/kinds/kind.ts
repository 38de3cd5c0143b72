import type { Tree } from '../base/files/tree.js';
import type { Json, JsonObject } from '../base/json.js';
import type { Role } from '../base/role.js';
import type { Engine, EngineOptions } from '../engines/engine.js';
import type { GpuDevice } from '../engines/gpu-devices.js';
import type { ChosenPython } from './chosen-python.js';
import type { DeclaredParameters } from './parameters.js';

/** What a file at a port is about; ports connect only where contents agree. */
export type Content =
  | 'interactions'
  | 'pairs'
  | 'episodes'
  | 'items'
  | 'model'
  | 'training-state'
  | 'history'
  | 'metrics'
  | 'ranks'
  | 'ranked-items'
  | 'drift'
  | 'drift-summary'
  | 'summary'
  | 'breakdown'
  | 'fingerprint'
  | 'settings'
  | 'row'
  | 'value'
  | 'table'
  | 'figure'
  | 'folder'
  | 'bytes';

/**
 * The shape of what a port gives or wants; `any` wants whatever there is, whole; with `lone: 'file'`, of a bundle
 * that is a single file, that file. An input that wants either of several shapes takes the first that there is. A list that an output gives has `labels`, one for each of its elements, which may
 * be missing; an output that is `any` has its shape from `plan`, and is not there without.
 */
export type PortShape =
  | { readonly type: 'file'; readonly content: Content }
  | { readonly type: 'bundle'; readonly ports: { readonly [name: string]: PortShape } }
  | { readonly type: 'list'; readonly of: PortShape; readonly labels?: readonly Label[] }
  | { readonly type: 'either'; readonly of: readonly PortShape[] }
  | { readonly type: 'any'; readonly lone?: 'file' };

/**
 * What tells an element of a list from the others, a part for each thing that made several of one: a matrix, `over`,
 * segments, a list written out; of nested lists from the outside in.
 */
export type Label = readonly LabelPart[];

export interface LabelPart {
  /** Names with what they are for this element: `inner_lr` of a matrix, `iterations` of a segment. */
  readonly values: readonly { readonly name: string; readonly value: Json }[];
  /** How it is written in ids, where that does not follow from the values. */
  readonly text?: string;
  /** Place in a list that is written out. */
  readonly place?: number;
  /** It is of the matrix of the step itself, not of what the step was made `over`. */
  readonly isOwn?: boolean;
  /** It is a segment: its value is how far the training has come. */
  readonly isSegment?: boolean;
}

export interface InputPort {
  readonly shape: PortShape;
  readonly description: string;
  /** Default true. */
  readonly required?: boolean;
  /** The kind fits parameters to this port: data of role test is refused here. */
  readonly learns?: boolean;
  /** The kind chooses by this port: data of role test is refused here. */
  readonly chooses?: boolean;
  /**
   * Elements of its list may be missing: the node starts when all that it takes has ended, also where some of these
   * failed, and finds `missingElement` in their places.
   */
  readonly mayLack?: boolean;
}

export interface OutputPort {
  readonly shape: PortShape;
  readonly description: string;
  /**
   * The input ports (`train`) or sub-ports (`pairs.train`) that this is computed from, which decide its roles.
   * Undeclared: the sub-ports of the same name where an input bundle has one, else all inputs.
   */
  readonly from?: readonly string[];
  /** The external files that it is computed from, by their names. Undeclared: all that the step has. */
  readonly files?: readonly string[];
  /** This port's data *is* this split (`data.split`, `data.files`); the roles of what it came from are added. */
  readonly role?: Role;
  /** `from` is what the user says of a program, which nothing can prove. */
  readonly isClaimed?: boolean;
  /** Files of a bundle (by name) of which something else holds than of the rest, such as its catalogue. */
  readonly leaves?: { readonly [name: string]: Origin };
}

/**
 * A port that another kind computes from ports of the node itself, in a node of its own, `NODE/PORT`: a change of the
 * deriving code computes nothing else anew. The kind that derives takes declared inputs and no engine, and is one node.
 */
export interface Derivation {
  /** Gives the derived port, by the same name. */
  readonly kind: Kind;
  /** As under `with`; none unless given. */
  readonly parameters?: JsonObject;
  /** Its input ports, and the port of the node that each takes: an output, or another that is derived. */
  readonly inputs: { readonly [input: string]: string };
  /** Further ones that take what the node itself takes, at that port; null: at the only one whose data fit. */
  readonly shared?: { readonly [input: string]: string | null };
}

/** What decides the roles of an output. */
export type Origin = Pick<OutputPort, 'from' | 'role' | 'files'>;

/** A file of the user's, outside the cache; its content's digest takes the place of its path in the key. */
export interface ExternalFile {
  /** Name under which the kind finds it in its context, e.g. the parameter that holds the path. */
  readonly name: string;
  /** As written: relative to the root, or absolute. */
  readonly path: string;
  /** What the file must hold, in a few words; said where it is missing. */
  readonly expected?: string;
  /** Of a module that a program imports: the digest of the bytes that its imports were read from. */
  readonly traced?: string;
  /** What it says stands in the key (`imports`), and not its bytes. */
  readonly isInImports?: true;
}

export interface ExternalFiles {
  readonly files: readonly ExternalFile[];
  /** Why there are none, where a folder or pattern was to give some. */
  readonly objections?: readonly Objection[];
  /** Patterns by which they were chosen: a file that is made later and matches would be one of them. */
  readonly patterns?: readonly string[];
  /** What people should look at in the choice of them, though nothing is wrong; said at every plan. */
  readonly remarks?: readonly Objection[];
  /** All that a program imports, a line each; the digest of this text stands in the key. */
  readonly imports?: string;
}

/** A program in Python: where its imports are followed from, and how it is started. */
export interface PythonProgram {
  /** The script, relative to the root; or a module, as `python3 -m` runs it. */
  readonly start?: { readonly script: string } | { readonly module: string };
  /** Nobody knows what it imports: all that is installed counts. */
  readonly mayImportAnything: boolean;
  /** The parameter that says what is run. */
  readonly parameter: string;
  /** Names of its inputs, which may be modules. */
  readonly inputNames: readonly string[];
  /** Python files of the root that it may import by names which nobody can read in it, relative to the root. */
  readonly files: readonly string[];
  /** What its step declares as files, as written. */
  readonly declared: readonly string[];
  readonly interpreter: Omit<Interpreter, 'parameter'>;
  /** The environment that it is started with, as far as that decides what is found. */
  readonly environment: { readonly [name: string]: string };
  /** A module of kshot's own that it may import, absolute; it is in no key. */
  readonly ownModule: string;
  /** By what its own words have it find modules in folders that nobody can tell. */
  readonly elsewhere?: 'PYTHONPATH' | 'cd';
}

/**
 * Training as a chain of nodes. The step's parameters become one set for each segment; segment n takes what
 * segment n - 1 gave at `carry.output` at its port `carry.input`.
 */
export interface Segmentation<Final = JsonObject, Body = JsonObject> {
  /** How many segments there are, by the values of `countedBy`. */
  readonly count: (numbers: Final) => number;
  /** The parameters that the count comes from, or the declared values; the one most likely wrong first. */
  readonly countedBy: readonly string[];
  /** A segment, from 0: its own parameters (nothing that concerns only the total) and a short label (`200`). */
  readonly segment: (
    parameters: Final,
    index: number,
  ) => { readonly label: string; readonly parameters: Body };
  /** What the labels, which are numbers, count. */
  readonly labelledBy: string;
  readonly carry: { readonly output: string; readonly input: string };
  /** Ports of every segment beside those of its kind. */
  readonly ports?: {
    readonly inputs: (parameters: JsonObject) => { readonly [port: string]: InputPort };
    readonly outputs: { readonly [port: string]: OutputPort };
  };
  /** What is wrong with a step that is cut so. */
  readonly check?: (step: StepShape) => readonly Objection[];
  /** Ports of the step that are lists over all segments: step port -> node port. */
  readonly lists?: { readonly [stepPort: string]: string };
  /** Ports of the step that are the last segment's: step port -> node port. */
  readonly last?: { readonly [stepPort: string]: string };
  /** In place of these: every port is the last segment's, and below this one all are lists. */
  readonly listsAt?: string;
}

/** What a step says of its segments: the end of each, by a parameter that it declares, and how far apart they are. */
export interface DeclaredSegments {
  readonly of: string;
  readonly every: number;
}

/**
 * Everything about a kind that planning, documentation and the scheduler need; cheap to import.
 *
 * Its functions get the parameters with their defaults (`Given`); segments are made from those in canonical form
 * (`Final`), and the body gets these, or those of its segment (`Body`).
 */
export interface Kind<Given = JsonObject, Final = JsonObject, Body = Final> {
  /** As written in YAML, e.g. `maml.train`. */
  readonly name: string;
  /** One sentence for documentation and editors. */
  readonly summary: string;
  /** Of `with`. */
  readonly parameters: DeclaredParameters<Given, Final>;
  /**
   * The parameter that holds declarations of the user's own: names with defaults. A matrix and settings name these and
   * nothing else (`lr`; `optim.lr` inside of `optim`) and override them, and tables show them by these names.
   */
  readonly declarations?: string;
  /**
   * All that planning goes by of the declared values, but for what stands in the key: of two combinations of a matrix
   * with the same text, the second needs no check of its own, and has the files, ports and resources of the first.
   * Without it, every combination is looked at.
   */
  readonly variant?: (parameters: Given, root: string) => string;
  /** What to write in the place of parameters that are gone, by name. */
  readonly replacedParameters?: { readonly [name: string]: string };
  /** Input ports; a function where they depend on what the step declares (`command`). */
  readonly inputs:
    | { readonly [port: string]: InputPort }
    | ((step: StepShape<Given>) => { readonly [port: string]: InputPort });
  /** Whether `over` goes down to the innermost elements of a list of lists, although a list would do as an input. */
  readonly takesInnermost?: true;
  /** Output ports of a node. */
  readonly outputs:
    | { readonly [port: string]: OutputPort }
    | ((parameters: Given) => { readonly [port: string]: OutputPort });
  /** Further ports, which other kinds derive from those; each has a node of its own behind every node of the step. */
  readonly derived?:
    | { readonly [port: string]: Derivation }
    | ((parameters: Given) => { readonly [port: string]: Derivation });
  /**
   * Names of the settings that the kind writes at a port of content `settings`, where its parameters tell;
   * lets a name that is both in `with` and in settings be refused at planning.
   */
  readonly namesOfSettings?: (parameters: Given) => readonly string[];
  /** What the parameters tell of what comes out at a port, for `check` of the kinds that take it. */
  readonly facts?: (parameters: Given) => { readonly [port: string]: Facts };
  /** Further checks, between parameters and of what is known of ports at planning. */
  readonly check?: (step: PlannedStep<Given>) => readonly Objection[];
  /** What follows from the elements of its lists, where parameters or outputs depend on them. */
  readonly plan?: (step: PlannedStep<Given>, lists: PlannedLists) => StepPlan;
  /** How the parameters that `plan` adds are told of, where nobody has written them. */
  readonly planned?: PlannedParameters;
  /** Files of the user's that the parameters name; relative paths and patterns count from `root`. */
  readonly files?: (parameters: Given, root: string) => ExternalFiles;
  /** What it does with data in these files, where its input ports do not say: test data may be refused there, too. */
  readonly usesFilesTo?: (parameters: Given) => 'learn' | 'choose' | undefined;
  readonly segmentation?: Segmentation<Final, Body>;
  /** Of a kind without, whose steps may say how they are cut into segments. */
  readonly segmentsOf?: (segments: DeclaredSegments) => Segmentation;
  /**
   * Files, and folders outside of the root, that the step names without declaring them; planning refuses the step for each
   * (`undeclared-file`, exit 3), because an edit of such a file would not be seen. Paths relative to `root`.
   */
  readonly undeclaredFiles?: (
    step: StepShape<Given> & Pick<PlannedStep, 'files'>,
    root: string,
  ) => readonly UndeclaredFile[];
  /** Files that the step is going to run and that are nowhere; planning refuses the step for each. */
  readonly missingFiles?: (step: StepShape<Given>, root: string) => readonly MissingFile[];
  /**
   * Whether equal inputs give equal bytes (given a deterministic engine); a function of the parameters as given
   * where the step may say so itself (`command`). Default true.
   */
  readonly deterministic?: boolean | ((parameters: Given) => boolean);
  /** Variables of the environment that it is passed as they are; in no key, so their parameter has the form `inNoKey`. */
  readonly passedEnvironment?: (parameters: Given) => readonly string[];
  /**
   * A program of this machine that computes for it: its version goes into the key and reaches the body as the parameter
   * of that name. `path`: where it is looked for, as in PATH.
   */
  readonly interpreter?: (parameters: Given, root: string) => Interpreter | undefined;
  /** The program in Python that it is to run, whose imports are traced; undefined where it is in no Python. */
  readonly pythonProgram?: (step: StepShape<Given>, root: string) => PythonProgram | undefined;
  /**
   * Where the digest of its code starts: at its body, unless most of what that does shapes no result. A literal
   * `new URL('./FILE.js', import.meta.url)`.
   */
  readonly codeStart?: URL;
  /** Whether the kind computes with an engine. Default false. */
  readonly usesEngine?: boolean;
  /** The engine that alone can compute what the parameters ask for, where there is but one. */
  readonly onlyEngine?: (parameters: Given) => string | undefined;
  /** Whether the parameters ask for lists of items, which not every engine gives. */
  readonly wantsLists?: (parameters: Given) => boolean;
  /** CPU slots: all that are free when it starts, unless its step says how many; one without this. */
  readonly slots?: 'free';
  /** It takes no longer than a job of a batch system takes to start, so that it is none. */
  readonly small?: true;
  /** Loads the body: a literal `import()`, whose module is where the digest of the kind's code starts. */
  readonly load: () => Promise<KindBody<Body>>;
}

/** A program of this machine whose version stands in a key. */
export interface Interpreter {
  /** The parameter that holds its version. */
  readonly parameter: string;
  /** Its name, or an absolute path. */
  readonly program: string;
  /** Folders, as in PATH. */
  readonly path: string;
  /** Where the Python that was chosen for the project may take its place: whether the step says itself which it is. */
  readonly isStepsOwn?: boolean;
  /** Where it does not tell its version, the step is planned without. */
  readonly mayBeSilent?: true;
}

/** A kind whose functions and body are checked against its parameters, as one among others. */
export function defineKind<Given, Final, Body = Final>(
  kind: Omit<Kind<Given, Final, Body>, 'load'> & { readonly load: () => Promise<KindBody<NoInfer<Body>>> },
): Kind {
  // Planning gives it only what its schema allows, with the defaults filled in.
  return kind as unknown as Kind;
}

/** A step as written, for kinds whose ports depend on it. */
export interface StepShape<Given = JsonObject> {
  readonly parameters: Given;
  /** Names under `in` and `over`. */
  readonly inputNames: readonly string[];
}

/** What planning knows of a step when `check` is called. */
export interface PlannedStep<Given = JsonObject> extends StepShape<Given> {
  /** The files that it names, as far as it is looked for them. */
  readonly files?: readonly ExternalFile[];
  /** For each input port that holds a list: its length. */
  readonly lengths: { readonly [port: string]: number };
  /** For each input port: what is known of the outputs that reach it; nothing where their kinds do not tell. */
  readonly facts: { readonly [port: string]: readonly Facts[] };
}

/** For each input port that wants a list, or takes anything and is given one: its elements, lists in it gone through. */
export type PlannedLists = { readonly [port: string]: readonly PlannedElement[] };

export interface PlannedElement {
  readonly label: Label;
  /** The label as it is written in ids. */
  readonly text: string;
  /** Of the node that it comes from, as they are given. */
  readonly parameters: JsonObject;
  readonly shape: PortShape;
}

/** What planning adds to a step. */
export interface StepPlan {
  /** Stand in the key beside those of `with`, and reach the body. */
  readonly parameters: JsonObject;
  /** Of the outputs that are declared as `any`. */
  readonly shapes: { readonly [port: string]: PortShape };
  readonly objections: readonly Objection[];
  /** What the plan should say of the step, a clause each. */
  readonly notes: readonly string[];
}

/** Parameters that planning adds, in words. */
export interface PlannedParameters {
  readonly names: readonly string[];
  /** What differs between two sets of them, a clause each; asked where something does. */
  readonly differences: (before: JsonObject, after: JsonObject) => readonly string[];
}

/** What planning knows of the contents of an output. */
export interface Facts {
  /** How many support pairs each episode has. */
  readonly supportPairs?: number;
  /** Of each user so many pairs, the last ones, may be asked for: what is before them is of another split, too. */
  readonly askedPairs?: number;
  /** The metrics that a table of metrics has. */
  readonly metrics?: readonly string[];
  /** The columns of a table. */
  readonly columns?: readonly string[];
}

/** What is wrong with a step whose parameters the schema allows. */
export interface Objection {
  readonly message: string;
  /** Names and indices of the parameter at fault: `['outputs', 'model']`. Without it, the step as a whole. */
  readonly path?: readonly string[];
  /** A name that is none of those that there are: the nearest of them is suggested. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
  /** What to write, where something is read that the step does not declare. */
  readonly undeclared?: string;
}

/** A file that a step names and does not declare. */
export interface UndeclaredFile {
  /** Relative to the root. */
  readonly path: string;
  /** What to add to the step, e.g. `files: [scripts/train.py]`. */
  readonly hint: string;
  readonly isFolder?: boolean;
}

/** A file that a step is going to run. */
export interface MissingFile {
  /** Relative to the root, or absolute. */
  readonly path: string;
  /** What the step writes for it. */
  readonly text: string;
}

/** The part of a kind that computes. */
export interface KindBody<Body = JsonObject> {
  readonly run: (context: KindContext<Body>) => Promise<void>;
}

export interface Progress {
  /** Units done and in all (iterations, episodes, rows). */
  readonly done: number;
  /** Absent where nobody knows. */
  readonly total?: number;
  readonly unit: string;
  /** Figures worth showing while running, e.g. `{ loss: 4.2 }`. */
  readonly values?: { readonly [name: string]: number };
}

/** Resumable state of a node under way; survives a killed process, and is gone once the node has its outputs. */
export interface PartialState {
  /** What was saved last; undefined where nothing was. @throws FailureError `bad-data` where it is damaged */
  load(): Promise<Uint8Array | undefined>;
  save(state: Uint8Array): Promise<void>;
  /** In place of what is saved: where a body may make a folder of its own, absolute. */
  readonly folder: string;
}

/** All that a kind's body may touch. */
export interface KindContext<Body = JsonObject> {
  /** Parameters in canonical form; of a segment, its own. */
  readonly parameters: Body;
  /** Input ports; leaves are absolute paths of read-only files whose bytes have been verified. */
  readonly inputs: { readonly [port: string]: Tree<string> };
  /** External files by name, absolute paths. */
  readonly files: { readonly [name: string]: string };
  /** Absolute path at which to write an output's leaf, e.g. `output('metrics')` or `output('train/pairs')`. */
  output(leafPath: string): string;
  /** An empty folder of the node's own, removed afterwards. */
  readonly scratch: string;
  /** CPU threads granted; must not change any byte of any output. */
  readonly threads: number;
  /** The GPUs given to it alone, as many as the step's `resources` ask for; likewise. */
  readonly gpus: readonly GpuDevice[];
  /** Memory that tables may fill, in bytes, so that nodes that run at once do not exhaust it; likewise. */
  readonly memoryBytes: number;
  /** The node's engine, for a model of the given shape; closed by the caller of `run`. */
  engine(shape: EngineOptions['shape']): Promise<Engine>;
  readonly partial: PartialState;
  /** The variables that it is passed, as far as they are set. */
  readonly environment: { readonly [name: string]: string };
  /** Words that start its program, before its own: those of what watches it. */
  readonly tracer?: readonly string[];
  progress(progress: Progress): void;
  /** A line for the step's log file. */
  log(line: string): void;
  /**
   * What a program prints, for the step's log: lines that have ended, and those after them that may still change, which
   * stand at the end of the log in the place of those of the call before.
   */
  printed(ended: readonly string[], open: readonly string[]): void;
  /** The same for a line that people should see while the run goes on: what a step found, or a warning. */
  note(line: string): void;
  /** Registers a child process group that must die with this process. */
  ownProcessGroup(processId: number): void;
  /** Aborted when the run is cancelled or the step's time is up; the reason is a `FailureError` to throw. */
  readonly signal: AbortSignal;
  /** The project's root, absolute (only `command` needs it). */
  readonly root: string;
  /** Absent where it is the first python3 of PATH. */
  readonly python?: ChosenPython;
}
